import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../shared/files/package-root.js';
import { ManagerProgram } from '../support/agent-program.js';
import { type CallAnswer, httpCall } from '../support/http-call.js';
import { kubeconfig } from '../support/kubernetes/kubeconfig.js';
import { describeOnEachStore, storeEnvironment } from '../support/on-each-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { ADMIN } from '../support/test-manager.js';

const BUILT = { folder: path.join(packageRoot(), 'dist') };
const WRITERS = 8;
const ROUNDS = 4;

/** What was acknowledged: the strategies there are, with the revision each was last said to have. */
type Acknowledged = Map<string, number>;

await describeOnEachStore('a manager that is killed while it writes', (newStore) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let manager: RunningManager | undefined;
  let settings: Readonly<Record<string, string>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    settings = storeEnvironment(newStore());
  });
  afterAll(async () => {
    await manager?.program.kill('SIGKILL');
    await folder?.remove();
  });

  it('has everything that it had acknowledged when it is back, and an audit log that verifies', async () => {
    const acknowledged: Acknowledged = new Map();
    for (let round = 0; round < ROUNDS; round++) {
      manager = await start(folder.path, settings);
      await expectAllThere(manager, acknowledged);
      const running = manager;
      const writers = Array.from({ length: WRITERS }, () => writeUntilItFails(running, acknowledged));
      await sleep(300 + randomInt(400));
      await manager.program.kill('SIGKILL');
      await Promise.all(writers);
      expect(acknowledged.size).toBeGreaterThan(round * WRITERS);
    }
    manager = await start(folder.path, settings);
    await expectAllThere(manager, acknowledged);
  });
});

interface RunningManager {
  readonly program: ManagerProgram;
  call(method: string, target: string, body?: object): Promise<CallAnswer>;
}

async function start(folder: string, settings: Readonly<Record<string, string>>): Promise<RunningManager> {
  const kubeconfigFile = path.join(folder, 'kubeconfig');
  // Nobody answers there: the store is what this is about.
  await writeFile(kubeconfigFile, kubeconfig('http://127.0.0.1:9', '', { token: 'none' }));
  const program = new ManagerProgram(BUILT, {
    MANAGER_SERVER_HOST: '127.0.0.1:0',
    MANAGER_STATE_DIR: path.join(folder, 'state'),
    MANAGER_K8S_KUBE_CONFIG_PATH: kubeconfigFile,
    MANAGER_ACCOUNT_ADMIN_EMAIL: ADMIN.username,
    MANAGER_ACCOUNT_ADMIN_PASSWORD: ADMIN.password,
    ...settings,
  });
  const port = await program.listening();
  let authorization: Record<string, string> = {};
  const call = (method: string, target: string, body?: object) =>
    httpCall({ port }, target, {
      method,
      headers: authorization,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const { body } = await call('POST', '/api/v1/auth/login', ADMIN);
  authorization = { authorization: `Bearer ${body.data.token}` };
  return { program, call };
}

/** Makes a strategy and changes it again and again; ends with the manager. */
async function writeUntilItFails({ call }: RunningManager, acknowledged: Acknowledged): Promise<void> {
  try {
    for (;;) {
      const created = await call('POST', '/api/v1/strategies', { k8sNamespace: ['default'] });
      expect(created.status).toBe(200);
      const strategyId = created.body.data.id;
      acknowledged.set(strategyId, 1);
      for (let revision = 2; revision < 5; revision++) {
        const body = { strategyId, k8sNamespace: ['default'], precedence: revision };
        const updated = await call('PUT', '/api/v1/strategies', body);
        expect(updated.status).toBe(200);
        acknowledged.set(strategyId, revision);
      }
    }
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
  }
}

function isConnectionLost(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'ECONNREFUSED' || code === 'EPIPE';
}

async function expectAllThere({ call }: RunningManager, acknowledged: Acknowledged): Promise<void> {
  const { body } = await call('GET', '/api/v1/strategies/self');
  const strategies: readonly { id: string; revision: number; precedence: number }[] = body.data.strategies;
  const kept = new Map(strategies.map((strategy) => [strategy.id, strategy]));
  for (const [id, revision] of acknowledged) {
    const strategy = kept.get(id);
    // A change that was not acknowledged may have been made all the same, by at most one.
    expect([revision, revision + 1], id).toContain(strategy?.revision);
    if (strategy !== undefined && strategy.revision > 1) expect(strategy.precedence).toBe(strategy.revision);
  }
  const told = await toldToTheLog(call);
  for (const id of acknowledged.keys()) expect(told.has(id), id).toBe(true);
  const verified = await call('GET', '/api/v1/audit/verify');
  expect(verified.body.data).toMatchObject({ valid: true });
}

/** Ids of the strategies whose making is in the audit log. */
async function toldToTheLog(call: RunningManager['call']): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let cursor = '';
  do {
    const page = await call('GET', `/api/v1/audit?action=strategy.create&limit=200${cursor}`);
    expect(page.status).toBe(200);
    const { entries, nextCursor } = page.body.data;
    for (const { target } of entries) ids.add(target.id);
    cursor = nextCursor === undefined ? '' : `&cursor=${encodeURIComponent(nextCursor)}`;
  } while (cursor !== '');
  return ids;
}
