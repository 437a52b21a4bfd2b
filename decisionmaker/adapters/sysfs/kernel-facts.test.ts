import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { KernelFacts } from './kernel-facts.js';

let folder = '';
let nowMs = 0;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'podium-test-'));
  nowMs = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

function facts(): KernelFacts {
  return new KernelFacts({
    sysRoot: folder,
    clock: { ...systemClock, monotonicMs: () => nowMs },
  });
}

function schedExtFiles(files: Readonly<Record<string, string>>): void {
  rmSync(path.join(folder, 'kernel'), { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, 'kernel/sched_ext', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${content}\n`);
  }
}

describe('the state of sched_ext', () => {
  it('is told with the reason on a kernel that has none', () => {
    const { supported, reason } = facts().schedExt();

    expect(supported).toBe(false);
    expect(reason).toContain('CONFIG_SCHED_CLASS_EXT');
  });

  it.each([
    [
      { state: 'disabled', switch_all: '0' },
      { state: 'disabled', switchAll: false },
    ],
    [
      { state: 'enabled', switch_all: '1', 'root/ops': 'rusty_1.0.5_x86_64' },
      { state: 'enabled', switchAll: true, ops: 'rusty_1.0.5_x86_64' },
    ],
    [
      { state: 'enabled', switch_all: '0', 'root/ops': 'partial' },
      { state: 'enabled', switchAll: false, ops: 'partial' },
    ],
    [{ state: 'enabling' }, { state: 'enabling' }],
  ])('is read from %j', (files, state) => {
    schedExtFiles(files);

    expect(facts().schedExt()).toEqual({ supported: true, ...state });
  });

  it('is not known where it cannot be read, which is not the same as not being there', () => {
    mkdirSync(path.join(folder, 'kernel/sched_ext/state'), { recursive: true });

    const { supported, state, reason } = facts().schedExt();

    expect({ supported, state }).toEqual({ supported: true, state: undefined });
    expect(reason).toMatch(/cannot be read \(EISDIR/);
  });

  it('is read again when it is a second old, and not more often', () => {
    const kernel = facts();
    schedExtFiles({ state: 'enabled', 'root/ops': 'ours' });
    expect(kernel.schedExt().state).toBe('enabled');

    schedExtFiles({ state: 'disabled' });
    nowMs = 999;
    expect(kernel.schedExt().state).toBe('enabled');
    nowMs = 1_000;
    expect(kernel.schedExt()).toEqual({ supported: true, state: 'disabled' });
  });

  it('is of bounded length, whatever a scheduler calls itself', () => {
    schedExtFiles({ state: 'enabled', 'root/ops': 'x'.repeat(10_000) });

    expect(facts().schedExt().ops).toHaveLength(256);
  });
});

it('tells the rights of this process', () => {
  const { uid, capabilities } = facts().rights();

  expect(uid).toBe(process.geteuid?.());
  expect(capabilities.every((name) => /^CAP_[A-Z_]+$/.test(name))).toBe(true);
});

it('says what this machine says', () => {
  const here = new KernelFacts({ sysRoot: '/sys', clock: systemClock });

  expect(here.kernelRelease).toBe(release());
  expect(typeof here.schedExt().supported).toBe('boolean');
});
