import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNode } from '../support/builders.js';
import { PodiumUser } from '../support/podium-command.js';
import { type ServedManager, startServedManager } from '../support/served-manager.js';
import { ADMIN } from '../support/test-manager.js';

let server: ServedManager;
let admin: PodiumUser;
beforeAll(async () => {
  server = await startServedManager();
  admin = await PodiumUser.create(server.url);
  await admin.login(ADMIN.username, ADMIN.password);
});
afterAll(async () => {
  await admin?.remove();
  await server?.stop();
});

describe('podium node-policies', () => {
  const POLICY = 'nodeNames: [node-1]\ncommandRegex: ^nginx\npriority: 4\n';

  it('are found again by what they say', async () => {
    const file = path.join(admin.home, 'policy.yaml');
    await writeFile(file, POLICY);

    expect(await admin.run(['node-policies', 'apply', '-f', file])).toMatchObject({
      code: 0,
      stderr: '1 node policy: 1 created\n',
    });
    expect(await admin.run(['node-policies', 'apply', '-f', file])).toMatchObject({
      code: 0,
      stderr: '1 node policy: 1 unchanged\n',
    });
    const [{ id }] = (await admin.json(['node-policies', 'list'])).policies;
    await writeFile(file, `id: ${id}\n${POLICY.replace('4', '6')}`);
    expect(await admin.run(['node-policies', 'apply', '-f', file])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('  - priority: 4\n  + priority: 6\n'),
    });
    expect((await admin.run(['node-policies', 'get', id])).stdout).toMatch(/priority +6/);
    server.manager.cluster.nodeList.push(aNode({ name: 'node-1' }));
    server.manager.cluster.changed();
    const intents = async () => (await admin.json(['node-policies', 'intents'])).intents;
    await expect.poll(intents, { timeout: 10_000 }).toMatchObject([{ nodeId: 'node-1', priority: 6 }]);
    const [intent] = await intents();
    expect(await admin.run(['node-policies', 'exclude', intent.id])).toMatchObject({ code: 0 });
    await expect.poll(intents, { timeout: 10_000 }).toEqual([]);
    expect((await admin.run(['intents', 'exclusions'])).stdout).toMatch(/node +node-1 +/);
    expect(await admin.run(['intents', 'lift', intent.id])).toMatchObject({ code: 0 });
    expect(await admin.run(['node-policies', 'delete', id])).toMatchObject({ code: 0 });
    expect(await admin.run(['node-policies', 'get', id])).toMatchObject({ code: 5 });
  });
});
