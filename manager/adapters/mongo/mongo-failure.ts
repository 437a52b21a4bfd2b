import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import { TimeLimitReached } from '../../../shared/lifecycle/within-time.js';

/** What a failed operation means: a uniqueness rule was broken, the store is not there, or the fault is ours. */
export type MongoFailure = 'taken' | 'unavailable' | 'fault';

const DUPLICATE_KEY = 11_000;

/** FerretDB 1.x names the broken index of an update in words only. */
const DUPLICATE_IN_WORDS = /UNIQUE constraint failed|E11000/;

/** Server codes that say "not now" or "not for you": only an operator, or time, can change them. */
const UNAVAILABLE_CODES: ReadonlySet<unknown> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  13, // Unauthorized
  18, // AuthenticationFailed
  50, // MaxTimeMSExpired
  64, // WriteConcernFailed
  89, // NetworkTimeout
  91, // ShutdownInProgress
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  262, // ExceededTimeLimit
  8000, // an authentication failure of hosted servers
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);

export function failureOf(error: unknown): MongoFailure {
  if (error instanceof TimeLimitReached || isOfTheConnection(error)) return 'unavailable';
  if (!(error instanceof MongoError)) return 'fault';
  if (error instanceof MongoServerError) {
    if (isDuplicate(error)) return 'taken';
    const labelled = error.hasErrorLabel('RetryableWriteError') || error.hasErrorLabel('NetworkError');
    return labelled || UNAVAILABLE_CODES.has(error.code) ? 'unavailable' : 'fault';
  }
  const gone = error instanceof MongoNetworkError || error instanceof MongoServerSelectionError;
  return gone || UNAVAILABLE_NAMES.has(error.name) ? 'unavailable' : 'fault';
}

/**
 * The driver wraps what ends a connection while it waits for an answer, but hands on as it is what Node says when it
 * writes to one that the server has just closed.
 */
function isOfTheConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CONNECTION_CODES.has(error.code);
}

const CONNECTION_CODES: ReadonlySet<unknown> = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ETIMEDOUT',
]);

/** Whether the only thing wrong with a bulk of inserts is that some of the documents were there already. */
export function isOnlyDuplicates(error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError)) return error instanceof MongoServerError && isDuplicate(error);
  const faults = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return faults.every(({ code }) => code === DUPLICATE_KEY);
}

function isDuplicate(error: MongoServerError): boolean {
  return error.code === DUPLICATE_KEY || DUPLICATE_IN_WORDS.test(error.message);
}

/** Errors of the driver itself, by name because some of their classes are not exported. */
const UNAVAILABLE_NAMES: ReadonlySet<string> = new Set([
  'MongoClientClosedError',
  'MongoExpiredSessionError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoOperationTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoTopologyClosedError',
  'MongoWaitQueueTimeoutError',
  'PoolClearedOnNetworkError',
  'WaitQueueTimeoutError',
]);
