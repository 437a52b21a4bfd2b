import type { KeyObject } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateRsaKey, keyId, toJwks } from '../../../shared/auth/keys.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import { ManagerKeysFile } from './manager-keys-file.js';

let first: KeyObject;
let second: KeyObject;
beforeAll(async () => {
  first = await generateRsaKey();
  second = await generateRsaKey();
});

let folder = '';
let file = '';
let nowMs = 0;
let keys: ManagerKeysFile;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  file = path.join(folder, 'jwks.json');
  nowMs = 0;
  keys = new ManagerKeysFile(file, { ...systemClock, monotonicMs: () => nowMs }, silentLogger);
});
afterEach(() => rm(folder, { recursive: true }));

async function publish(...published: KeyObject[]): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(toJwks(published)));
  await rename(`${file}.new`, file);
}

const trusted = () => [first, second].map((key) => keys.keyFor(keyId(key)) !== undefined);

describe('ManagerKeysFile', () => {
  it('trusts nobody while there is no file, and says so', async () => {
    expect(trusted()).toEqual([false, false]);
    expect(keys.problem()).toContain(`there is no file ${file}`);
  });

  it('trusts the keys of a file that comes later, at once when one of them is used', async () => {
    trusted();
    await publish(first);
    nowMs += 60;

    expect(trusted()).toEqual([true, false]);
    expect(keys.problem()).toBeUndefined();
  });

  it('follows a rotation, and tells that the keys are others', async () => {
    await publish(first);
    trusted();
    const before = keys.revision();
    await publish(first, second);
    nowMs += 60;
    expect(trusted()).toEqual([true, true]);

    await publish(second);
    nowMs += 1_100;

    expect(trusted()).toEqual([false, true]);
    expect(keys.revision()).toBeGreaterThan(before);
  });

  it('looks at the disk at most once a second for a key that it knows', async () => {
    await publish(first);
    trusted();
    await rm(file);
    nowMs += 40;

    expect(keys.keyFor(keyId(first))).toBeDefined();
    nowMs += 1_000;
    expect(keys.keyFor(keyId(first))).toBeUndefined();
  });

  it('keeps its keys when the file becomes unreadable, and says so', async () => {
    await publish(first);
    trusted();
    await writeFile(file, '{"keys":');
    nowMs += 1_100;

    expect(trusted()).toEqual([true, false]);
    expect(keys.problem()).toContain('cannot be used');
  });

  it('is not content with a file without a usable key', async () => {
    await writeFile(file, '{"keys":[{"kty":"oct","kid":"x","k":"AAAA"}]}');

    expect(keys.problem()).toContain('holds no RSA key');
  });
});
