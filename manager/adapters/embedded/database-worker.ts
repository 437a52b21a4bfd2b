import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerMessage, WorkerRequest, WorkerSettings } from './database-worker-messages.js';
import { SqliteExecutor } from './sqlite-executor.js';

/**
 * The thread that owns the database file. Requests that arrive together share one commit, so that many writers
 * wait for one flush to disk and not each for their own.
 */
function serve({ file }: WorkerSettings): void {
  const post = (message: WorkerMessage) => parentPort?.postMessage(message);
  let executor: SqliteExecutor;
  try {
    executor = new SqliteExecutor(file);
  } catch (error) {
    post({ kind: 'cannot open', reason: error instanceof Error ? error.message : String(error) });
    return;
  }
  let waiting: WorkerRequest[] = [];
  const commit = () => {
    const batch = waiting;
    waiting = [];
    const outcomes = executor.executeBatch(batch.map((request) => request.statement));
    post({
      kind: 'outcomes',
      outcomes: batch.flatMap(({ id }, index) => {
        const outcome = outcomes[index];
        return outcome === undefined ? [] : [{ id, outcome }];
      }),
    });
  };
  parentPort?.on('message', (request: WorkerRequest | 'close') => {
    if (request === 'close') {
      if (waiting.length > 0) commit();
      executor.close();
      parentPort?.close();
      return;
    }
    if (waiting.length === 0) setImmediate(() => waiting.length > 0 && commit());
    waiting.push(request);
  });
  post({ kind: 'open' });
}

serve(workerData as WorkerSettings);
