import { type DestinationStream, pino } from 'pino';
import type { LogLevel } from '../domain/log-level.js';

export { LOG_LEVELS, type LogLevel } from '../domain/log-level.js';

/** A log line is constant text with fields: first the fields, then the text. */
export interface Logger {
  debug(fields: LogFields, text: string): void;
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  /** For what somebody must act on. */
  error(fields: LogFields, text: string): void;
  child(fields: LogFields): Logger;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** Fields that never reach a log, wherever in the first two levels of a line they stand. */
const SECRET_FIELDS = [
  'password',
  'oldPassword',
  'newPassword',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'privateKey',
];

export interface LoggerOptions {
  /** The program's name, in every line. */
  readonly name: string;
  readonly level: LogLevel;
  /** Standard error unless told otherwise: standard output belongs to what people asked for. */
  readonly destination?: DestinationStream;
}

/** One JSON object a line. Secrets are replaced by `[redacted]`. */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]),
        censor: '[redacted]',
      },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    options.destination ?? pino.destination({ fd: 2, sync: true }),
  );
}

export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
