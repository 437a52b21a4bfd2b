import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../../../shared/domain/domain-error.js';
import type { LogFields, Logger } from '../../../shared/observability/logger.js';
import type { ProcessSnapshot } from '../../domain/pod-process.js';
import type { EngineInput, EngineReport } from '../../ports/decision-engine.js';
import type { EngineMessage, EngineRequest } from './engine-messages.js';

/** The end of the channel that the engine's thread holds. */
export interface HostPort {
  postMessage(message: EngineMessage, transfer?: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (request: EngineRequest) => void): unknown;
  close(): void;
}

/** What lives behind the port. */
export interface HostedEngine {
  use(input: EngineInput): void;
  refresh(): Promise<void>;
  polled(etag: string): void;
  processes(): Promise<ProcessSnapshot>;
  /** Works by itself until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Releases everything. */
  close(): void;
}

/** Where a hosted engine leaves what it has to say. */
export interface HostTools {
  readonly report: (report: EngineReport) => void;
  readonly logger: Logger;
}

/** Makes an engine and serves it over a port until it is told to stop. What it throws ends the thread. */
export function hostEngine(port: HostPort, make: (tools: HostTools) => HostedEngine): void {
  const end = new AbortController();
  const engine = make({ report: (report) => postReport(port, report), logger: portLogger(port) });
  const running = engine.run(end.signal);
  port.on('message', (request) => {
    switch (request.kind) {
      case 'use':
        return engine.use(request.input);
      case 'refresh':
        return void refresh(port, engine, request.id);
      case 'polled':
        return engine.polled(request.etag);
      case 'processes':
        return void answerProcesses(port, engine, request.id);
      case 'stop':
        end.abort();
        void running.finally(() => {
          engine.close();
          port.close();
        });
    }
  });
}

async function refresh(port: HostPort, engine: HostedEngine, id: number): Promise<void> {
  // What the kernel has told about the node before the request is taken in first.
  await nextTurn();
  await engine.refresh();
  port.postMessage({ kind: 'refreshed', id });
}

/** The answer's bytes are handed over, not copied. */
function postReport(port: HostPort, report: EngineReport): void {
  const bytes = report.answer?.bytes.buffer;
  port.postMessage({ kind: 'report', report }, bytes instanceof ArrayBuffer ? [bytes] : []);
}

async function answerProcesses(port: HostPort, engine: HostedEngine, id: number): Promise<void> {
  try {
    port.postMessage({ kind: 'processes', id, snapshot: await engine.processes() });
  } catch (error) {
    port.postMessage({ kind: 'no processes', id, reason: messageOf(error) });
  }
}

/** The lines of the thread are written by the program's own logger. */
function portLogger(port: HostPort, common: LogFields = {}): Logger {
  const log = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, text: string) =>
    port.postMessage({ kind: 'log', level, fields: { ...common, ...fields }, text });
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    child: (fields) => portLogger(port, { ...common, ...fields }),
  };
}
