import { httpServer } from '../../shared/http/serve.js';
import { startTestManager, type TestManager, type TestManagerOptions } from './test-manager.js';

export interface ServedManager {
  readonly manager: TestManager;
  /** Without a trailing slash. */
  readonly url: string;
  /** `METHOD path` of each request so far. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

export interface ServedManagerOptions extends TestManagerOptions {
  /** Looks at requests before the manager does: an answer of its own, or none. */
  readonly before?: (request: Request) => Response | undefined | Promise<Response | undefined>;
  /** Looks at answers before they go out. */
  readonly after?: (request: Request, response: Response) => Response | Promise<Response>;
}

/** A test manager on a port of this machine, for programs that speak HTTP to it. */
export async function startServedManager(options: ServedManagerOptions = {}): Promise<ServedManager> {
  const { before = () => undefined, after = (_, response) => response } = options;
  const manager = await startTestManager(options);
  const requests: string[] = [];
  const server = httpServer({
    name: 'test manager',
    address: { host: '127.0.0.1', port: 0 },
    fetch: async (request, bindings) => {
      requests.push(`${request.method} ${new URL(request.url).pathname}`);
      return (await before(request)) ?? after(request, await manager.api.fetch(request, bindings));
    },
  });
  await server.start(new AbortController().signal);
  return {
    manager,
    url: `http://127.0.0.1:${server.port()}`,
    requests,
    stop: async () => {
      await server.stop(AbortSignal.timeout(2_000));
      await manager.stop();
    },
  };
}
