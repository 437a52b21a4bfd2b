import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Environment, processEnvironment, userConfigFolder } from '../../config/environment.js';
import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import { productVersion } from '../../shared/files/package-root.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { endOnSignals } from '../../shared/lifecycle/process-signals.js';
import { ApiClient } from '../client/api-client.js';
import { type Credentials, CredentialsFile } from '../client/credentials-file.js';
import { HttpClient } from '../client/http-client.js';
import { GivenToken, SavedTokens } from '../client/saved-tokens.js';
import { parseServerAddress, type ServerAddress } from '../client/server-address.js';
import { ExitCode } from '../exit-code.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { TypingEnded } from '../input/secret-line.js';
import { Terminal } from '../input/terminal.js';
import { coloursFor } from '../output/colours.js';
import { errorText } from '../output/error-text.js';
import { Printer } from '../output/printer.js';
import type { ApiOptions, CommandContext, ServerTrust } from './command-context.js';

/** Where `podium local` puts its manager. */
const DEFAULT_SERVER = 'http://127.0.0.1:8081';

/** Runs a command's work; resolves with the exit code. What ended it is told on standard error. */
export async function runCommand(
  options: ApiOptions,
  work: (context: CommandContext) => Promise<void>,
): Promise<number> {
  const signal = endOnSignals();
  const output = watchedOutput();
  let http: HttpClient | undefined;
  try {
    const environment = processEnvironment();
    const credentials = new CredentialsFile(configFolder());
    const saved = await credentials.read();
    const server = parseServerAddress(
      options.server ?? (environment.PODIUM_SERVER || saved.current || DEFAULT_SERVER),
    );
    const trust = trustOf(options, environment, saved, server);
    http = new HttpClient(server, options.timeout * 1_000, await authoritiesIn(trust.caFile));
    const context = contextOf({ options, environment, credentials, server, trust, http, signal });
    await work(context);
    return EXIT.ok;
  } catch (error) {
    if (signal.aborted || error instanceof TypingEnded) return EXIT.interrupted;
    if (output.isGone()) return EXIT.failure;
    if (error instanceof ExitCode) return error.code;
    process.stderr.write(errorText(error));
    return exitCodeOf(error);
  } finally {
    http?.close();
  }
}

interface Parts {
  readonly options: ApiOptions;
  readonly environment: Environment;
  readonly credentials: CredentialsFile;
  readonly server: ServerAddress;
  readonly trust: ServerTrust;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
}

function contextOf({
  options,
  environment,
  credentials,
  server,
  trust,
  http,
  signal,
}: Parts): CommandContext {
  expectSecrecy(server, trust);
  const userAgent = `podium/${productVersion()}`;
  // Not broken off by Ctrl-C: the new pair is the only one that is good afterwards.
  const refreshing = new ApiClient(http, new GivenToken(''), userAgent, new AbortController().signal);
  const given = environment.PODIUM_TOKEN;
  const saved = new SavedTokens({
    file: credentials,
    server: server.url,
    refresh: (refreshToken) =>
      refreshing.callOpen('POST', '/api/v1/auth/refresh', { body: { refreshToken } }),
    clock: systemClock,
  });
  const tokens = given ? new GivenToken(given) : saved;
  return {
    api: new ApiClient(http, tokens, userAgent, signal),
    session: new ApiClient(http, saved, userAgent, signal),
    tokens,
    out: new Printer({
      format: options.output,
      titles: options.headers,
      width: process.stdout.isTTY === true ? process.stdout.columns : undefined,
      colours: coloursFor(environment, process.stdout.isTTY === true),
      write: (text) => void process.stdout.write(text),
      complain: (text) => void process.stderr.write(text),
    }),
    terminal: new Terminal(signal),
    server,
    credentials,
    trust,
    hasGivenToken: Boolean(given),
    signal,
  };
}

/** Every command sends a password or a token. */
function expectSecrecy(server: ServerAddress, trust: ServerTrust): void {
  if (server.isTls || server.isLoopback || trust.insecureHttp) return;
  throw new DomainError(
    'invalid',
    `${server.url} would get your password or token over plain HTTP, where others on the way can read it: ` +
      'use https://, or say --insecure-http if you trust the way',
  );
}

function trustOf(
  options: ApiOptions,
  environment: Environment,
  saved: Credentials,
  server: ServerAddress,
): ServerTrust {
  const session = saved.servers[server.url];
  const named = options.caFile ?? (environment.PODIUM_CA_FILE || undefined);
  if (options.insecureHttp === true && !server.isTls && !server.isLoopback) {
    process.stderr.write(`podium: warning: passwords and tokens go to ${server.url} over plain HTTP\n`);
  }
  return {
    caFile: named === undefined ? session?.caFile : path.resolve(named),
    insecureHttp: options.insecureHttp === true || session?.insecureHttp === true,
  };
}

async function authoritiesIn(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DomainError('invalid', `the certificates in ${file} cannot be read: ${messageOf(error)}`);
  });
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new DomainError('invalid', `${file} holds no certificate in PEM`);
}

function configFolder(): string {
  const folder = userConfigFolder();
  if (folder !== undefined) return folder;
  throw new DomainError('invalid', 'there is no folder for credentials: set HOME or XDG_CONFIG_HOME');
}

/** A reader that has seen enough, such as `head`, closes the pipe: then there is nobody left to tell anything. */
function watchedOutput(): { isGone(): boolean } {
  let gone = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    gone = true;
  });
  return { isGone: () => gone };
}
