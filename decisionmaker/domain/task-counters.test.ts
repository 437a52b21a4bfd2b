import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSched, parseSchedstat, parseStatusSwitches } from './task-counters.js';

const SCHED = `sleep (2034, #threads: 1)
-------------------------------------------------------------------
se.exec_start                                :      12513489.705994
se.sum_exec_runtime                          :             0.878342
se.nr_migrations                             :                    5
nr_switches                                  :                   10
nr_voluntary_switches                        :                    7
nr_involuntary_switches                      :                    3
clock-delta                                  :                   60
`;

describe('parseSchedstat', () => {
  it('reads time on a CPU, time waiting and number of runs', () => {
    expect(parseSchedstat('2705890 1411479 7\n')).toEqual({
      cpuTimeNs: 2_705_890,
      waitTimeNs: 1_411_479,
      runCount: 7,
    });
  });

  it.each(['', '1 2', '1 2 3 4', '-1 2 3', 'a b c'])('reads nothing from %j', (text) => {
    expect(parseSchedstat(text)).toBeUndefined();
  });
});

describe('parseSched', () => {
  it('reads switches and migrations', () => {
    expect(parseSched(SCHED)).toEqual({ voluntarySwitches: 7, involuntarySwitches: 3, cpuMigrations: 5 });
  });

  it('counts no migrations where the kernel does not tell them', () => {
    const older = SCHED.replace(/^se\.nr_migrations.*\n/m, '');

    expect(parseSched(older)).toEqual({ voluntarySwitches: 7, involuntarySwitches: 3, cpuMigrations: 0 });
  });

  it.each(['a\nnr_voluntar', 'nr_switches : 9', '\nnr_switches :9'])(
    'is not misled by the comm %j',
    (comm) => {
      expect(parseSched(SCHED.replace('sleep', comm))).toMatchObject({ voluntarySwitches: 7 });
    },
  );

  it('reads nothing from a file that was cut short', () => {
    expect(parseSched(SCHED.slice(0, SCHED.indexOf('nr_involuntary')))).toBeUndefined();
  });
});

describe('parseStatusSwitches', () => {
  const STATUS = 'Name:\tsleep\nState:\tS\nvoluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t4\n';

  it('reads the switches, without migrations', () => {
    expect(parseStatusSwitches(STATUS)).toEqual({
      voluntarySwitches: 12,
      involuntarySwitches: 4,
      cpuMigrations: 0,
    });
  });

  it('reads nothing where the kernel does not tell', () => {
    expect(parseStatusSwitches('Name:\tsleep\n')).toBeUndefined();
  });
});

it("reads this kernel's own files", () => {
  expect(parseSchedstat(readFileSync('/proc/self/schedstat', 'utf8'))?.cpuTimeNs).toBeGreaterThan(0);
  const status = parseStatusSwitches(readFileSync('/proc/self/status', 'utf8'));
  expect(status?.voluntarySwitches).toBeGreaterThan(0);
});
