import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  daemonConfig,
  type RuntimeConfig,
  runtimeConfigFaults,
  statusFromReport,
  statusOfApplied,
  withMode,
} from './runtime-config.js';

function aConfig(overrides: Partial<RuntimeConfig> = {}): RuntimeConfig {
  return {
    configVersion: 'v1',
    mode: 'gthulhu',
    schedulerName: '',
    sliceNsDefault: 20_000_000,
    sliceNsMin: 1_000_000,
    kernelMode: true,
    maxTimeWatchdog: false,
    earlyProcessing: false,
    builtinIdle: true,
    schedulerEnabled: true,
    monitoringEnabled: false,
    ...overrides,
  };
}

const fieldsOf = (config: RuntimeConfig) => runtimeConfigFaults(config).map(({ field }) => field);

describe('a runtime config', () => {
  it.each([
    [true, 'gthulhu'],
    [false, 'none'],
  ])('without a mode and with the scheduler %s is of mode %s', (schedulerEnabled, mode) => {
    expect(withMode(aConfig({ mode: '', schedulerEnabled })).mode).toBe(mode);
    expect(withMode(aConfig({ mode: 'simple', schedulerEnabled })).mode).toBe('simple');
  });

  it.each(['none', 'gthulhu', 'simple'])('may be of mode %s', (mode) => {
    expect(fieldsOf(aConfig({ mode }))).toEqual([]);
  });

  it('lists every fault', () => {
    expect(fieldsOf(aConfig({ configVersion: '', mode: 'zzz', sliceNsMin: 2 ** 60 }))).toEqual([
      'configVersion',
      'mode',
      'sliceNsMin',
    ]);
  });

  it.each(['scx_rusty', 'rusty', 'scx_wd40'])('of mode scx may start %s', (schedulerName) => {
    expect(fieldsOf(aConfig({ mode: 'scx', schedulerName }))).toEqual([]);
  });

  it.each(['', '../scx_a', '/bin/sh', 'scx_a b', 'scx_', 'SCX_RUSTY', 'a'.repeat(80)])(
    'of mode scx may not start %j',
    (schedulerName) => {
      expect(fieldsOf(aConfig({ mode: 'scx', schedulerName }))).toEqual(['schedulerName']);
    },
  );
});

describe('daemonConfig', () => {
  it('says every boolean, above all the false ones', () => {
    const text = JSON.stringify(
      daemonConfig(
        aConfig({
          mode: 'none',
          sliceNsDefault: 0,
          sliceNsMin: 0,
          kernelMode: false,
          builtinIdle: false,
          schedulerEnabled: false,
        }),
      ),
    );

    expect(text).toBe(
      '{"configVersion":"v1","mode":"none","kernelMode":false,"maxTimeWatchdog":false,"earlyProcessing":false,' +
        '"builtinIdle":false,"schedulerEnabled":false,"monitoringEnabled":false}',
    );
  });
});

describe('what is known of a daemon', () => {
  it('is nothing, or what was last applied', () => {
    expect(statusOfApplied(undefined)).toEqual({ applied: false, configAvailable: false });
    expect(Object.keys(statusOfApplied(aConfig()))).toEqual([
      'configVersion',
      'applied',
      'configAvailable',
      'mode',
      'sliceNsDefault',
      'sliceNsMin',
      'kernelMode',
      'maxTimeWatchdog',
      'earlyProcessing',
      'builtinIdle',
      'schedulerEnabled',
      'monitoringEnabled',
    ]);
  });

  it('tells no booleans where the daemon has no config', () => {
    expect(statusFromReport({ applied: false, configAvailable: false, lastError: 'x' })).toEqual({
      applied: false,
      lastError: 'x',
      configAvailable: false,
    });
  });

  it('leaves out what the daemon tells in another type, and never throws', () => {
    expect(statusFromReport({ applied: 'yes', restartCount: 1.5, mode: 3, configAvailable: 1 })).toEqual({
      applied: false,
      configAvailable: false,
    });
    fc.assert(
      fc.property(fc.anything(), (report) => {
        const status = statusFromReport(report);
        if (status !== undefined) expect(typeof status.applied).toBe('boolean');
      }),
    );
  });
});
