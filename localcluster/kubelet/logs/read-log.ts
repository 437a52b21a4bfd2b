import type { FileHandle } from 'node:fs/promises';
import { type LogLine, parseLogLine } from '../domain/log-line.js';
import type { LogQuery } from '../domain/log-query.js';
import { LogCursor } from './log-cursor.js';
import { type LogFile, openLog } from './log-file.js';

/** A log that still grows, or the file of one that has ended. */
export type LogSource = LogFile | string;

/**
 * The part of a log that a query asks for, as clients see it: plain text, with the time before each line where
 * asked. Following ends when the run of the container ends or the signal aborts.
 */
export async function* readLog(
  source: LogSource,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  const skip = query.tailLines === undefined ? 0 : (await countLines(source, query)) - query.tailLines;
  let remaining = query.limitBytes ?? Number.POSITIVE_INFINITY;
  for await (const text of texts(source, query, skip, signal)) {
    const bytes = Buffer.from(text);
    yield bytes.length > remaining ? bytes.subarray(0, remaining) : bytes;
    remaining -= bytes.length;
    if (remaining <= 0) return;
  }
}

async function countLines(source: LogSource, query: LogQuery): Promise<number> {
  let count = 0;
  for await (const line of entries(source, false, new AbortController().signal)) {
    if (isAsked(line, query)) count++;
  }
  return count;
}

async function* texts(
  source: LogSource,
  query: LogQuery,
  skip: number,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  let toSkip = skip;
  let atLineStart = true;
  for await (const line of entries(source, query.follow, signal)) {
    if (!isAsked(line, query) || toSkip-- > 0) continue;
    const time = query.timestamps && atLineStart ? `${line.time} ` : '';
    atLineStart = line.complete;
    yield `${time}${line.text}${line.complete ? '\n' : ''}`;
  }
}

function isAsked({ time }: LogLine, { sinceMs }: LogQuery): boolean {
  return sinceMs === undefined || Date.parse(time) >= sinceMs;
}

async function* entries(
  source: LogSource,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<LogLine, void, void> {
  const lines = typeof source === 'string' ? ended(source) : growing(source, follow, signal);
  for await (const line of lines) {
    const entry = parseLogLine(line);
    if (entry !== undefined) yield entry;
  }
}

async function* ended(file: string): AsyncGenerator<string, void, void> {
  const cursors = cursorsOf(await openLog(file));
  try {
    for (const cursor of cursors) yield* cursor.lines();
  } finally {
    await closeAll(cursors);
  }
}

async function* growing(
  log: LogFile,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  let { handles, rotations } = await log.openAll();
  let cursors = cursorsOf(handles);
  try {
    for (;;) {
      // Taken before reading, so that what comes while reading is not waited for in vain.
      const state = log.state;
      for (const cursor of cursors) yield* cursor.lines();
      if (!follow || signal.aborted) return;
      if (state.rotations !== rotations) {
        await closeAll(cursors);
        const seen = rotations;
        ({ handles, rotations } = await log.openAll());
        cursors = await unread(cursorsOf(handles), rotations - seen);
      } else if (state.closed) return;
      else await log.changedSince(state, signal);
    }
  } finally {
    await closeAll(cursors);
  }
}

/** After one rotation the older half has been read. Who is slower than two of them loses what was before it. */
async function unread(cursors: LogCursor[], rotations: number): Promise<LogCursor[]> {
  if (rotations > 1) return cursors;
  await closeAll(cursors.slice(0, -1));
  return cursors.slice(-1);
}

function cursorsOf(handles: readonly FileHandle[]): LogCursor[] {
  return handles.map((handle) => new LogCursor(handle));
}

async function closeAll(cursors: readonly LogCursor[]): Promise<void> {
  await Promise.all(cursors.map((cursor) => cursor.close()));
}
