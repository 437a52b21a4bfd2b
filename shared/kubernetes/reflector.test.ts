import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../lifecycle/clock.js';
import { silentLogger } from '../observability/logger.js';
import { Registry } from '../observability/metrics.js';
import type { KubeObject } from './kube-object.js';
import type { ObjectChange } from './object-store.js';
import { Reflector } from './reflector.js';
import { ReflectorMetrics } from './reflector-metrics.js';

type Answer = (query: URLSearchParams, response: ServerResponse) => void;

let server: Server;
let agent: Agent;
let reflector: Reflector<KubeObject, string> | undefined;
/** Answers in the order they are used up; the last one stays. */
let answers: Answer[] = [];
let asked: URLSearchParams[] = [];
let changes: ObjectChange<string>[] = [];

beforeEach(async () => {
  answers = [];
  asked = [];
  changes = [];
  agent = new Agent();
  server = createServer((incoming: IncomingMessage, response) => {
    const query = new URL(incoming.url ?? '', 'http://x').searchParams;
    asked.push(query);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(query, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await reflector?.stop();
  reflector = undefined;
  await agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function start(idleMs = 60_000, clock: Clock = systemClock): Reflector<KubeObject, string> {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  reflector = new Reflector<KubeObject, string>({
    resource: 'pods',
    path: '/api/v1/pods',
    send: ({ path, signal }) => request(origin + path, { signal, dispatcher: agent }),
    project: ({ metadata }) => `${metadata.name}/${metadata.uid}@${metadata.resourceVersion}`,
    onChange: (change) => changes.push(change),
    clock,
    random: () => 0,
    logger: silentLogger,
    metrics: new ReflectorMetrics(new Registry()),
    limits: { idleMs, backoff: { minMs: 2, maxMs: 10 } },
  });
  void reflector.start();
  return reflector;
}

function pod(name: string, uid: string, resourceVersion: string) {
  return { metadata: { name, namespace: 'default', uid, resourceVersion } };
}

function event(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function endOfList(resourceVersion: string): string {
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  return event('BOOKMARK', { metadata: { resourceVersion, annotations } });
}

/** Sends events and leaves the watch open. */
const stream =
  (...events: string[]): Answer =>
  (_query, response) => {
    response.writeHead(200);
    response.write(events.join(''));
  };

/** Sends events and ends the watch properly. */
const streamThenEnd =
  (...events: string[]): Answer =>
  (_query, response) => {
    response.end(events.join(''));
  };

const refuse =
  (status: number, message = 'no'): Answer =>
  (_query, response) => {
    response.writeHead(status).end(JSON.stringify({ kind: 'Status', message }));
  };

const page =
  (resourceVersion: string, items: object[], next = ''): Answer =>
  (_query, response) => {
    response.end(JSON.stringify({ metadata: { resourceVersion, continue: next }, items }));
  };

function items(): string[] {
  return [...(reflector?.items() ?? [])].sort();
}

describe('Reflector', () => {
  it('streams the list, then follows the events', async () => {
    answers = [
      stream(
        event('ADDED', pod('a', '1', '5')),
        event('ADDED', pod('b', '2', '6')),
        endOfList('7'),
        event('MODIFIED', pod('a', '1', '8')),
        event('DELETED', pod('b', '2', '9')),
      ),
    ];

    start();

    await vi.waitFor(() => expect(items()).toEqual(['a/1@8']));
    expect(reflector?.synced).toBe(true);
    expect(changes.map((change) => change.kind)).toEqual(['added', 'added', 'updated', 'deleted']);
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      watch: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: 'true',
    });
  });

  it('resumes from the last version after a proper end', async () => {
    answers = [
      streamThenEnd(endOfList('7'), event('ADDED', pod('a', '1', '8'))),
      stream(event('ADDED', pod('b', '2', '9'))),
    ];

    start();

    await vi.waitFor(() => expect(items()).toEqual(['a/1@8', 'b/2@9']));
    expect(asked[1]?.get('resourceVersion')).toBe('8');
  });

  it('resumes from a bookmark where nothing else happened', async () => {
    answers = [
      streamThenEnd(endOfList('7'), event('BOOKMARK', { metadata: { resourceVersion: '99' } })),
      stream(),
    ];

    start();

    await vi.waitFor(() => expect(asked[1]?.get('resourceVersion')).toBe('99'));
  });

  it('resumes after a connection that breaks in the middle of a line', async () => {
    answers = [
      (_query, response) => {
        response.write([endOfList('7'), event('ADDED', pod('a', '1', '8')), '{"type":"ADDED","obj'].join(''));
        setTimeout(() => response.destroy(), 10);
      },
      stream(event('ADDED', pod('b', '2', '9'))),
    ];

    start();

    await vi.waitFor(() => expect(items()).toEqual(['a/1@8', 'b/2@9']));
    expect(asked[1]?.get('resourceVersion')).toBe('8');
  });

  it.each([400, 422])('reads pages from a server that answers a streamed list with %i', async (status) => {
    answers = [
      refuse(status),
      page('', [pod('a', '1', '5')], 'token-1'),
      page('6', [pod('b', '2', '4')]),
      stream(event('ADDED', pod('c', '3', '7'))),
    ];

    start();

    await vi.waitFor(() => expect(items()).toEqual(['a/1@5', 'b/2@4', 'c/3@7']));
    expect(asked[1]?.get('limit')).toBe('500');
    expect(asked[2]?.get('continue')).toBe('token-1');
    expect(asked[3]?.get('resourceVersion')).toBe('6');
  });

  it('reads pages from a server that finds inside the stream that it cannot', async () => {
    const message = 'storage is (re)initializing or RequestWatchProgress is disabled';
    answers = [
      streamThenEnd(event('ERROR', { kind: 'Status', code: 500, message })),
      page('6', [pod('a', '1', '5')]),
      stream(),
    ];

    start();

    await vi.waitFor(() => expect(items()).toEqual(['a/1@5']));
    expect(asked[1]?.has('sendInitialEvents')).toBe(false);
  });

  it('lists again after 410, as a status and as an event, and tells what went meanwhile', async () => {
    answers = [
      streamThenEnd(event('ADDED', pod('a', '1', '5')), endOfList('7')),
      refuse(410),
      streamThenEnd(
        event('ADDED', pod('b', '2', '20')),
        endOfList('21'),
        event('ERROR', { code: 410, message: 'too old' }),
      ),
      stream(event('ADDED', pod('b', '2', '20')), event('ADDED', pod('c', '3', '30')), endOfList('31')),
    ];

    start();

    await vi.waitFor(() => expect(items()).toEqual(['b/2@20', 'c/3@30']));
    expect(changes).toContainEqual({ kind: 'deleted', item: 'a/1@5' });
    expect(asked.filter((query) => query.has('sendInitialEvents'))).toHaveLength(3);
  });

  it('tells a delete and an add when a name comes back with another uid', async () => {
    answers = [
      stream(event('ADDED', pod('a', '1', '5')), endOfList('7'), event('MODIFIED', pod('a', '2', '8'))),
    ];

    start();

    await vi.waitFor(() => expect(items()).toEqual(['a/2@8']));
    expect(changes).toEqual([
      { kind: 'added', item: 'a/1@5' },
      { kind: 'deleted', item: 'a/1@5' },
      { kind: 'added', item: 'a/2@8' },
    ]);
  });

  it('does not hold a long outage against a server that is back and finds the version too old', async () => {
    const slept: number[] = [];
    const clock: Clock = { ...systemClock, sleep: async (ms) => void slept.push(ms) };
    answers = [
      streamThenEnd(endOfList('7')),
      refuse(503),
      refuse(503),
      refuse(503),
      refuse(410),
      stream(event('ADDED', pod('a', '1', '8')), endOfList('9')),
    ];

    start(60_000, clock);

    await vi.waitFor(() => expect(items()).toEqual(['a/1@8']));
    const [afterList, first, , third, afterVersion] = slept;
    expect(third).toBeGreaterThan(first ?? 0);
    expect([afterVersion, afterList]).toEqual([first, first]);
  });

  it('does not let a late DELETED of an old uid take the new object away', async () => {
    answers = [
      stream(
        event('ADDED', pod('a', '2', '8')),
        endOfList('9'),
        event('DELETED', pod('a', '1', '7')),
        event('ADDED', pod('b', '3', '10')),
      ),
    ];

    start();

    await vi.waitFor(() => expect(items()).toEqual(['a/2@8', 'b/3@10']));
  });

  it('leaves a watch that has gone silent and resumes', async () => {
    answers = [stream(endOfList('7')), stream(event('ADDED', pod('a', '1', '8')))];

    start(50);

    await vi.waitFor(() => expect(items()).toEqual(['a/1@8']));
    expect(asked[1]?.get('resourceVersion')).toBe('7');
  });

  it('never gives up on refusals and broken connections', async () => {
    const drop: Answer = (_query, response) => response.destroy();
    answers = [
      refuse(500),
      refuse(403),
      refuse(429),
      drop,
      refuse(503),
      stream(event('ADDED', pod('a', '1', '5')), endOfList('7')),
    ];

    start();

    await vi.waitFor(() => expect(items()).toEqual(['a/1@5']));
  });

  it('is not synced by a streamed list that ends early, and keeps what it knew', async () => {
    answers = [
      streamThenEnd(event('ADDED', pod('a', '1', '5')), endOfList('7')),
      refuse(410),
      streamThenEnd(event('ADDED', pod('b', '2', '8'))),
      stream(event('ADDED', pod('b', '2', '8')), endOfList('9')),
    ];

    start();

    await vi.waitFor(() => expect(items()).toEqual(['b/2@8']));
    const kinds = changes.map((change) => `${change.kind} ${change.item}`);
    expect(kinds).toEqual(['added a/1@5', 'added b/2@8', 'deleted a/1@5']);
  });

  it('survives a handler that throws', async () => {
    answers = [
      stream(event('ADDED', pod('a', '1', '5')), event('ADDED', pod('b', '2', '6')), endOfList('7')),
    ];
    changes = new Proxy([], {
      get: (target, key) => {
        if (key === 'push') throw new Error('handler broke');
        return Reflect.get(target, key);
      },
    });

    start();

    await vi.waitFor(() => expect(reflector?.synced).toBe(true));
    expect(items()).toEqual(['a/1@5', 'b/2@6']);
  });

  it('opens nothing more once stopped', async () => {
    answers = [stream(endOfList('7'))];
    start();
    await vi.waitFor(() => expect(reflector?.synced).toBe(true));

    await reflector?.stop();
    const before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect(asked).toHaveLength(before);
  });
});
