const POLL_MS = 250;

/**
 * Aborts when the process that started this one is gone, looked at every 250 ms: an orphan is handed to another
 * parent. For programs that a supervisor starts, which may be killed without a chance to end them.
 */
export function endWithParent(): AbortSignal {
  const end = new AbortController();
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end.abort('the parent process is gone');
  }, POLL_MS);
  timer.unref();
  return end.signal;
}
