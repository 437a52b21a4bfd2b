/** Why work was ended that took longer than it may. */
export class TimeLimitReached extends Error {
  override readonly name = 'TimeLimitReached';

  constructor(limitMs: number) {
    super(`no answer within ${limitMs} ms`);
  }
}

/**
 * Gives work a signal that aborts with the caller's, or with TimeLimitReached after the limit, and the work's own
 * outcome back. Not `AbortSignal.any([signal, AbortSignal.timeout(…)])`: nothing but the runtime's timer holds the
 * second signal, weakly, so once the garbage collector has passed it never aborts (seen on Node 20.20).
 */
export async function withinTime<Value>(
  limitMs: number,
  signal: AbortSignal,
  work: (limited: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const end = new AbortController();
  const follow = () => end.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow, { once: true });
  const timer = setTimeout(() => end.abort(new TimeLimitReached(limitMs)), limitMs);
  try {
    return await work(end.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', follow);
  }
}
