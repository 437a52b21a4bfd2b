import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateRsaKey, keyId, keysFromJwks, publicHalf, toPkcs8Pem } from '../../../shared/auth/keys.js';
import { TokenIssuer } from '../../../shared/auth/token-issuer.js';
import { verifyToken } from '../../../shared/auth/token-verifier.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { SigningKeyRing, type SigningKeyRingOptions } from './signing-key-ring.js';

const OVERLAP_MS = 300_000;
const VERIFY_FOR_MS = 900_000;
const START_MS = 1_800_000_000_000;

let folder = '';
let nowMs = START_MS;
const clock: Clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: async () => {} };

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
  nowMs = START_MS;
});
afterEach(() => rm(folder, { recursive: true }));

function open(options: Partial<SigningKeyRingOptions> = {}): Promise<SigningKeyRing> {
  return SigningKeyRing.open({
    stateFolder: folder,
    clock,
    overlapMs: OVERLAP_MS,
    verifyForMs: VERIFY_FOR_MS,
    configured: undefined,
    previous: [],
    ...options,
  });
}

const at = (name: string) => path.join(folder, name);
const signerOf = (ring: SigningKeyRing) => ring.signerAt(nowMs);
const statesOf = (ring: SigningKeyRing) => ring.list().map(({ state }) => state);
/** As an agent reads them. */
const published = async () =>
  [...keysFromJwks(JSON.parse(await readFile(at('jwks.json'), 'utf8')), 'jwks').keys()].toSorted();

describe('SigningKeyRing', () => {
  it('makes a key at the first start, readable by its owner only, and finds it again', async () => {
    const first = await open();
    const second = await open();

    expect(keyId(signerOf(second))).toBe(keyId(signerOf(first)));
    expect((await stat(at('signing-keys.json'))).mode & 0o777).toBe(0o600);
    expect(await published()).toEqual([keyId(signerOf(first))]);
    expect(await readFile(at('jwks.json'), 'utf8')).not.toContain('"d"');
  });

  it('publishes a new key, signs with it after the overlap, and trusts the old one until its last token ends', async () => {
    const ring = await open();
    const issuer = new TokenIssuer((timeMs) => ring.signerAt(timeMs), 'podium', clock.now);
    const issue = async () => (await issuer.issue({ subject: 's', lifetimeSec: 840 })).token;
    const isGood = (token: string) =>
      verifyToken(token, { keyFor: (kid) => ring.keyFor(kid), issuer: 'podium', now: clock.now }).then(
        () => true,
        () => false,
      );
    const old = keyId(signerOf(ring));
    const made = await ring.rotate();

    expect(made).toMatchObject({ state: 'upcoming', activatesTime: START_MS + OVERLAP_MS });
    expect(await published()).toEqual([old, made.kid].toSorted());
    expect(keyId(signerOf(ring))).toBe(old);

    nowMs = START_MS + OVERLAP_MS - 1;
    const lastOfOld = await issue();
    nowMs = START_MS + OVERLAP_MS;
    expect(keyId(signerOf(ring))).toBe(made.kid);
    expect(await isGood(lastOfOld)).toBe(true);
    expect(await isGood(await issue())).toBe(true);

    nowMs = START_MS + OVERLAP_MS + 839_000;
    expect(await isGood(lastOfOld)).toBe(true);
    nowMs = START_MS + OVERLAP_MS + VERIFY_FOR_MS;
    expect(ring.keyFor(old)).toBeUndefined();
    await ring.tidy();
    expect(await published()).toEqual([made.kid]);
  });

  it('goes on where it was when it is opened again, at every step', async () => {
    const first = await open();
    const old = keyId(signerOf(first));
    const { kid } = await first.rotate();
    const steps: unknown[] = [];
    for (const afterMs of [0, OVERLAP_MS, OVERLAP_MS + VERIFY_FOR_MS]) {
      nowMs = START_MS + afterMs;
      const ring = await open();
      steps.push([keyId(signerOf(ring)) === old ? 'old' : 'new', statesOf(ring), (await published()).length]);
    }

    expect(steps).toEqual([
      ['old', ['active', 'upcoming'], 2],
      ['new', ['retiring', 'active'], 2],
      ['new', ['active'], 1],
    ]);
    expect(await published()).toEqual([kid]);
  });

  it('forgets the private half of a key that signs no more', async () => {
    const ring = await open();
    const old = toPkcs8Pem(signerOf(ring));
    await ring.rotate();
    nowMs += OVERLAP_MS + 1;
    await ring.tidy();
    expect(toPkcs8Pem(ring.signerAt(START_MS))).toBe(old);

    nowMs += 600_000;
    await ring.tidy();
    const { keys } = JSON.parse(await readFile(at('signing-keys.json'), 'utf8'));
    expect(keys.map(({ pem }: { pem: string }) => /PRIVATE/.test(pem))).toEqual([false, true]);
    expect(JSON.stringify(keys)).not.toContain(JSON.stringify(old).slice(1, -1));
    expect((await open()).list()).toHaveLength(2);
  });

  it('mends what a crash between publication and keeping left behind: a public key that nobody has', async () => {
    const ring = await open();
    const before = await readFile(at('signing-keys.json'));
    await ring.rotate();
    await writeFile(at('signing-keys.json'), before);
    expect(await published()).toHaveLength(2);

    const again = await open();
    expect(await published()).toEqual([keyId(signerOf(again))]);
    expect((await again.rotate()).state).toBe('upcoming');
  });

  it('takes the key over that stood alone, and leaves no second copy of it', async () => {
    const key = await generateRsaKey();
    await writeFile(at('signing-key.pem'), toPkcs8Pem(key), { mode: 0o600 });

    expect(keyId(signerOf(await open()))).toBe(keyId(key));
    expect(keyId(signerOf(await open()))).toBe(keyId(key));
    expect((await readdir(folder)).toSorted()).toEqual(['jwks.json', 'signing-keys.json']);
  });

  it('refuses a second rotation while one is under way, and one too many', async () => {
    const ring = await open();
    const racing = await Promise.allSettled([ring.rotate(), ring.rotate()]);
    expect(racing.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(ring.rotate()).rejects.toMatchObject({ code: 'conflict' });

    const eager = await open({ overlapMs: 1 });
    for (nowMs += OVERLAP_MS; eager.list().length < 8; nowMs += 1) await eager.rotate();
    await expect(eager.rotate()).rejects.toThrow('8 keys are in use');
  }, 60_000);

  it('tells whoever keeps what a key verified', async () => {
    const ring = await open();
    let told = 0;
    const forget = ring.onChange(() => told++);
    await ring.rotate();
    nowMs += OVERLAP_MS + VERIFY_FOR_MS;
    await ring.tidy();
    await ring.tidy();
    forget();
    await ring.rotate();

    expect(told).toBe(2);
  });

  it('leaves a file alone that holds something else', async () => {
    for (const text of [
      'precious',
      '{"keys":[]}',
      '{"keys":[{"pem":"x","createdTime":1,"activatesTime":1}]}',
    ]) {
      await writeFile(at('signing-keys.json'), text);
      await expect(open()).rejects.toThrow('signing-keys.json cannot be used');
      expect(await readFile(at('signing-keys.json'), 'utf8')).toBe(text);
    }
  });

  it('signs with a configured key alone, trusts the ones before it, and does not rotate it', async () => {
    const [configured, before] = [await generateRsaKey(), await generateRsaKey()];
    const ring = await open({ configured, previous: [publicHalf(before)] });

    expect(keyId(signerOf(ring))).toBe(keyId(configured));
    expect(ring.keyFor(keyId(before))).toBeDefined();
    expect(await published()).toEqual([keyId(before), keyId(configured)].toSorted());
    expect(ring.list()).toMatchObject([
      { kid: keyId(before), state: 'retiring', configured: true },
      { kid: keyId(configured), state: 'active', configured: true, createdTime: undefined },
    ]);
    await expect(ring.rotate()).rejects.toThrow('key.rsa_private_key_pem');
    await ring.tidy();
    expect(await readdir(folder)).toEqual(['jwks.json']);
  });

  it('goes on signing when the clock goes back', async () => {
    const ring = await open();
    await ring.rotate();
    nowMs += OVERLAP_MS + 600_000;
    await ring.tidy();
    nowMs = START_MS - 1;

    expect(ring.keyFor(keyId(signerOf(ring)))).toBeDefined();
  });
});
