import { Agent, fetch } from 'undici';
import { withinTime } from '../../../shared/lifecycle/within-time.js';

/** Discovery documents and key sets are some kilobytes. */
const MOST_BYTES = 1024 * 1024;
const MOST_CONNECTIONS = 16;
const STATUSES_WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

interface Request {
  readonly method?: string | undefined;
  readonly headers?: Record<string, string> | undefined;
  readonly body?: unknown;
  readonly redirect?: 'manual' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A fetch whose whole answer, the body included, comes within a time and a size. */
export class LimitedFetch {
  readonly #timeoutMs: number;
  readonly #agent = new Agent({ connections: MOST_CONNECTIONS });

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  send(url: string, { method, headers, body, redirect, signal }: Request): Promise<Response> {
    const caller = signal ?? new AbortController().signal;
    return withinTime(this.#timeoutMs, caller, async (limited) => {
      const response = await fetch(url, {
        method: method ?? 'GET',
        headers: headers ?? {},
        // The library's bodies are texts and forms, which are the same to both kinds of fetch.
        body: body instanceof URLSearchParams ? body.toString() : ((body as string | undefined) ?? null),
        redirect: redirect ?? 'manual',
        signal: limited,
        dispatcher: this.#agent,
      });
      const text = await limitedText(response.body as AsyncIterable<Uint8Array> | null);
      const { status } = response;
      return new Response(STATUSES_WITHOUT_BODY.has(status) ? null : text, {
        status,
        headers: { 'content-type': response.headers.get('content-type') ?? '' },
      });
    });
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}

async function limitedText(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > MOST_BYTES) throw new Error(`the answer has more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
