/** How far the delivery of one intent or node intent is (DESIGN 3). */
export type IntentStatus =
  | { readonly state: 'Pending' | 'Sent' | 'Applied' }
  | { readonly state: 'Failed'; readonly reason: string; readonly nextTryAtMs: number | undefined };

/** Public state numbers. 0, unknown, is never needed: the state is read from the delivery. */
const STATE_NUMBERS = { Pending: 1, Sent: 2, Applied: 2, Failed: 1 } as const;

/** The fields of an answer that tell a status: the public number, and ours. */
export interface StatusFields {
  readonly state: number;
  readonly status: IntentStatus['state'];
  readonly reason?: string;
  readonly nextTryAt?: string;
}

export function statusFields(status: IntentStatus): StatusFields {
  const fields = { state: STATE_NUMBERS[status.state], status: status.state };
  if (status.state !== 'Failed') return fields;
  const { reason, nextTryAtMs } = status;
  const nextTry = nextTryAtMs === undefined ? {} : { nextTryAt: new Date(nextTryAtMs).toISOString() };
  return { ...fields, reason, ...nextTry };
}
