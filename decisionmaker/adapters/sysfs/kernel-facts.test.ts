import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KernelFacts } from './kernel-facts.js';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(() => rm(root, { recursive: true }));

async function schedExtFiles(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, 'kernel/sched_ext', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `${content}\n`);
  }
}

describe('KernelFacts', () => {
  it('says why a kernel without sched_ext cannot use one', async () => {
    const { supported, reason } = await new KernelFacts(root).schedExt();

    expect(supported).toBe(false);
    expect(reason).toContain('CONFIG_SCHED_CLASS_EXT');
  });

  it('tells a kernel that has none loaded from one that has', async () => {
    await schedExtFiles({ state: 'disabled' });
    expect(await new KernelFacts(root).schedExt()).toEqual({ supported: true, state: 'disabled' });

    await schedExtFiles({ state: 'enabled', 'root/ops': 'scx_rusty' });
    expect(await new KernelFacts(root).schedExt()).toEqual({
      supported: true,
      state: 'enabled',
      ops: 'scx_rusty',
    });
  });

  it('says what this machine says', async () => {
    const facts = new KernelFacts('/sys');

    expect(facts.kernelRelease).toBe(release());
    expect(typeof (await facts.schedExt()).supported).toBe('boolean');
  });
});
