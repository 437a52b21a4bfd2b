import { describe, expect, it } from 'vitest';
import { OneByOne } from './one-by-one.js';

describe('OneByOne', () => {
  it('runs changes in their order, after failed ones too', async () => {
    const changes = new OneByOne('the thing');
    const log: string[] = [];
    const change = (name: string, failure?: string) =>
      changes.run(async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`${name} ends`);
        if (failure !== undefined) throw new Error(failure);
        return name;
      });

    const results = await Promise.allSettled([change('a'), change('b', 'no'), change('c')]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('refuses to queue without end, and takes changes again afterwards', async () => {
    const changes = new OneByOne('the thing');
    let finish = () => {};
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const waiting = Array.from({ length: 8 }, () => changes.run(() => gate));

    await expect(changes.run(async () => {})).rejects.toMatchObject({
      code: 'throttled',
      message: expect.stringContaining('the thing'),
    });

    finish();
    await Promise.all(waiting);
    await changes.settled();
    await expect(changes.run(async () => 'done')).resolves.toBe('done');
  });
});
