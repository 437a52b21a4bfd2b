import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { MongoSettings } from '../../manager/adapters/mongo/mongo-connection.js';
import { freePorts } from './kubernetes/free-ports.js';
import { ServerProcess } from './kubernetes/server-process.js';
import { temporaryFolder } from './temporary-folder.js';
import { findMongoDb, type MongoDbTool } from './tools.js';

const START_LIMIT_MS = 60_000;

/** A MongoDB server, or one that speaks its protocol, that is there for one test file. */
export interface MongoDbServer {
  readonly uri: string;
  /** Undefined for a server that is not ours. */
  readonly process: RunningServer | undefined;
  /** Settings for a database that nobody has used. Dropped at the end. */
  newDatabase(): MongoSettings;
  stop(): Promise<void>;
}

/** Control over a server that the test has started. */
export interface RunningServer {
  /** Ends it as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
  /** On the same port and data. */
  startAgain(): Promise<void>;
}

/** `describe` with a server for the whole block; skipped with the reason where this machine can have none. */
export async function describeMongoDb(
  title: string,
  body: (server: () => MongoDbServer) => void,
): Promise<void> {
  const found = await findMongoDb();
  if ('missing' in found) {
    console.log(`skipped: ${title}: ${found.missing}`);
    describe.skip(`${title} (${found.missing})`, () => {
      it('needs a MongoDB server', () => {});
    });
    return;
  }
  describe(title, () => {
    let server: MongoDbServer | undefined;
    beforeAll(async () => {
      server = await startMongoDb(found);
    }, START_LIMIT_MS);
    afterAll(() => server?.stop());
    body(() => {
      if (server === undefined) throw new Error('the server is asked for before the first test');
      return server;
    });
  });
}

/** Starts what was found, or uses the server that is there. */
export async function startMongoDb(tool: MongoDbTool): Promise<MongoDbServer> {
  const databases = new Set<string>();
  const running = tool.kind === 'uri' ? undefined : await startOwn(tool);
  const uri = tool.kind === 'uri' ? tool.uri : (running?.uri ?? '');
  return {
    uri,
    process: running,
    newDatabase: () => {
      const database = `podium_test_${randomBytes(6).toString('hex')}`;
      databases.add(database);
      return mongoSettingsFor(uri, database);
    },
    stop: async () => {
      if (running === undefined) await dropAll(uri, databases);
      else await running.remove();
    },
  };
}

export function mongoSettingsFor(uri: string, database: string): MongoSettings {
  return {
    uri,
    database,
    caPem: undefined,
    connectTimeoutMs: 5_000,
    operationTimeoutMs: 60_000,
    poolSize: 20,
  };
}

async function startOwn({ kind, binary }: { readonly kind: 'mongod' | 'ferretdb'; readonly binary: string }) {
  const folder = await temporaryFolder();
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  const uri = `mongodb://${address}/?directConnection=true`;
  const args =
    kind === 'ferretdb'
      ? [address, folder.path]
      : ['--dbpath', folder.path, '--bind_ip', '127.0.0.1', '--port', String(port), '--quiet'];
  const start = async () => {
    const server = await ServerProcess.start({ binary, args, folder: folder.path });
    await server.whenReady(() => answers(uri), START_LIMIT_MS, new AbortController().signal);
    return server;
  };
  let server = await start();
  return {
    uri,
    kill: () => server.kill(),
    startAgain: async () => {
      server = await start();
    },
    remove: async () => {
      await server.stop();
      await folder.remove();
    },
  };
}

async function answers(uri: string): Promise<boolean> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 500 });
  try {
    await client.db('admin').command({ ping: 1 });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

async function dropAll(uri: string, databases: ReadonlySet<string>): Promise<void> {
  const client = new MongoClient(uri);
  try {
    for (const name of databases) await client.db(name).dropDatabase();
  } finally {
    await client.close();
  }
}
