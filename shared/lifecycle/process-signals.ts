export interface SignalOptions {
  /**
   * Whether a second signal ends the process at once, for people who will not wait for the draining. Off for a
   * process that must not go before what it started: a terminal's Ctrl-C reaches it twice, directly and through
   * its supervisor.
   */
  readonly secondEndsAtOnce: boolean;
}

/** Aborts at the first SIGINT or SIGTERM (or SIGHUP, when the terminal goes). */
export function endOnSignals(options: SignalOptions = { secondEndsAtOnce: true }): AbortSignal {
  const end = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (!end.signal.aborted) end.abort(name);
    else if (options.secondEndsAtOnce) process.exit(signalExitCode(name));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return end.signal;
}

/** The shell's convention: 128 + the signal's number. */
function signalExitCode(name: NodeJS.Signals): number {
  return 128 + ({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[name as string] ?? 0);
}
