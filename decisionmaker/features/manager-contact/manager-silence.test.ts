import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../shared/lifecycle/clock.js';
import { silentLogger } from '../../../shared/observability/logger.js';
import type { ManagerWordStore } from '../../ports/manager-contact.js';
import { ManagerSilence } from './manager-silence.js';

const MAX_AGE_MS = 100_000;

/** A disk and a clock that outlive an agent. */
class World implements ManagerWordStore {
  nowMs = 1_000_000_000;
  wordAtMs: number | undefined;
  saves = 0;
  readonly clock: Clock = { ...systemClock, now: () => this.nowMs, monotonicMs: () => this.nowMs };

  async load(): Promise<number | undefined> {
    return this.wordAtMs;
  }

  async save(wordAtMs: number): Promise<void> {
    this.saves++;
    this.wordAtMs = wordAtMs;
  }

  async anAgent(maxAgeMs = MAX_AGE_MS): Promise<ManagerSilence> {
    const silence = new ManagerSilence({ maxAgeMs, store: this, clock: this.clock, logger: silentLogger });
    await silence.start();
    return silence;
  }

  pass(ms: number): void {
    this.nowMs += ms;
  }
}

describe('ManagerSilence', () => {
  it('drops boosts after the longest silence, once, and gives them back at the next word', async () => {
    const world = new World();
    const silence = await world.anAgent();

    world.pass(MAX_AGE_MS);
    silence.check();
    expect(silence.isLost()).toBe(false);
    world.pass(1);
    silence.check();
    silence.check();
    expect([silence.isLost(), silence.losses()]).toEqual([true, 1]);

    silence.heard();
    expect(silence.isLost()).toBe(false);
    silence.check();
    expect(silence.isLost()).toBe(false);
  });

  it('never drops them where the time is 0, and writes nothing', async () => {
    const world = new World();
    const silence = await world.anAgent(0);

    world.pass(1e12);
    silence.check();
    silence.heard();
    await silence.stop();

    expect([silence.isLost(), world.saves]).toEqual([false, 0]);
  });

  it('saves words now and then only', async () => {
    const world = new World();
    const silence = await world.anAgent();
    for (let word = 0; word < 1_000; word++) {
      world.pass(MAX_AGE_MS / 1_000);
      silence.heard();
    }
    await silence.stop();

    expect(world.saves).toBeGreaterThanOrEqual(10);
    expect(world.saves).toBeLessThanOrEqual(11);
  });

  it('does not end boosts early for a restart', async () => {
    const world = new World();
    const before = await world.anAgent();
    world.pass(MAX_AGE_MS / 10 - 1);
    before.heard();

    world.pass(MAX_AGE_MS);
    const after = await world.anAgent();

    expect(after.isLost()).toBe(false);
    world.pass(2);
    after.check();
    expect(after.isLost()).toBe(true);
  });

  it('ends them however often the agent restarts', async () => {
    const world = new World();
    await world.anAgent();
    const lost: boolean[] = [];
    for (let restart = 0; restart < 20; restart++) {
      world.pass(MAX_AGE_MS / 10);
      lost.push((await world.anAgent()).isLost());
    }

    expect(lost.indexOf(true)).toBe(11);
    expect(lost.slice(11)).not.toContain(false);
  });

  it('starts again when its clock was set back, or what was saved is lost', async () => {
    const world = new World();
    await world.anAgent();
    world.pass(-MAX_AGE_MS * 5);
    expect((await world.anAgent()).isLost()).toBe(false);

    world.wordAtMs = undefined;
    world.pass(MAX_AGE_MS * 10);
    expect((await world.anAgent()).isLost()).toBe(false);
    expect(world.wordAtMs).toBe(world.nowMs);
  });

  it('goes on when a word cannot be saved', async () => {
    const world = new World();
    const silence = await world.anAgent();
    world.save = async () => {
      throw new Error('ENOSPC');
    };
    world.pass(MAX_AGE_MS);
    silence.heard();
    await silence.stop();

    silence.check();
    expect(silence.isLost()).toBe(false);
  });
});
