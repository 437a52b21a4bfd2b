import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Figure, reportLines } from '../figures.js';
import { strategyNumber } from './a-strategy.js';
import { type OpenedStore, openStore } from './open-store.js';

/** DESIGN 7: durable writes of the embedded store; MongoDB beside it where BENCH_MONGODB_URI names a server. */
const WRITES = 5_000;
const AT_ONCE = 64;

const folder = await mkdtemp(path.join(tmpdir(), 'podium-bench-'));
const uri = process.env.BENCH_MONGODB_URI ?? '';
const database = `podium_bench_${randomBytes(6).toString('hex')}`;
try {
  const figures = await measured('embedded', await openStore(folder, ''), { writes: WRITES, bar: 1_000 });
  if (uri === '') console.error('MongoDB is left out: BENCH_MONGODB_URI names no server');
  else figures.push(...(await measured('MongoDB', await openStore(uri, database), { writes: WRITES / 5 })));
  console.log(reportLines(figures).join('\n'));
} finally {
  await rm(folder, { recursive: true, force: true });
}

interface Load {
  readonly writes: number;
  readonly bar?: number;
}

async function measured(name: string, { stores, close }: OpenedStore, load: Load): Promise<Figure[]> {
  try {
    const strategies = Array.from({ length: load.writes }, (_, index) => strategyNumber(index));
    const inserts = await perSecond(strategies, (strategy) => stores.strategies.insert(strategy));
    const reads = await perSecond(strategies.slice(0, 1_000), ({ id }) => stores.strategies.get(id));
    const bar = load.bar === undefined ? {} : { bar: { limit: load.bar, better: 'higher' as const } };
    return [
      { what: `${name}: durable inserts, ${AT_ONCE} at once`, value: inserts, unit: '/s', ...bar },
      { what: `${name}: reads of one`, value: reads, unit: '/s' },
    ];
  } finally {
    await close();
  }
}

/** Works through the items, so many at a time. */
async function perSecond<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return items.length / ((performance.now() - startedAt) / 1_000);
}
