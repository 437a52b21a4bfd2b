import { setMaxListeners } from 'node:events';
import { type Db, MongoClient, type TopologyDescription } from 'mongodb';
import { DomainError, messageOf } from '../../../shared/domain/domain-error.js';
import { withinTime } from '../../../shared/lifecycle/within-time.js';
import { failureOf } from './mongo-failure.js';
import { withoutCredentials } from './without-credentials.js';

export interface MongoSettings {
  /** May hold a password: never for a log or an error. */
  readonly uri: string;
  readonly database: string;
  /** PEM of the authority that the server's certificate must come from; undefined = as the URI and the system say. */
  readonly caPem: string | undefined;
  /** Longest wait for a server that can be written to. */
  readonly connectTimeoutMs: number;
  /** Longest wait for the outcome of one operation. */
  readonly operationTimeoutMs: number;
  /** Connections to one server. */
  readonly poolSize: number;
}

const NEVER = new AbortController().signal;
// As many listen as operations run.
setMaxListeners(0, NEVER);

/** How often a server is asked whether it is there. */
const HEARTBEAT_MS = 2_000;

/** Server kinds that take writes. */
const WRITABLE: ReadonlySet<string> = new Set(['Standalone', 'RSPrimary', 'Mongos', 'LoadBalancer']);

/**
 * The one client of a database. It connects with the first operation and again whenever that is needed; every
 * operation ends within its limit, and what fails comes back as a DomainError without credentials. A write is
 * acknowledged when most servers of a replica set (or the only one) have it in their journal.
 */
export class MongoConnection {
  readonly #client: MongoClient;
  readonly #database: Db;
  readonly #limitMs: number;
  readonly #connectLimitMs: number;
  readonly #redact: (text: string) => string;
  #hasConnected = false;
  #problem: string | undefined = 'the database has not been reached yet';
  /** Since when no server takes writes, by the monotonic clock; undefined while one does, and before the first. */
  #awaySinceMs: number | undefined;

  /** Throws `invalid` for a URI that cannot be used. Nothing is sent yet. */
  constructor(settings: MongoSettings) {
    this.#limitMs = settings.operationTimeoutMs;
    this.#connectLimitMs = settings.connectTimeoutMs;
    this.#redact = withoutCredentials(settings.uri);
    this.#client = this.#clientFor(settings);
    this.#database = this.#client.db(settings.database);
    this.#client.on('topologyDescriptionChanged', ({ newDescription }) => this.#look(newDescription));
  }

  /** Why the database cannot be used at the moment; undefined when it can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Once the servers have been away for the longest wait, nobody waits for them again: what the driver hears of them
   * every two seconds says when they are back.
   *
   * @param taken What to say when a uniqueness rule is broken (a `conflict`).
   */
  async run<Result>(
    operation: (database: Db) => Promise<Result>,
    taken = 'it exists already',
  ): Promise<Result> {
    if (this.#isKnownToBeAway()) throw this.#unavailable();
    try {
      const result = await withinTime(this.#limitMs, NEVER, (limited) =>
        Promise.race([this.#connected().then(operation), whenAborted(limited)]),
      );
      this.#problem = undefined;
      this.#awaySinceMs = undefined;
      return result;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === 'taken') throw new DomainError('conflict', taken);
      if (failure === 'fault') throw error;
      this.#problem = withoutAddresses(this.#redact(messageOf(error)));
      throw this.#unavailable();
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #unavailable(): DomainError {
    return new DomainError('unavailable', `the database cannot be used: ${this.#problem}`);
  }

  #isKnownToBeAway(): boolean {
    const since = this.#awaySinceMs;
    return this.#hasConnected && since !== undefined && performance.now() - since >= this.#connectLimitMs;
  }

  /** The driver connects by itself with the first operation only, and not again when that failed. */
  async #connected(): Promise<Db> {
    if (!this.#hasConnected) {
      await this.#client.connect();
      this.#hasConnected = true;
    }
    return this.#database;
  }

  #clientFor({ uri, caPem, connectTimeoutMs, operationTimeoutMs, poolSize }: MongoSettings): MongoClient {
    try {
      return new MongoClient(uri, {
        appName: 'podium',
        w: 'majority',
        journal: true,
        retryWrites: true,
        retryReads: true,
        readPreference: 'primary',
        serverSelectionTimeoutMS: connectTimeoutMs,
        connectTimeoutMS: connectTimeoutMs,
        waitQueueTimeoutMS: operationTimeoutMs,
        socketTimeoutMS: operationTimeoutMs,
        heartbeatFrequencyMS: HEARTBEAT_MS,
        maxPoolSize: poolSize,
        ...(caPem === undefined ? {} : { tls: true, ca: caPem }),
      });
    } catch (error) {
      const reason = this.#redact(messageOf(error));
      throw new DomainError('invalid', `the address of the database cannot be used: ${reason}`);
    }
  }

  #look(topology: TopologyDescription): void {
    const servers = [...topology.servers.values()];
    if (servers.some(({ type }) => WRITABLE.has(type))) {
      this.#problem = undefined;
      this.#awaySinceMs = undefined;
      return;
    }
    this.#awaySinceMs ??= performance.now();
    const reason = servers.find(({ error }) => error !== null)?.error?.message;
    this.#problem = withoutAddresses(this.#redact(reason ?? 'no server that takes writes was found'));
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** The reason is told to callers who have not signed in: where the database is, is none of their business. */
function withoutAddresses(text: string): string {
  return text.replaceAll(/[\w.[\]:-]+:\d{2,5}\b/g, 'the server');
}
