import type { AgentUnderTest } from './agent-under-test.js';

export interface LoadResult {
  readonly perSecond: number;
  /** The agent's own processor time for each request, its other work included. */
  readonly cpuMsEach: number;
  readonly bytes: number;
  readonly status: number;
}

/** Clients that ask one request after the other for a while. */
export async function load(
  agent: AgentUnderTest,
  request: { readonly path: string; readonly headers: Readonly<Record<string, string>> },
  { clients, durationMs }: { readonly clients: number; readonly durationMs: number },
): Promise<LoadResult> {
  let count = 0;
  let bytes = 0;
  let status = 0;
  const cpuBeforeMs = agent.cpuMs();
  const startedAtMs = performance.now();
  const client = async () => {
    while (performance.now() - startedAtMs < durationMs) {
      const answer = await agent.pool.request({ method: 'GET', ...request });
      bytes = 0;
      for await (const chunk of answer.body) bytes += (chunk as Buffer).length;
      status = answer.statusCode;
      count++;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const tookMs = performance.now() - startedAtMs;
  return {
    perSecond: (count * 1_000) / tookMs,
    cpuMsEach: (agent.cpuMs() - cpuBeforeMs) / count,
    bytes,
    status,
  };
}
