import type { ReflectorLimits } from '../../shared/kubernetes/reflector.js';

/** The API server is on this machine, so it can bear to be asked soon again. */
export const WATCH_LIMITS: Partial<ReflectorLimits> = { backoff: { minMs: 200, maxMs: 5_000 } };
