/** Whose token a request carries. */
export interface Principal {
  readonly kind: 'scheduler' | 'manager';
  readonly subject: string;
}

/** A caller whose token was found good. */
export interface VerifiedCaller {
  readonly principal: Principal;
  /** When the token ends, in Unix milliseconds. */
  readonly expiresAtMs: number;
}

/** What a route asks of its caller. */
export const PERMISSION = {
  readDecisions: 'scheduling.read',
  sendMetrics: 'metrics.send',
  readIntents: 'intents.read',
  writeIntents: 'intents.write',
  readNodeIntents: 'node-intents.read',
  writeNodeIntents: 'node-intents.write',
  readRuntimeConfig: 'runtime-config.read',
  writeRuntimeConfig: 'runtime-config.write',
  readProcesses: 'processes.read',
  readCapabilities: 'capabilities.read',
} as const;

/** A scheduler's token is to be had for a public key, so it opens nothing else. */
const OF_SCHEDULERS: ReadonlySet<string> = new Set([PERMISSION.readDecisions, PERMISSION.sendMetrics]);

/** Whether a caller may call a route (DESIGN 9, "Credentials"). */
export function isPermitted(principal: Principal, permission: string): boolean {
  return principal.kind === 'manager' || OF_SCHEDULERS.has(permission);
}
