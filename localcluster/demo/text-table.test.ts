import { describe, expect, it } from 'vitest';
import { textTable } from './text-table.js';

describe('textTable', () => {
  it('aligns columns, numbers to the right', () => {
    const table = textTable(
      ['NODE', 'PID', 'COMMAND'],
      [
        ['node-1', 7, 'sh'],
        ['n2', 12345, 'sleep'],
      ],
    );

    expect(table).toBe(['NODE    PID    COMMAND', 'node-1      7  sh', 'n2      12345  sleep'].join('\n'));
  });

  it('is its titles when there are no rows', () => {
    expect(textTable(['A', 'B'], [])).toBe('A  B');
  });
});
