export type LogStream = 'stdout' | 'stderr';

/** One entry of a container's log. */
export interface LogLine {
  /** RFC 3339 with nanoseconds, in UTC. */
  readonly time: string;
  readonly stream: LogStream;
  /** False for a piece of a line that goes on in the next entry of its stream. */
  readonly complete: boolean;
  readonly text: string;
}

/**
 * The line of a log file for an entry, in the format of container runtimes: time, stream, `F` (full) or `P`
 * (partial), text (Kubernetes, CRI logging).
 */
export function formatLogLine({ time, stream, complete, text }: LogLine): string {
  return `${time} ${stream} ${complete ? 'F' : 'P'} ${text}\n`;
}

/** Reads a line of a log file without its line feed; undefined when it is not one, such as a line cut by a crash. */
export function parseLogLine(line: string): LogLine | undefined {
  const match = /^(\S+) (stdout|stderr) ([FP]) (.*)$/s.exec(line);
  if (match === null) return undefined;
  const [, time = '', stream, tag, text = ''] = match;
  return { time, stream: stream as LogStream, complete: tag === 'F', text };
}

/** Unix milliseconds as the time of a log line. */
export function logTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000000Z`;
}
