import type { ApiClient, TokenSource } from '../client/api-client.js';
import type { CredentialsFile } from '../client/credentials-file.js';
import type { ServerAddress } from '../client/server-address.js';
import type { ServerTrust } from '../client/server-trust.js';
import type { Terminal } from '../input/terminal.js';
import type { Format, Printer } from '../output/printer.js';

/** The options of every command that asks a manager. */
export interface ApiOptions {
  readonly output: Format;
  readonly headers: boolean;
  readonly server?: string;
  readonly caFile?: string;
  readonly insecureHttp?: boolean;
  readonly timeout: number;
}

/** What a command works with. */
export interface CommandContext {
  readonly api: ApiClient;
  /** The API by the session that is kept, also where the environment gives another token. */
  readonly session: ApiClient;
  /** What `api` signs its calls with. */
  readonly tokens: TokenSource;
  readonly out: Printer;
  readonly terminal: Terminal;
  readonly server: ServerAddress;
  readonly credentials: CredentialsFile;
  /** Said for this server, now or at the sign-in. */
  readonly trust: ServerTrust;
  /** A token of the environment is used instead of a session. */
  readonly hasGivenToken: boolean;
  readonly signal: AbortSignal;
}
