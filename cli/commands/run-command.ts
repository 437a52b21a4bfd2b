import { type Environment, processEnvironment, userConfigFolder } from '../../config/environment.js';
import { DomainError } from '../../shared/domain/domain-error.js';
import { productVersion } from '../../shared/files/package-root.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { endOnSignals } from '../../shared/lifecycle/process-signals.js';
import { ApiClient } from '../client/api-client.js';
import { CredentialsFile } from '../client/credentials-file.js';
import { HttpClient } from '../client/http-client.js';
import { GivenToken, SavedTokens } from '../client/saved-tokens.js';
import { parseServerAddress, type ServerAddress } from '../client/server-address.js';
import { authoritiesIn, type ServerTrust, serverTrust } from '../client/server-trust.js';
import { ExitCode } from '../exit-code.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { TypingEnded } from '../input/secret-line.js';
import { Terminal } from '../input/terminal.js';
import { coloursFor } from '../output/colours.js';
import { errorText } from '../output/error-text.js';
import { Printer } from '../output/printer.js';
import { watchedOutput } from '../output/watched-output.js';
import type { ApiOptions, CommandContext } from './command-context.js';

/** Where `podium local` puts its manager. */
const DEFAULT_SERVER = 'http://127.0.0.1:8081';
/** Other commands wait for it. */
const MAX_REFRESH_MS = 20_000;

/** Runs a command's work; resolves with the exit code. What ended it is told on standard error. */
export async function runCommand(
  options: ApiOptions,
  work: (context: CommandContext) => Promise<void>,
): Promise<number> {
  const signal = endOnSignals();
  const output = watchedOutput();
  const clients: HttpClient[] = [];
  try {
    const environment = processEnvironment();
    const credentials = new CredentialsFile(configFolder());
    const saved = await credentials.read();
    const server = parseServerAddress(
      options.server ?? (environment.PODIUM_SERVER || saved.current || DEFAULT_SERVER),
    );
    const trust = serverTrust(server, { ...options, environment, session: saved.servers[server.url] });
    if (trust.insecureHttp && options.insecureHttp === true) {
      process.stderr.write(`podium: warning: passwords and tokens go to ${server.url} over plain HTTP\n`);
    }
    const authorities = await authoritiesIn(trust.caFile);
    const timeoutMs = options.timeout * 1_000;
    const http = new HttpClient(server, timeoutMs, authorities);
    const refreshing = new HttpClient(server, Math.min(timeoutMs, MAX_REFRESH_MS), authorities);
    clients.push(http, refreshing);
    const context = contextOf({ options, environment, credentials, server, trust, http, refreshing, signal });
    await work(context);
    await output.written();
    return EXIT.ok;
  } catch (error) {
    if (signal.aborted || error instanceof TypingEnded) return EXIT.interrupted;
    if (error instanceof ExitCode) return error.code;
    process.stderr.write(errorText(error));
    return exitCodeOf(error);
  } finally {
    for (const client of clients) client.close();
  }
}

interface Parts {
  readonly options: ApiOptions;
  readonly environment: Environment;
  readonly credentials: CredentialsFile;
  readonly server: ServerAddress;
  readonly trust: ServerTrust;
  readonly http: HttpClient;
  readonly refreshing: HttpClient;
  readonly signal: AbortSignal;
}

function contextOf({
  options,
  environment,
  credentials,
  server,
  trust,
  http,
  refreshing,
  signal,
}: Parts): CommandContext {
  const userAgent = `podium/${productVersion()}`;
  // Not broken off by Ctrl-C: the new pair is the only one that is good afterwards.
  const unhurried = new ApiClient(refreshing, new GivenToken(''), userAgent, new AbortController().signal);
  const given = environment.PODIUM_TOKEN;
  const saved = new SavedTokens({
    file: credentials,
    server: server.url,
    refresh: (refreshToken) => unhurried.callOpen('POST', '/api/v1/auth/refresh', { body: { refreshToken } }),
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

function configFolder(): string {
  const folder = userConfigFolder();
  if (folder !== undefined) return folder;
  throw new DomainError('invalid', 'there is no folder for credentials: set HOME or XDG_CONFIG_HOME');
}
