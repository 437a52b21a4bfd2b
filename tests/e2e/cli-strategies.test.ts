import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aNode, aPod } from '../support/builders.js';
import { PodiumUser } from '../support/podium-command.js';
import { type ServedManager, startServedManager } from '../support/served-manager.js';
import { ADMIN } from '../support/test-manager.js';

const WEB = `# The shop's front
name: web
labelSelectors:
  - {key: app, value: web}
k8sNamespace: [shop]
priority: 3
executionTime: 5000000
`;

let server: ServedManager;
let user: PodiumUser;
/** Set by a test: what the way between the two does to a request or an answer. */
let before: (request: Request) => Response | undefined = () => undefined;
let after: (request: Request, response: Response) => Response = (_, response) => response;

beforeAll(async () => {
  server = await startServedManager({
    before: (request) => before(request),
    after: (request, response) => after(request, response),
  });
  user = await PodiumUser.create(server.url);
  await user.login(ADMIN.username, ADMIN.password);
});
afterAll(async () => {
  await user?.remove();
  await server?.stop();
});
beforeEach(() => {
  before = () => undefined;
  after = (_, response) => response;
});
afterEach(async () => {
  const { strategies } = await user.json(['strategies', 'list']);
  const ids = strategies.map(({ id }: { id: string }) => id);
  if (ids.length > 0) await user.run(['strategies', 'delete', ...ids]);
});

async function file(name: string, content: string): Promise<string> {
  const full = path.join(user.home, name);
  await mkdir(path.dirname(full), { recursive: true });
  await writeFile(full, content);
  return full;
}

const apply = (input: string, ...flags: readonly string[]) =>
  user.run(['strategies', 'apply', '-f', '-', ...flags], { input });

describe('podium strategies apply', () => {
  it('creates, leaves alone, and changes with a diff', async () => {
    const manifest = await file('web.yaml', WEB);

    const created = await user.run(['strategies', 'apply', '-f', manifest]);
    const unchanged = await user.run(['strategies', 'apply', '-f', manifest]);
    await file('web.yaml', WEB.replace('priority: 3', 'priority: 5').replace('[shop]', '[shop, front]'));
    const changed = await user.run(['strategies', 'apply', '-f', manifest]);

    expect(created).toMatchObject({ code: 0, stderr: '1 strategy: 1 created\n' });
    expect(created.stdout).toMatch(/^strategy web created \([0-9a-f]{24}\)\n$/);
    expect(unchanged).toMatchObject({ code: 0, stderr: '1 strategy: 1 unchanged\n' });
    expect(changed.code).toBe(0);
    expect(changed.stdout.split('\n').slice(1, -1)).toEqual([
      '  + k8sNamespace: "front"',
      '  - priority: 3',
      '  + priority: 5',
    ]);
    const [strategy] = (await user.json(['strategies', 'list'])).strategies;
    expect(strategy).toMatchObject({
      name: 'web',
      priority: 5,
      k8sNamespace: ['shop', 'front'],
      revision: 2,
    });
  });

  it('applies folders and many documents, and the rest when some fail', async () => {
    await file('folder/a.yaml', `${WEB}---\nname: wide\nallPods: true\n`);
    await file(
      'folder/b.json',
      '[{"name":"bad","priority":30,"k8sNamespace":["shop"],"labelSelectors":[{"key":"a","vlaue":"b"}]}]',
    );
    await file('folder/notes.txt', 'not a manifest');

    const { code, stdout, stderr } = await user.run(['strategies', 'apply', '-f', 'folder']);

    expect(code).toBe(2);
    expect(stdout).toMatch(/^strategy web created .*\nstrategy wide created .*\n$/);
    expect(stderr).toMatch(/strategy bad failed \(request [\w-]+\)/);
    expect(stderr).toContain('folder/b.json:1: labelSelectors[0].vlaue: is not a known key');
    expect(stderr).toContain('folder/b.json:1: priority: must be 0 (strongest) to 20 (weakest), found 30');
    expect(stderr).toContain('3 strategies: 2 created, 1 failed');
  });

  it('takes back what a list printed', async () => {
    await apply(WEB);
    const { stdout } = await user.run(['strategies', 'list', '-o', 'yaml']);

    expect(await apply(stdout)).toMatchObject({ code: 0, stderr: '1 strategy: 1 unchanged\n' });
    expect(await apply(WEB.replace('priority: 3', 'priority: 4'))).toMatchObject({ code: 0 });
    expect(await apply(stdout)).toMatchObject({ code: 0, stderr: '1 strategy: 1 changed\n' });
  });

  it('only shows what it would do with --dry-run and diff', async () => {
    await apply(WEB);
    const changed = WEB.replace('priority: 3', 'priority: 7');

    const dryRun = await apply(changed, '--dry-run');
    const diff = await user.run(['strategies', 'diff', '-f', '-', '--exit-code'], { input: changed });

    expect(dryRun).toMatchObject({
      code: 0,
      stdout: 'strategy web would change\n  - priority: 3\n  + priority: 7\n',
      stderr: '1 strategy: 1 would change\n',
    });
    expect(diff).toEqual({ ...dryRun, code: 1 });
    expect((await user.json(['strategies', 'get', 'web'])).priority).toBe(3);
  });

  it('tells programs what became of each document', async () => {
    const { code, stdout } = await apply(`${WEB}---\npriority: 1\n`, '-o', 'json');

    expect(code).toBe(2);
    expect(JSON.parse(stdout).results).toEqual([
      expect.objectContaining({ place: 'standard input:2', name: 'web', action: 'created' }),
      expect.objectContaining({ action: 'failed', error: expect.stringContaining('needs a name or an id') }),
    ]);
  });

  it('makes one strategy when the answer to its creation is lost', async () => {
    let lost = 0;
    after = (request, response) => {
      if (request.method !== 'POST' || lost++ > 0) return response;
      return Response.json({ success: false, error: 'gone', code: 'unavailable' }, { status: 503 });
    };

    expect(await apply(WEB)).toMatchObject({ code: 0, stderr: '1 strategy: 1 created\n' });
    expect(lost).toBe(2);
    expect((await user.json(['strategies', 'list'])).strategies).toHaveLength(1);
  });

  it('does not undo what somebody else changed in between', async () => {
    await apply(WEB);
    let raced = false;
    before = (request) => {
      if (request.method !== 'PUT' || raced) return undefined;
      raced = true;
      const body = {
        success: false,
        error: 'the strategy is at revision 2',
        code: 'conflict',
        data: { revision: 2 },
      };
      return Response.json({ ...body, requestId: 'r-1' }, { status: 409 });
    };

    const { code, stderr } = await apply(WEB.replace('priority: 3', 'priority: 9'));

    expect(code).toBe(6);
    expect(stderr).toContain('was changed meanwhile: look again with `podium strategies diff`');
  });

  it('sends the revision that the diff was made from', async () => {
    await apply(WEB);
    const sent: (string | null)[] = [];
    before = (request) => {
      if (request.method === 'PUT') sent.push(request.headers.get('if-match'));
      return undefined;
    };

    await apply(WEB.replace('priority: 3', 'priority: 9'));

    expect(sent).toEqual(['"1"']);
  });

  it.each([
    ['broken YAML', 'name: [', /standard input:\d+:\d+: /],
    ['nothing at all', '', /there is no strategy in -/],
    ['words', 'hello', /expected an object/],
  ])('refuses %s', async (_, input, message) => {
    const { code, stderr } = await apply(input);

    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('refuses a file that is not there', async () => {
    expect(await user.run(['strategies', 'apply', '-f', 'gone.yaml'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('gone.yaml cannot be read: ENOENT'),
    });
  });
});

describe('podium strategies and what comes of them', () => {
  it('get and delete one by its name or id', async () => {
    await apply(WEB);
    const { id } = await user.json(['strategies', 'get', 'web']);

    expect((await user.run(['strategies', 'get', id])).stdout).toMatch(/^id +[0-9a-f]{24}\nname +web\n/);
    expect(await user.run(['strategies', 'delete', 'web'])).toMatchObject({
      code: 0,
      stdout: 'Strategy web was deleted.\n',
    });
    expect(await user.run(['strategies', 'get', 'web'])).toMatchObject({ code: 5 });
    expect(await user.run(['strategies', 'get', id])).toMatchObject({ code: 5 });
  });

  it('show names that would take over a terminal as what they are', async () => {
    await apply('name: "evil\\e[2J\\x9b31m\\u202e"\nallPods: true\n');

    for (const format of ['table', 'json', 'yaml']) {
      const { stdout } = await user.run(['strategies', 'list', '-o', format]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(stdout).toMatch(/evil(\\x1b|\\u001b|\\e)\[2J/);
    }
  });

  it('print no titles when asked, and nothing but data', async () => {
    await apply(WEB);

    const { stdout } = await user.run(['strategies', 'list', '--no-headers']);

    expect(stdout).toMatch(/^[0-9a-f]{24} {2}web {2}3 {2}5ms {2}shop {2}app=web {2}- {2}yes {2}0\n$/);
  });

  it('list intents, leave a pod out and take it in again', async () => {
    server.manager.cluster.nodeList.push(aNode({ name: 'node-1' }));
    server.manager.cluster.podList.push(
      aPod({ namespace: 'shop', name: 'web-1', labels: { app: 'web' }, nodeName: 'node-1' }),
    );
    server.manager.cluster.changed();
    await apply(WEB);
    const intents = async () => (await user.json(['intents', 'list'])).intents;
    await expect.poll(intents, { timeout: 10_000 }).toHaveLength(1);

    expect((await user.run(['intents', 'list', '--no-headers'])).stdout).toMatch(
      /shop +web-1 +node-1 +3 +5ms/,
    );
    const [{ id }] = await intents();
    expect(await user.run(['intents', 'exclude', id])).toMatchObject({ code: 0 });
    await expect.poll(intents, { timeout: 10_000 }).toHaveLength(0);
    const { exclusions } = await user.json(['intents', 'exclusions']);
    expect(exclusions).toMatchObject([{ name: 'shop/web-1' }]);
    expect(await user.run(['intents', 'lift', exclusions[0].id])).toMatchObject({ code: 0 });
    await expect.poll(intents, { timeout: 10_000 }).toHaveLength(1);
    expect((await user.json(['intents', 'list', '--all'])).intents).toHaveLength(1);

    expect((await user.run(['nodes', 'list'])).stdout).toMatch(/^NAME.*\nnode-1 /);
    expect(await user.run(['nodes', 'get', 'node-1'])).toMatchObject({ code: 0 });
    expect(await user.run(['nodes', 'get', 'no-such-node'])).toMatchObject({ code: 5 });
  });
});
