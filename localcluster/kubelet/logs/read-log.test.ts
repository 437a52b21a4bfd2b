import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.js';
import { formatLogLine } from '../domain/log-line.js';
import type { LogQuery } from '../domain/log-query.js';
import { LogFile } from './log-file.js';
import type { LogSource } from './log-reader.js';
import { readLog } from './read-log.js';

const never = new AbortController().signal;
const ALL: LogQuery = { follow: false, previous: false, timestamps: false };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podium-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

function entry(second: number, text: string, complete = true): string {
  const time = `2026-01-01T00:00:0${second}.000000000Z`;
  return formatLogLine({ time, stream: 'stdout', complete, text });
}

async function read(source: LogSource, query: Partial<LogQuery> = {}): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of readLog(source, { ...ALL, ...query }, never)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

async function aLog(...entries: string[]): Promise<LogFile> {
  const log = await LogFile.create(path.join(folder, '0.log'), 200);
  for (const text of entries) await log.append(text);
  return log;
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `line ${index}\n`).join('');
}

describe('readLog', () => {
  it('gives the text as the container wrote it', async () => {
    const log = await aLog(entry(1, 'one'), entry(2, 'tw', false), entry(3, 'o'));

    expect(await read(log)).toBe('one\ntwo\n');
    expect(await read(log, { timestamps: true })).toBe(
      '2026-01-01T00:00:01.000000000Z one\n2026-01-01T00:00:02.000000000Z two\n',
    );
    await log.close();
    expect(await read(log.path)).toBe('one\ntwo\n');
  });

  it.each<[string, Partial<LogQuery>, string]>([
    ['the last lines', { tailLines: 2 }, 'three\nfour\n'],
    ['none of the lines', { tailLines: 0 }, ''],
    ['more lines than there are', { tailLines: 9 }, 'one\ntwo\nthree\nfour\n'],
    ['lines since a time', { sinceMs: Date.parse('2026-01-01T00:00:03Z') }, 'three\nfour\n'],
    ['the last of those', { sinceMs: Date.parse('2026-01-01T00:00:02Z'), tailLines: 1 }, 'four\n'],
    ['some bytes', { limitBytes: 6 }, 'one\ntw'],
  ])('gives %s', async (_what, query, text) => {
    const log = await aLog(...['one', 'two', 'three', 'four'].map((word, index) => entry(index + 1, word)));

    expect(await read(log, query)).toBe(text);
    await log.close();
  });

  it('joins the older half and the present file', async () => {
    const log = await aLog(...Array.from({ length: 7 }, (_, index) => entry(index, `line ${index}`)));

    expect(await read(log)).toBe(lines(7));
    await log.close();
  });

  it('has nothing of a log that is not there', async () => {
    expect(await read(path.join(folder, 'none.log'))).toBe('');
  });

  it('follows a log over rotations until it is closed', async () => {
    const log = await aLog(entry(0, 'line 0'));
    const text = read(log, { follow: true });

    for (let index = 1; index < 30; index++) {
      await log.append(entry(index % 10, `line ${index}`));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await log.close();

    expect(await text).toBe(lines(30));
  });

  it('stops following when the signal aborts', async () => {
    const log = await aLog(entry(0, 'line 0'));
    const end = new AbortController();
    const parts: string[] = [];
    const reading = (async () => {
      for await (const part of readLog(log, { ...ALL, follow: true }, end.signal)) parts.push(String(part));
    })();
    await eventually(() => expect(parts).toEqual(['line 0\n']));

    end.abort();

    await reading;
    await log.close();
  });

  it('ends at what there was at the beginning when the log grows meanwhile', async () => {
    const log = await aLog(entry(0, 'line 0'), entry(1, 'line 1'));
    const parts: string[] = [];

    for await (const part of readLog(log, { ...ALL, tailLines: 1 }, never)) {
      parts.push(String(part));
      await log.append(entry(2, 'later'));
    }

    expect(parts).toEqual(['line 1\n']);
    await log.close();
  });
});

describe('LogFile', () => {
  it('takes no more room than twice its limit', async () => {
    const log = await aLog(...Array.from({ length: 100 }, () => entry(1, 'x'.repeat(20))));
    await log.close();

    const sizes = await Promise.all([log.path, `${log.path}.1`].map(async (file) => (await stat(file)).size));
    expect(sizes.every((size) => size > 0 && size <= 200)).toBe(true);
  });
});
