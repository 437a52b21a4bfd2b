import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedNode } from '../support/simulated-node.js';
import { TestAgent } from '../support/test-agent.js';
import recordings from '../wire/decisionmaker.json' with { type: 'json' };

/**
 * Where this agent answers otherwise than the first implementation did, and why. The first rule whose pattern fits
 * `NAME METHOD PATH` counts. Without a status, the answer is not compared at all.
 */
const DEVIATIONS: readonly { readonly of: RegExp; readonly status?: number; readonly reason: string }[] = [
  { of: / \/api\/v1\/(node-intents|runtime-config)/, status: 404, reason: 'these routes do not exist yet' },
  {
    of: /^(auth not yet|auth HS256|auth RS512|auth other issuer)/,
    reason: 'the recording has not kept the token',
  },
  { of: /^strategies double slash/, reason: 'a scheduler whose URL ends in a slash is served too' },
  {
    of: /^(intents post (?!bad|no|null$)|intents post null (fields|list item)|delete: refill|node post \+ pod|pod metrics: intents)/,
    status: 422,
    reason: 'sets without a version are not accepted',
  },
  { of: /^(strategies|merkle)\b/, reason: 'these answers follow from sets without a version' },
  { of: /^metrics (after delete all|with pod families)/, reason: 'there are no per-pod counters yet' },
];

/** What our error answers tell beside the public `success` and `error`. */
const OWN_ERROR_KEYS = new Set(['code', 'details', 'requestId', 'data']);
/** The token stands at the top as well, where releases before 0.5 look for it. */
const OWN_TOKEN_KEYS = new Set(['message', 'token']);

type Recording = (typeof recordings)[number];

const calls = recordings
  .filter(({ request, response }) => request.method !== '-' && response !== null)
  .map((recording) => {
    const { name, request } = recording;
    const deviation = DEVIATIONS.find(({ of }) => of.test(`${name} ${request.method} ${request.path}`));
    return { title: `${name}: ${deviation?.reason ?? 'as recorded'}`, recording, deviation };
  });

let node: SimulatedNode;
let agent: TestAgent;
let token: string;
beforeAll(async () => {
  node = new SimulatedNode();
  agent = await TestAgent.start({ procRoot: node.procRoot, cgroupRoot: node.cgroupRoot });
  token = await agent.managerToken();
});
afterAll(async () => {
  await agent.stop();
  node.close();
});

/** Puts this agent's key and token where the recording has placeholders, and undoes JSON.parse's rounding. */
function filledIn(text: string): string {
  const pem = JSON.stringify(agent.publicKeyPem()).slice(1, -1);
  return text
    .replaceAll(/<dm public key PEM(, newlines as JSON escapes)?>/g, () => pem)
    .replaceAll('18446744073709552000', String(2n ** 64n - 1n))
    .replaceAll('<token>', token);
}

async function replay({ request }: Recording) {
  const body = 'body' in request ? request.body : undefined;
  const text = body === undefined || body === '' || typeof body === 'string' ? body : JSON.stringify(body);
  const headers = Object.entries(request.headers).map(([key, value]) => [
    key.toLowerCase(),
    filledIn(String(value)),
  ]);
  return agent.call(
    request.method,
    filledIn(request.path),
    text && filledIn(text),
    Object.fromEntries(headers),
  );
}

describe('replayed on this agent', () => {
  it.each(calls)('$title', async ({ recording, deviation }) => {
    const answer = await replay(recording);

    expect(answer.status).not.toBe(500);
    if (deviation !== undefined) {
      if (deviation.status !== undefined) expect(answer.status).toBe(deviation.status);
      return;
    }
    expect(answer.status).toBe(recording.response?.status);
    if (recording.request.path === '/metrics') return;
    const recorded: unknown = recording.response?.body;
    if (typeof recorded !== 'object' || recorded === null) return;
    expectSameBody(answer.body, recorded as Record<string, unknown>);
  });
});

function expectSameBody(body: Record<string, unknown>, recorded: Record<string, unknown>): void {
  const own = 'error' in recorded ? OWN_ERROR_KEYS : OWN_TOKEN_KEYS;
  const publicKeys = Object.keys(body).filter((key) => key in recorded || !own.has(key));
  expect(publicKeys.toSorted()).toEqual(Object.keys(recorded).toSorted());
  expect(body.success).toBe(recorded.success);
  if (recorded.message !== undefined) expect(body.message).toBe(recorded.message);
  // The reason after the colon is the words of a library.
  const fixedPart = (text: unknown) => String(text).replace(/^(Invalid or expired token: ).*/, '$1');
  expect(fixedPart(body.error)).toBe(fixedPart(recorded.error));
}

describe('the recorded report of a scheduler', () => {
  it('stands on the metrics page under the recorded names, with the recorded values', async () => {
    const report = recordings.find(({ name }) => name === 'metrics post');
    const page = recordings.find(({ name }) => name === 'metrics after post')?.response?.body;
    if (report === undefined || typeof page !== 'string') throw new Error('the recordings have changed');
    await replay(report);

    const ours = (await agent.call('GET', '/metrics')).text;

    for (const line of page.split('\n').filter((candidate) => !candidate.startsWith('#'))) {
      const [, name, value] = /^(\w+)\{[^}]*\} (\S+)$/.exec(line) ?? [];
      const [, ourValue] = new RegExp(`^${name}\\{machine_id="machine-1"\\} (\\S+)$`, 'm').exec(ours) ?? [];
      expect([name, Number(ourValue)]).toEqual([name, Number(value)]);
      expect(ours).toMatch(new RegExp(`^# TYPE ${name} gauge$`, 'm'));
    }
  });
});
