import { Agent, type Dispatcher, request } from 'undici';

const LIMIT_MS = 30_000;

export interface ApiRequest {
  readonly method?: Dispatcher.HttpMethod;
  /** With the query. */
  readonly path: string;
  /** The administrator's when absent. */
  readonly token?: string;
  readonly body?: unknown;
  /** Of the body; JSON when absent. */
  readonly contentType?: string;
  /** Aborts the request; half a minute when absent. */
  readonly signal?: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the tests read what servers of several releases really answer.
  readonly body: any;
}

export interface ApiStream {
  readonly status: number;
  /** One parsed line after the other. */
  readonly events: AsyncGenerator<ApiAnswer['body'], void, void>;
  /** Ends the request; whoever still reads the events gets an error. */
  close(): void;
}

/** Plain HTTPS to an API server, without a client library that could be clever about its answers. */
export class ApiClient {
  readonly #server: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(server: string, certificateAuthority: string, token: string) {
    this.#server = server;
    this.#token = token;
    this.#agent = new Agent({ connect: { ca: certificateAuthority } });
  }

  /** One request and its whole answer, whatever the status. */
  async send(options: ApiRequest): Promise<ApiAnswer> {
    const { statusCode, headers, body } = await this.#open(options);
    const text = await body.text();
    const isJson = String(headers['content-type']).startsWith('application/json');
    return { status: statusCode, body: isJson ? JSON.parse(text) : text };
  }

  /** Like `send`, but fails unless the answer says success. Gives its body. */
  async expect(options: ApiRequest): Promise<ApiAnswer['body']> {
    const { status, body } = await this.send(options);
    if (status >= 200 && status < 300) return body;
    const reason = typeof body === 'string' ? body : body.message;
    throw new Error(`${options.method ?? 'GET'} ${options.path} was answered with ${status}: ${reason}`);
  }

  /** A request whose answer is a stream of JSON lines, such as a watch. */
  async stream(options: ApiRequest): Promise<ApiStream> {
    const { statusCode, body } = await this.#open(options);
    // A body that nobody reads yet would have no one to tell that it was cut off.
    const close = () => void body.on('error', () => {}).destroy();
    return { status: statusCode, events: jsonLines(body), close };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #open(options: ApiRequest): Promise<Dispatcher.ResponseData> {
    const { body, contentType = 'application/json', token = this.#token } = options;
    return request(this.#server + options.path, {
      method: options.method ?? 'GET',
      dispatcher: this.#agent,
      signal: options.signal ?? AbortSignal.timeout(LIMIT_MS),
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

async function* jsonLines(
  body: Dispatcher.ResponseData['body'],
): AsyncGenerator<ApiAnswer['body'], void, void> {
  let rest = '';
  for await (const chunk of body.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}
