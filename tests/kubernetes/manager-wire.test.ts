import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeKubernetes } from '../support/describe-kubernetes.js';
import type { CallAnswer } from '../support/http-call.js';
import { type MongoDbServer, startMongoDb } from '../support/mongodb-server.js';
import { storeEnvironment } from '../support/on-each-store.js';
import { type RealKubernetes, startRealKubernetes } from '../support/real-kubernetes.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { eventually } from '../support/test-agent.js';
import { findKubernetesTools, findMongoDb } from '../support/tools.js';
import { readDeviations, unlisted } from '../support/wire/deviations.js';
import { type ComparedAnswer, differences } from '../support/wire/differences.js';
import { decodedToken } from '../support/wire/forged-tokens.js';
import { comparable, ManagerReplay, recordedAnswer } from '../support/wire/manager-replay.js';
import { fits, LEFT_OUT } from '../support/wire/manager-rules.js';
import { RecordedCluster, RecordedManager } from '../support/wire/recorded-cluster.js';
import { type Recording, readRecordings } from '../support/wire/recordings.js';

/**
 * The recorded calls to a manager, in their order, on each store, against the real programs with a real API server
 * behind them. An answer is the recorded one or its difference stands in docs/deviations-manager.md.
 */
const recordings = readRecordings('manager');
const replayed = recordings.filter(
  ({ name, request }) => request.method !== '-' && !LEFT_OUT.some(([pattern]) => fits(pattern, name)),
);
const deviations = readDeviations('docs/deviations-manager.md');

const mongoDb = await findMongoDb();

describeKubernetes('the recorded calls, replayed on this manager', await findKubernetesTools(), (tools) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let kubernetes: RealKubernetes;
  let cluster: RecordedCluster;
  beforeAll(async () => {
    folder = await temporaryFolder();
    kubernetes = await startRealKubernetes({
      folder: path.join(folder.path, 'kubernetes'),
      apiServerBinary: tools.apiServer,
      signal: AbortSignal.timeout(120_000),
    });
    cluster = await RecordedCluster.create(kubernetes);
  });
  afterAll(async () => {
    await cluster?.close();
    await kubernetes?.stop();
    await folder?.remove();
  });

  const stores = ['the embedded store', ...('missing' in mongoDb ? [] : ['MongoDB'])];
  if ('missing' in mongoDb) console.log(`left out: the replay on MongoDB: ${mongoDb.missing}`);

  describe.each(stores)('with %s', (title) => {
    let server: MongoDbServer | undefined;
    let manager: RecordedManager;
    let replay: ManagerReplay;
    beforeAll(async () => {
      if (title === 'MongoDB' && !('missing' in mongoDb)) server = await startMongoDb(mongoDb);
      const store = storeEnvironment(server?.newDatabase());
      manager = await RecordedManager.start(cluster, path.join(folder.path, 'programs'), store);
      replay = new ManagerReplay(recordings, cluster, manager);
    });
    afterAll(async () => {
      await manager?.stop();
      await server?.stop();
    });

    it.each(replayed)('$name', async (recording) => {
      if (isWorkOfTheAgent(recording.name)) {
        await eventually(
          () => replay.call(recording),
          (answer) => isSettled(recording, answer),
        );
      }
      for (const { call, answer } of await replay.replay(recording)) {
        expect(answer.status).not.toBe(500);
        expect(unlisted(deviations, call, found(replay, recording, answer))).toEqual([]);
        if (recording.request.path.startsWith('/api/')) expectEnvelope(answer);
      }
      if (recording.name === 'login of a new user') expectTokenAsRecorded(replay);
    });
  });

  it('leave nothing in docs/deviations-manager.md that nothing needs', () => {
    expect(deviations.flatMap((row) => row.unused())).toEqual([]);
  });
});

function found(replay: ManagerReplay, recording: Recording, answer: CallAnswer): string[] {
  const ours = comparable(recording, answer);
  // The lists of what somebody made have a random order there, which the recorder sorted.
  const isSorted =
    recording.request.path.endsWith('/self') || recording.note?.includes('sorted by the recorder');
  return differences(recordedAnswer(recording, ours), ours, {
    placeholders: replay.placeholders,
    lists: isSorted ? 'by identity' : 'by identity, in order',
  });
}

function expectEnvelope({ status, body }: CallAnswer): void {
  if (status === 404 && body.message === 'Not Found') return;
  expect(body.success).toBe(status === 200);
  expect(typeof (body.error ?? '')).toBe('string');
  if (status !== 200) expect(body).toMatchObject({ code: expect.any(String), requestId: expect.any(String) });
}

function expectTokenAsRecorded(replay: ManagerReplay): void {
  const recorded = recordings.find(({ name }) => name === 'token of a new user decoded');
  const { 'exp-iat': lifetime, 'nbf-iat': _, ...ours } = decodedToken(replay.accessTokenOf('viewer'));
  const [was, is] = [recorded?.response?.body, { ...ours, lifetime }].map((body) => ({
    status: 0,
    contentType: undefined,
    endsWithNewline: undefined,
    body,
  })) as [ComparedAnswer, ComparedAnswer];
  const lines = differences(was, is, { placeholders: replay.placeholders, lists: 'by place' });
  expect(unlisted(deviations, 'token of a new user decoded', lines)).toEqual([]);
}

/** What an answer shows of deliveries and processes comes a moment after the call that asked for it. */
function isWorkOfTheAgent(name: string): boolean {
  return /^list (node )?intents( after update)?$/.test(name) || name === 'node pids';
}

function isSettled({ name }: Recording, { body }: CallAnswer): boolean {
  if (name === 'node pids') return body.data?.pods?.length === 3;
  const items: readonly Readonly<Record<string, unknown>>[] = body.data?.intents ?? [];
  const here = items.filter((item) => (item.NodeID ?? item.nodeId) === 'node-a');
  return here.length > 0 && here.every((item) => (item.State ?? item.state) === 2);
}
