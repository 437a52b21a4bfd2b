import { hash } from '@node-rs/argon2';
import { Argon2PasswordHasher } from '../../../manager/adapters/crypto/argon2-password-hasher.js';
import { ADMIN, startTestManager } from '../../../tests/support/test-manager.js';
import { type Figure, median, reportLines } from '../figures.js';

/** Of each kind, taken in turns, so that a noisy moment meets all of them. */
const CHECKS = 60;
const SIGN_INS = 40;
/** Bar: the medians of an unknown user and of a wrong password are within 5 %. */
const FARTHEST_RATIO = 1.05;

/** The public parameters (contract 1.5). */
const IMPORTED = { memoryCost: 16 * 1024, timeCost: 3, parallelism: 2 };

const figures: Figure[] = [];
const note = (what: string, value: number, unit: string, bar?: Figure['bar']) => {
  figures.push({ what, value, unit, ...(bar === undefined ? {} : { bar }) });
};

await checks();
await signIns();
console.log(reportLines(figures).join('\n'));

async function checks(): Promise<void> {
  const hasher = new Argon2PasswordHasher({ mostAtOnce: 1 });
  const own = await hasher.hash('correct horse battery');
  const imported = await hash('correct horse battery', IMPORTED);
  await compare('check', CHECKS, {
    'unknown user': () => hasher.verifyNothing('wrong horse battery'),
    'wrong password': () => hasher.verify(own, 'wrong horse battery'),
    'wrong password, imported hash': () => hasher.verify(imported, 'wrong horse battery'),
    'user without a password': () => hasher.verify('', 'wrong horse battery'),
  });
}

async function signIns(): Promise<void> {
  const manager = await startTestManager({ sections: { login: { throttle: false } } });
  const wrong = (username: string) =>
    manager.call('POST', '/api/v1/auth/login', { username, password: 'wrong horse battery' });
  try {
    await compare('sign-in', SIGN_INS, {
      'unknown user': () => wrong('nobody@example.com'),
      'wrong password': () => wrong(ADMIN.username),
    });
    const passwordHash = await hash('correct horse battery', IMPORTED);
    await manager.changeUser(ADMIN.username, { passwordHash });
    await compare('sign-in after a take-over', SIGN_INS, {
      'unknown user': () => wrong('nobody@example.com'),
      'wrong password, imported hash': () => wrong(ADMIN.username),
    });
  } finally {
    await manager.stop();
  }
}

/** Medians of each kind, and their ratio to the first. */
async function compare(
  what: string,
  times: number,
  kinds: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<void> {
  const taken = new Map<string, number[]>(Object.keys(kinds).map((kind) => [kind, []]));
  for (let turn = 0; turn < times; turn++) {
    for (const [kind, run] of Object.entries(kinds)) {
      const startedMs = performance.now();
      await run();
      taken.get(kind)?.push(performance.now() - startedMs);
    }
  }
  let reference = 0;
  for (const [kind, durations] of taken) {
    const middle = median(durations);
    note(`${what}, ${kind}: median`, middle, 'ms');
    if (reference === 0) reference = middle;
    else {
      const ratio = Math.max(middle, reference) / Math.min(middle, reference);
      note(`${what}, ${kind}: ratio`, ratio, '', { limit: FARTHEST_RATIO, better: 'lower' });
    }
  }
}
