import { describe, expect, it } from 'vitest';
import { environmentVariable, liveProcess, parseProcessStat, processIds } from './process-table.js';

describe('parseProcessStat', () => {
  it('is not led astray by a name with spaces and brackets', () => {
    const rest = '1 100 90 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 777 2 3';

    expect(parseProcessStat(`42 (a) b ( c) Z ${rest}\n`)).toEqual({
      state: 'Z',
      parent: 1,
      session: 90,
      startTime: '777',
    });
  });
});

describe('the process table', () => {
  it('knows this process', () => {
    expect(processIds()).toContain(process.pid);
    expect(liveProcess(process.pid)).toMatchObject({ parent: process.ppid });
  });

  it('has nothing of a process that is not there', () => {
    expect(liveProcess(2 ** 30)).toBeUndefined();
    expect(environmentVariable(2 ** 30, 'PATH')).toBeUndefined();
  });
});
