import { strategyNumber } from './a-strategy.js';
import { openStore } from './open-store.js';

/**
 * Writes strategies until it is killed, and prints the id of each when the store has promised to keep it: the test of
 * kill -9 asks afterwards for every id that was printed.
 */
const [place = '', database = ''] = process.argv.slice(2);
const { stores } = await openStore(place, database);
const MOST = 100_000;
const AT_ONCE = 16;
let next = 0;

async function writeOn(): Promise<void> {
  for (let index = next++; index < MOST; index = next++) {
    const strategy = strategyNumber(index);
    await stores.strategies.insert(strategy);
    process.stdout.write(`${strategy.id}\n`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, writeOn));
