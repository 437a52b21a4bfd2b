import { type LogLine, parseLogLine } from '../domain/log-line.js';
import type { LogQuery } from '../domain/log-query.js';
import { LogReader, type LogSource } from './log-reader.js';

/**
 * The part of a log that a query asks for, as clients see it: plain text, with the time before each line where
 * asked. Following ends when the run of the container ends or the signal aborts.
 */
export async function* readLog(
  source: LogSource,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  const reader = await LogReader.open(source);
  try {
    yield* firstBytes(texts(asked(reader, query, signal), query), query.limitBytes);
  } finally {
    await reader.close();
  }
}

/** The entries that the query asks for. */
async function* asked(
  reader: LogReader,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogLine, void, void> {
  let skip = query.tailLines === undefined ? 0 : (await countSince(reader, query)) - query.tailLines;
  for await (const line of since(reader.snapshot(), query)) {
    if (skip-- <= 0) yield line;
  }
  if (query.follow) yield* since(reader.growth(signal), query);
}

async function countSince(reader: LogReader, query: LogQuery): Promise<number> {
  let count = 0;
  for await (const _ of since(reader.snapshot(), query)) count++;
  return count;
}

async function* since(
  lines: AsyncIterable<string>,
  { sinceMs }: LogQuery,
): AsyncGenerator<LogLine, void, void> {
  for await (const line of lines) {
    const entry = parseLogLine(line);
    if (entry === undefined) continue;
    if (sinceMs === undefined || Date.parse(entry.time) >= sinceMs) yield entry;
  }
}

async function* texts(
  entries: AsyncIterable<LogLine>,
  { timestamps }: LogQuery,
): AsyncGenerator<string, void, void> {
  let atLineStart = true;
  for await (const { time, text, complete } of entries) {
    yield `${timestamps && atLineStart ? `${time} ` : ''}${text}${complete ? '\n' : ''}`;
    atLineStart = complete;
  }
}

async function* firstBytes(
  parts: AsyncIterable<string>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer, void, void> {
  let remaining = limit;
  for await (const part of parts) {
    const bytes = Buffer.from(part);
    yield bytes.length > remaining ? bytes.subarray(0, remaining) : bytes;
    remaining -= bytes.length;
    if (remaining <= 0) return;
  }
}
