import { MessageChannel } from 'node:worker_threads';
import type { HostPort } from '../../decisionmaker/adapters/engine/engine-host.js';
import type { EngineThread } from '../../decisionmaker/adapters/engine/thread-engine.js';
import { hostNodeEngine } from '../../decisionmaker/app/host-node-engine.js';
import type { EngineSettings } from '../../decisionmaker/ports/decision-engine.js';

/**
 * The engine behind a real channel, in this thread: the test runner cannot run a thread of sources. Tests of what
 * threads are about run the built one.
 */
export function startEngineInThisThread(settings: EngineSettings): EngineThread {
  const { port1, port2 } = new MessageChannel();
  hostNodeEngine(port2 as HostPort, settings);
  const thread = {
    postMessage: (request: unknown) => port1.postMessage(request),
    on: (event: string, listener: (value?: unknown) => void) =>
      event === 'exit' ? port1.once('close', listener) : event === 'message' && port1.on('message', listener),
    terminate: async () => port1.close(),
  };
  return thread as EngineThread;
}
