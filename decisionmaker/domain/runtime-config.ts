import type { Fault } from '../../shared/domain/domain-error.js';

/** The modes of a scheduler's daemon (contract 3.6). */
const MODES = ['none', 'gthulhu', 'simple', 'scx'] as const;

/** What a scheduler's daemon is to run with. Booleans are always said: one that is left out never goes off. */
export interface RuntimeConfig {
  readonly configVersion: string;
  readonly mode: string;
  /** Of mode scx; otherwise mostly empty. */
  readonly schedulerName: string;
  /** Nanoseconds; 0 = the scheduler's own default. */
  readonly sliceNsDefault: number;
  readonly sliceNsMin: number;
  readonly kernelMode: boolean;
  readonly maxTimeWatchdog: boolean;
  readonly earlyProcessing: boolean;
  readonly builtinIdle: boolean;
  readonly schedulerEnabled: boolean;
  readonly monitoringEnabled: boolean;
}

/** What is known about a daemon; fields that are not known are left out. */
export interface RuntimeStatus extends Partial<RuntimeConfig> {
  readonly applied: boolean;
  /** RFC 3339. */
  readonly appliedAt?: string;
  readonly restartCount?: number;
  readonly lastError?: string;
  readonly configAvailable: boolean;
}

/** Without a mode, the one that an enabled scheduler stands for. */
export function withMode(config: RuntimeConfig): RuntimeConfig {
  if (config.mode !== '') return config;
  return { ...config, mode: config.schedulerEnabled ? 'gthulhu' : 'none' };
}

/** The daemon starts a program of this name from a list of its own. */
const SCHEDULER_NAME = /^(?!scx_$)[a-z0-9][a-z0-9_]{0,63}$/;

/** Every fault of a config with a mode. */
export function runtimeConfigFaults(config: RuntimeConfig): readonly Fault[] {
  const faults: Fault[] = [];
  if (config.configVersion === '') faults.push({ field: 'configVersion', reason: 'must not be empty' });
  if (!MODES.some((mode) => mode === config.mode)) {
    const reason = `must be one of ${MODES.join(', ')}, found ${JSON.stringify(config.mode)}`;
    faults.push({ field: 'mode', reason });
  }
  if (config.mode === 'scx' && !SCHEDULER_NAME.test(config.schedulerName)) {
    const reason = `must be a name such as scx_rusty where the mode is scx, found ${JSON.stringify(config.schedulerName)}`;
    faults.push({ field: 'schedulerName', reason });
  }
  for (const field of ['sliceNsDefault', 'sliceNsMin'] as const) {
    if (!Number.isSafeInteger(config[field])) faults.push({ field, reason: 'must be at most 2^53-1' });
  }
  return faults;
}

/** The config as the daemon reads it, in its order: empty texts and zero slices left out, every boolean said. */
export function daemonConfig(config: RuntimeConfig): Readonly<Record<string, string | number | boolean>> {
  const { configVersion, mode, schedulerName, sliceNsDefault, sliceNsMin } = config;
  return {
    configVersion,
    mode,
    ...(schedulerName === '' ? {} : { schedulerName }),
    ...(sliceNsDefault === 0 ? {} : { sliceNsDefault }),
    ...(sliceNsMin === 0 ? {} : { sliceNsMin }),
    ...booleansOf(config),
  };
}

/** What is known from having applied a config; nothing without one. */
export function statusOfApplied(config: RuntimeConfig | undefined): RuntimeStatus {
  if (config === undefined) return { applied: false, configAvailable: false };
  const { configVersion, ...rest } = daemonConfig(config) as unknown as RuntimeConfig;
  return { configVersion, applied: true, configAvailable: true, ...rest };
}

/**
 * A daemon's own report, read leniently: a field of another type counts as not told. undefined when it is not an
 * object. Where a config is available a boolean that is not told is false, as in the daemon's own writing.
 */
export function statusFromReport(report: unknown): RuntimeStatus | undefined {
  if (typeof report !== 'object' || report === null || Array.isArray(report)) return undefined;
  const told = report as Readonly<Record<string, unknown>>;
  const text = (key: string) => (typeof told[key] === 'string' && told[key] !== '' ? told[key] : undefined);
  const count = (key: string) => (isCount(told[key]) && told[key] !== 0 ? told[key] : undefined);
  const configAvailable = told.configAvailable === true;
  return defined({
    configVersion: text('configVersion'),
    applied: told.applied === true,
    appliedAt: text('appliedAt'),
    restartCount: count('restartCount'),
    lastError: text('lastError'),
    configAvailable,
    mode: text('mode'),
    schedulerName: text('schedulerName'),
    sliceNsDefault: count('sliceNsDefault'),
    sliceNsMin: count('sliceNsMin'),
    ...(configAvailable ? booleansOf(told) : {}),
  });
}

const BOOLEANS = [
  'kernelMode',
  'maxTimeWatchdog',
  'earlyProcessing',
  'builtinIdle',
  'schedulerEnabled',
  'monitoringEnabled',
] as const;

function booleansOf(
  values: Readonly<Partial<Record<(typeof BOOLEANS)[number], unknown>>>,
): Readonly<Record<(typeof BOOLEANS)[number], boolean>> {
  const entries = BOOLEANS.map((key) => [key, values[key] === true] as const);
  return Object.fromEntries(entries) as Record<(typeof BOOLEANS)[number], boolean>;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function defined(
  values: { readonly [Key in keyof RuntimeStatus]: RuntimeStatus[Key] | undefined },
): RuntimeStatus {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as unknown as RuntimeStatus;
}
