import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATHS } from '../../shared/contract/decision-maker-api.js';
import { tokenAnswer } from '../../shared/contract/scheduler-api.js';
import { AgentProgram, BuiltPrograms } from '../support/agent-program.js';
import { pollResult } from '../support/scheduler-client-model.js';
import { AgentClient, type Answer, eventually, managerKey } from '../support/test-agent.js';
import { readDeviations, unlisted } from '../support/wire/deviations.js';
import { type ComparedAnswer, type Comparing, differences } from '../support/wire/differences.js';
import { decodedToken, forgedTokens } from '../support/wire/forged-tokens.js';
import { metricDifferences } from '../support/wire/metric-differences.js';
import { agentPlaceholders } from '../support/wire/placeholders.js';
import { type DaemonAnswer, PretendDaemon } from '../support/wire/pretend-daemon.js';
import { type RecordedNode, recordedNode } from '../support/wire/recorded-node.js';
import { bodyText, parseExactly, type Recording, readRecordings } from '../support/wire/recordings.js';
import schedulerClient from '../wire/schedulerclient.json' with { type: 'json' };

/**
 * The recorded calls, in their order, against the real program with real processes behind it and the setting for
 * first-generation managers on. An answer is the recorded one or its difference stands in docs/deviations.md.
 */
const recordings = readRecordings('decisionmaker');
const deviations = readDeviations('docs/deviations.md');

const OK: DaemonAnswer = { status: 200, text: '{"success":true}' };
const DAEMON_STATUS = JSON.stringify({
  success: true,
  data: {
    configVersion: 'v1',
    applied: true,
    appliedAt: '2026-01-02T03:04:05Z',
    restartCount: 3,
    lastError: 'e',
    configAvailable: true,
    mode: 'gthulhu',
    sliceNsDefault: 20_000_000,
    sliceNsMin: 1_000_000,
    kernelMode: true,
    maxTimeWatchdog: false,
    schedulerEnabled: true,
  },
});
/** What the daemon answered at these calls of the recording; otherwise yes. */
const DAEMON_ANSWERS: Readonly<Record<string, DaemonAnswer>> = {
  'runtime get, daemon without status': { status: 404, text: 'not found' },
  'runtime get, daemon status': { status: 200, text: DAEMON_STATUS },
  'runtime get, daemon status without config': {
    status: 200,
    text: '{"success":true,"data":{"applied":false,"configAvailable":false}}',
  },
  'runtime post, daemon refuses': { status: 400, text: '{"success":false,"error":"no"}' },
};

/** How many pods have an intent at these calls; they are counted in rounds, so their samples may come a little later. */
const COUNTED_PODS: Readonly<Record<string, number>> = {
  'metrics before any post': 1,
  'metrics after post': 1,
  'metrics with pod families': 2,
  'metrics after delete all': 0,
};

let built: BuiltPrograms;
let node: RecordedNode;
let daemon: PretendDaemon;
let folder: string;
let program: AgentProgram;
let agent: AgentClient;
let forged: ReadonlyMap<string, string>;
let otherPem: string;
/** Of the recorded exchange that all later calls use. */
let token = '';
beforeAll(async () => {
  built = new BuiltPrograms();
  node = await recordedNode();
  daemon = new PretendDaemon();
  await daemon.start();
  folder = mkdtempSync(path.join(tmpdir(), 'podium-wire-'));
  const stateDir = path.join(folder, 'state');
  writeFileSync(
    path.join(folder, 'dm_config.toml'),
    `
    [server]
    host = "127.0.0.1:0"
    [node]
    name = "n1"
    machine_id = "machine-1"
    [state]
    dir = "${stateDir}"
    [proc]
    root = "${node.procRoot}"
    [cgroup]
    root = "${node.cgroupRoot}"
    [auth]
    manager_jwks_file = "${folder}/jwks.json"
    legacy_manager = true
    legacy_manager_networks = ["127.0.0.0/8"]
    [metrics]
    pod_counters = true
    [daemon]
    endpoint = "${daemon.endpoint}"
    `,
  );
  program = new AgentProgram(built, ['-d', folder]);
  agent = new AgentClient(await program.listening(), stateDir, await managerKey());
  forged = forgedTokens(stateDir);
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  otherPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
}, 120_000);
afterAll(async () => {
  await program?.kill('SIGKILL');
  await daemon?.stop();
  await node?.close();
  built?.remove();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

/** Puts this agent's key, tokens and pids where the recording has placeholders. */
function filledIn(text: string, name: string): string {
  const escaped = (pem: string) => JSON.stringify(pem).slice(1, -1);
  const pem = agent.publicKeyPem();
  return text
    .replaceAll('<dm public key PEM, CRLF line ends, no final newline>', () =>
      escaped(pem.trimEnd().replaceAll('\n', '\r\n')),
    )
    .replaceAll(/<dm public key PEM(, newlines as JSON escapes)?>/g, () => escaped(pem))
    .replaceAll('<other public key PEM>', () => escaped(otherPem))
    .replaceAll('<token>', () => forged.get(name) ?? token)
    .replaceAll(/"<number:pid:([^>]+)>"/g, (_all, pidName: string) => String(node.pids.get(pidName)));
}

async function replay({ name, request }: Recording): Promise<Answer> {
  const text = bodyText(request.body);
  const headers = Object.entries(request.headers).map(([key, value]) => [
    key.toLowerCase(),
    filledIn(value, name),
  ]);
  return agent.call(
    request.method,
    filledIn(request.path, name),
    text && filledIn(text, name),
    Object.fromEntries(headers),
  );
}

function authorization(): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** Whether a page has the samples of every pod with an intent; anything else has whatever it has. */
function isCounted(name: string, text: string): boolean {
  const samples = text.match(/^gthulhu_pod_process_count\{/gm) ?? [];
  return samples.length === (COUNTED_PODS[name] ?? samples.length);
}

/** An answer without the processes of this machine that are none of the recording's. */
function comparable(answer: Answer): ComparedAnswer {
  const body = answer.body === undefined ? answer.text : parseExactly(answer.text);
  const ours = new Set(node.pids.values());
  const items = (body as { scheduling?: { pid: number }[] } | null)?.scheduling;
  if (Array.isArray(items)) {
    (body as { scheduling: unknown }).scheduling = items.filter(({ pid }) => ours.has(pid));
  }
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type') ?? undefined,
    endsWithNewline: answer.text.endsWith('\n'),
    body,
  };
}

function found({ request, response }: Recording, answer: Answer): string[] {
  if (response === null) return [];
  const ours = comparable(answer);
  const recorded = {
    status: response.status,
    contentType: response.headers['content-type'],
    endsWithNewline: response.rawEndsWithNewline,
    body: response.body,
  };
  if (request.path !== '/metrics' || typeof recorded.body !== 'string') {
    return differences(recorded, ours, comparing());
  }
  const page = recorded.body.replaceAll('<machine-id>', 'machine-1');
  return [
    ...differences({ ...recorded, body: answer.text }, { ...ours, body: answer.text }, comparing()),
    ...metricDifferences(page, answer.text),
  ];
}

function comparing(): Comparing {
  return { placeholders: agentPlaceholders(node.pids), lists: 'by place' };
}

describe('the recorded calls, replayed on this agent', () => {
  it.each(recordings.filter(({ request }) => request.method !== '-'))('$name', async (recording) => {
    const { name, request } = recording;
    if (name === 'runtime get, daemon down') await daemon.stop();
    if (name === 'runtime post ok') await daemon.start();
    // The call that it speaks of is not among the recorded ones.
    if (name === 'metrics after delete all') {
      const { status } = await agent.call('DELETE', PATHS.intents, { all: true }, authorization());
      expect(status).toBe(200);
    }
    daemon.answer = () => DAEMON_ANSWERS[name] ?? OK;

    const answer = await eventually(
      () => replay(recording),
      ({ text }) => isCounted(name, text),
    );

    if (name === 'token ok') token = answer.body.data.token;
    expect(answer.status).not.toBe(500);
    expect(unlisted(deviations, name, found(recording, answer))).toEqual([]);
    if (request.path.startsWith('/api/') && answer.status !== 404) {
      expect(answer.body.success).toBe(answer.status === 200);
      expect(typeof (answer.body.error ?? '')).toBe('string');
    }
  });

  it('give a token like the recorded one', () => {
    const recorded = recordings.find(({ name }) => name === 'token decoded')?.response?.body;
    const answers = [recorded, decodedToken(token)].map((body) => ({
      status: 0,
      contentType: undefined,
      endsWithNewline: undefined,
      body,
    })) as [ComparedAnswer, ComparedAnswer];

    expect(unlisted(deviations, 'token decoded', differences(...answers, comparing()))).toEqual([]);
  });

  it('reach the scheduler’s daemon like the recorded ones', () => {
    const recorded = recordings.find(({ name }) => name === 'what the daemon received')?.response?.body;
    const comparedCalls = (calls: unknown) =>
      (calls as { method: string; path: string; body?: string }[]).map(({ method, path: target, body }) => ({
        method,
        path: target,
        body: body ? parseExactly(body) : '',
      }));
    const answers = [recorded, daemon.calls].map((calls) => ({
      status: 0,
      contentType: undefined,
      endsWithNewline: undefined,
      body: comparedCalls(calls),
    })) as [ComparedAnswer, ComparedAnswer];

    expect(unlisted(deviations, 'what the daemon received', differences(...answers, comparing()))).toEqual(
      [],
    );
  });
});

describe('the recorded calls of the scheduler’s client', () => {
  const { wire } = schedulerClient.find((candidate) => candidate.case === 'normal') ?? {};
  if (wire === undefined) throw new Error('the recordings have changed');

  it('are taken, and every answer is one that it takes', async () => {
    const set = recordings.find(({ name }) => name === 'pod metrics: intents');
    if (set === undefined) throw new Error('the recordings have changed');
    expect((await replay(set)).status).toBe(200);
    let schedulerToken = '';
    for (const request of wire) {
      const { host: _host, 'content-length': _length, ...headers } = lowerCase(request.headers);
      const answer = await agent.call(
        request.method,
        request.path,
        request.body === '' ? undefined : filledIn(request.body, 'scheduler'),
        { ...headers, ...(schedulerToken === '' ? {} : { authorization: `Bearer ${schedulerToken}` }) },
      );

      expect(answer.status).toBe(200);
      if (request.path === PATHS.token) {
        expect(tokenAnswer.safeParse(answer.body).success).toBe(true);
        expect(answer.text).toMatch(/"expired_at":\d+[,}]/);
        schedulerToken = answer.body.data.token;
      }
      if (request.path === PATHS.schedulingStrategies) {
        const read = pollResult(answer.text);
        expect(read).toMatchObject({ isError: false, isNil: false });
        expect(read.items.length).toBeGreaterThan(0);
        expect(new Set(read.items.map(({ pid }) => pid)).size).toBe(read.items.length);
      }
    }
  });

  it('open nothing of a manager’s', async () => {
    const { body } = await agent.call('POST', PATHS.token, { public_key: agent.publicKeyPem() });
    const authorization = `Bearer ${body.data.token}`;

    for (const [method, target] of [
      ['POST', PATHS.intents],
      ['GET', PATHS.intentsMerkle],
      ['POST', PATHS.nodeIntents],
      ['DELETE', PATHS.nodeIntents],
      ['POST', PATHS.runtimeConfig],
      ['GET', PATHS.podProcesses],
    ] as const) {
      const answer = await agent.call(method, target, method === 'GET' ? undefined : '{}', { authorization });
      expect(answer.status).toBe(403);
    }
  });
});

describe('docs/deviations.md', () => {
  it('has no pattern that nothing needs', () => {
    expect(deviations.flatMap((row) => row.unused())).toEqual([]);
  });
});

function lowerCase(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [key.toLowerCase(), String(value)]),
  );
}
