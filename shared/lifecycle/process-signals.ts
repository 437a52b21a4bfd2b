/**
 * Aborts at the first SIGINT or SIGTERM (or SIGHUP, when the terminal goes). A second one ends the process at
 * once, for people who will not wait for the draining.
 */
export function endOnSignals(): AbortSignal {
  const end = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (end.signal.aborted) process.exit(signalExitCode(name));
    end.abort(name);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return end.signal;
}

/** The shell's convention: 128 + the signal's number. */
function signalExitCode(name: NodeJS.Signals): number {
  return 128 + ({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[name as string] ?? 0);
}
