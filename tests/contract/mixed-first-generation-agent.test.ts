import { createHmac, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FirstGenerationAgent, type OldProcess } from '../support/first-generation-agent.js';
import { signedToken } from '../support/first-generation-tokens.js';
import recordings from '../wire/decisionmaker.json' with { type: 'json' };

/** The processes of the machine on which the calls were recorded, as far as an answer names them. */
const POD_A = '11111111-2222-4333-8444-555555555555';
const POD_B = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const POD_C = 'cccccccc-1111-4222-8333-444444444444';
const PROCESSES: Readonly<Record<string, OldProcess>> = {
  'podA.pause': { pid: 100, podUid: POD_A, comm: 'pause' },
  'podA.nginx1': { pid: 101, podUid: POD_A, comm: 'nginx' },
  'podA.nginx2': { pid: 102, podUid: POD_A, comm: 'nginx' },
  'podA.my-worker': { pid: 103, podUid: POD_A, comm: 'my worker' },
  'podB.postgres': { pid: 201, podUid: POD_B, comm: 'postgres' },
  'podC.envoy': { pid: 301, podUid: POD_C, comm: 'envoy' },
};

/** Routes that the stand-in has; of the others its users need nothing. */
const MODELLED = /^\/(\/|$)|^\/api\/v1\/(auth\/token|intents|node-intents|scheduling|pods|nope)/;
/** What node policies add to the scheduler's list is not modelled, and per-process metrics are not either. */
const NOT_MODELLED = /^strategies node/;

type Recording = (typeof recordings)[number];

const calls = recordings.filter(
  ({ name, request }) => request.method !== '-' && MODELLED.test(request.path) && !NOT_MODELLED.test(name),
);

let agent: FirstGenerationAgent;
beforeAll(async () => {
  agent = await FirstGenerationAgent.start({ processes: Object.values(PROCESSES) });
});
afterAll(() => agent.stop());

/** The recording says in words which token it used where it was not the agent's own. */
function tokenFor(name: string, key: KeyObject): string {
  const nowSec = Math.floor(Date.now() / 1_000);
  const claims = { client_id: 'golden', iss: 'decision-maker-service', sub: 'golden', exp: nowSec + 60 };
  if (name === 'auth not yet valid') return signedToken({ ...claims, nbf: nowSec + 3_600 }, key);
  if (name === 'auth RS512 by the right key') return signedToken(claims, key, 'RS512');
  if (name === 'auth other issuer, no client_id, no exp, right key')
    return signedToken({ iss: 'other' }, key);
  if (name === 'auth HS256 with the public key as secret') {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const input = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
    return `${input}.${createHmac('sha256', agent.publicKeyPem).update(input).digest('base64url')}`;
  }
  return agent.token('golden');
}

function filledIn(text: string, name: string): string {
  const escaped = JSON.stringify(agent.publicKeyPem).slice(1, -1);
  return withPids(text)
    .replaceAll('"<dm public key PEM, CRLF line ends, no final newline>"', () =>
      JSON.stringify(agent.publicKeyPem.trim().replaceAll('\n', '\r\n')),
    )
    .replaceAll(/<dm public key PEM(, newlines as JSON escapes)?>/g, () => escaped)
    .replaceAll('18446744073709552000', String(2n ** 64n - 1n))
    .replaceAll('9223372036854776000', String(2n ** 63n - 1n))
    .replaceAll('<token>', () => tokenFor(name, agent.key));
}

function withPids(text: string): string {
  return text.replaceAll(/"<number:pid:([^>]+)>"/g, (_, process) => String(PROCESSES[process]?.pid));
}

async function replay({ name, request }: Recording): Promise<{ status: number; text: string }> {
  const body = 'body' in request ? request.body : undefined;
  const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body);
  const headers = Object.entries(request.headers).map(([key, value]) => [key, filledIn(String(value), name)]);
  const response = await fetch(`${agent.origin}${filledIn(request.path, name)}`, {
    method: request.method,
    headers: Object.fromEntries(headers),
    ...(text === undefined ? {} : { body: filledIn(text, name) }),
  });
  return { status: response.status, text: await response.text() };
}

/** Replaces what differs from run to run by what the recordings say in its place. */
function neutral(text: string): string {
  return text
    .replace(/"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/, '"timestamp":"<time>"')
    .replace(/"token":"[\w.-]+","expired_at":\d+/, '"token":"<token>","expired_at":"<number:unix seconds>"');
}

describe('the stand-in for an agent of the first generation', () => {
  it('is held to as many recorded answers as there are for its routes', () => {
    const answered = calls.filter(({ response }) => response !== null);

    expect(answered.length).toBeGreaterThan(80);
  });

  it.each(calls.map((recording) => [recording.name, recording] as const))('%s', async (_name, recording) => {
    const { status, text } = await replay(recording);

    // Without a recorded answer the call still belongs to the sequence.
    if (recording.response === null) return;
    expect(status).toBe(recording.response.status);
    const { body, rawEndsWithNewline } = recording.response as {
      body: unknown;
      rawEndsWithNewline?: boolean;
    };
    if (recording.request.method === 'HEAD') return expect(text).toBe('');
    expect(text.endsWith('\n')).toBe(rawEndsWithNewline);
    expect(JSON.parse(neutral(text))).toEqual(JSON.parse(withPids(JSON.stringify(body))));
  });

  it('gives tokens of the recorded form and life', async () => {
    const decoded = recordings.find(({ name }) => name === 'token decoded')?.response?.body as {
      header: object;
      claims: object;
      'exp-iat': number;
      'nbf-iat': number;
    };
    const [header, claims] = agent
      .token('golden')
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));

    expect(header).toEqual(decoded.header);
    expect(Object.keys(claims)).toEqual(Object.keys(decoded.claims));
    expect(claims.exp - claims.iat).toBe(decoded['exp-iat']);
    expect(claims.nbf - claims.iat).toBe(decoded['nbf-iat']);
  });

  it('does not know what it can: the route came later', async () => {
    const response = await fetch(`${agent.origin}/api/v1/capabilities`);

    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
  });
});
