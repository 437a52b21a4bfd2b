import { startTestManager, type TestManager, type TestManagerOptions } from '../test-manager.js';
import { type Caller, Callers } from './callers.js';
import { type Operation, operationsOf } from './operations.js';
import { type CaseRequest, World } from './route-cases.js';

/** A running manager with everything that calls are made by and about. */
export interface AccessWorld {
  readonly manager: TestManager;
  readonly world: World;
  readonly operations: readonly Operation[];
  send(operation: Operation, caller: Caller, request: RawRequest): Promise<RawAnswer>;
}

/** A request whose parts may be anything: a body of text is sent as it is. */
export type RawRequest = Omit<CaseRequest, 'body'> & { readonly body?: unknown };

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

export async function startAccessWorld(options: TestManagerOptions = {}): Promise<AccessWorld> {
  const manager = await startTestManager(options);
  const callers = await Callers.create(manager);
  return {
    manager,
    world: await World.create(manager, callers),
    operations: operationsOf(manager),
    send: async ({ method, path }, { authorization }, { params = {}, query = '', body }) => {
      const url = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
        encodeURIComponent(params[name] ?? ''),
      );
      const response = await manager.api.request(`${url}${query}`, {
        method,
        headers: authorization === undefined ? {} : { authorization },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { status: response.status, text: await response.text() };
    },
  };
}
