import { chmod, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../../shared/domain/domain-error.js';
import { readIfPresent } from '../../shared/files/read-if-present.js';
import { writeFileDurably } from '../../shared/files/write-file-durably.js';
import { withFileLock } from './file-lock.js';

/** What is kept of a sign-in at one server. */
export interface SavedSession {
  readonly username: string;
  readonly accessToken: string;
  /** Unix milliseconds by this machine's clock. */
  readonly validUntil: number;
  readonly refreshToken?: string;
  /** Absolute path of the certificates trusted for this server. */
  readonly caFile?: string;
  /** Said at the sign-in: tokens may go to this server over plain HTTP. */
  readonly insecureHttp?: boolean;
}

export interface Credentials {
  /** The server of the last sign-in: the one that is meant when none is named. */
  readonly current?: string;
  /** By the server's URL. */
  readonly servers: Readonly<Record<string, SavedSession>>;
}

/** Longer than the slowest refresh that another command may be in. */
const LOCK_WAIT_MS = 30_000;
const NOBODY: Credentials = { servers: {} };

/** The sessions of this user, in a file that nobody else may read. */
export class CredentialsFile {
  readonly path: string;
  readonly #folder: string;

  constructor(configFolder: string) {
    this.#folder = path.join(configFolder, 'podium');
    this.path = path.join(this.#folder, 'credentials.json');
  }

  /** Rejects with `invalid` when others may read the file, or when it cannot be read as what it is. */
  async read(): Promise<Credentials> {
    const text = await readIfPresent(this.path);
    if (text === undefined) return NOBODY;
    const { mode, uid } = await stat(this.path);
    if (uid !== process.getuid?.()) {
      throw new DomainError('invalid', `${this.path} belongs to another user and is not used`);
    }
    if ((mode & 0o077) !== 0) {
      throw new DomainError(
        'invalid',
        `${this.path} can be read by others (mode ${(mode & 0o777).toString(8)}) and is not used: ` +
          `\`chmod 600 ${this.path}\`, and \`podium logout --all\` if somebody may have read it`,
      );
    }
    return parsed(text, this.path);
  }

  /** Changes what is kept, one program at a time; the change sees what the one before it wrote. */
  async change(work: (credentials: Credentials) => Promise<Credentials> | Credentials): Promise<Credentials> {
    await this.folder();
    return withFileLock(this.path, LOCK_WAIT_MS, async () => {
      const before = await this.read();
      const after = await work(before);
      if (after !== before)
        await writeFileDurably(this.path, `${JSON.stringify(after, undefined, 2)}\n`, 0o600);
      return after;
    });
  }

  /** The folder that it is in, made if need be: for what else is kept for this user. */
  async folder(): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await chmod(this.#folder, 0o700);
    return this.#folder;
  }
}

/** With the session of one server put in, or taken out. Which server was used last stays known. */
export function withSession(
  credentials: Credentials,
  server: string,
  session: SavedSession | undefined,
): Credentials {
  const { [server]: _, ...others } = credentials.servers;
  return { ...credentials, servers: session === undefined ? others : { ...others, [server]: session } };
}

function parsed(text: string, file: string): Credentials {
  try {
    const value = JSON.parse(text) as Partial<Credentials> | null;
    const servers = value?.servers;
    if (typeof servers === 'object' && Object.values(servers ?? {}).every(isSession)) {
      return typeof value?.current === 'string' ? { current: value.current, servers } : { servers };
    }
  } catch {
    // Told below like any other content that is not ours.
  }
  throw new DomainError('invalid', `${file} is not a file of podium's: delete it and sign in again`);
}

function isSession(value: unknown): value is SavedSession {
  const { username, accessToken, validUntil } = (value ?? {}) as Partial<SavedSession>;
  return typeof username === 'string' && typeof accessToken === 'string' && typeof validUntil === 'number';
}
