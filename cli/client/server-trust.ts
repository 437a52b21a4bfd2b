import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../../config/environment.js';
import { holdsCertificate } from '../../shared/domain/certificate-text.js';
import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import type { SavedSession } from './credentials-file.js';
import type { ServerAddress } from './server-address.js';

/** What a person said about a server: now, or at the sign-in. */
export interface ServerTrust {
  /** Absolute path of the certificates to trust; undefined = the system's. */
  readonly caFile: string | undefined;
  /** Passwords and tokens may go to it over plain HTTP. */
  readonly insecureHttp: boolean;
}

export interface TrustSources {
  readonly caFile?: string;
  readonly insecureHttp?: boolean;
  readonly environment: Environment;
  readonly session: SavedSession | undefined;
}

/**
 * How a server is to be trusted. Every command sends a password or a token, so it throws `invalid` where that would go
 * over plain HTTP to another machine, unless somebody wanted it.
 */
export function serverTrust(server: ServerAddress, sources: TrustSources): ServerTrust {
  const { environment, session } = sources;
  const named = sources.caFile ?? (environment.PODIUM_CA_FILE || undefined);
  const caFile = named === undefined ? session?.caFile : path.resolve(named);
  const isSecret = server.isTls || server.isLoopback;
  const insecureHttp = sources.insecureHttp === true || session?.insecureHttp === true;
  if (isSecret || insecureHttp) return { caFile, insecureHttp: !isSecret && insecureHttp };
  throw new DomainError(
    'invalid',
    `${server.url} would get your password or token over plain HTTP, where others on the way can read it: ` +
      'use https://, or say --insecure-http if you trust the way',
  );
}

/** The certificates in a file. Throws `invalid` when there are none. */
export async function authoritiesIn(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DomainError('invalid', `the certificates in ${file} cannot be read: ${messageOf(error)}`);
  });
  if (holdsCertificate(text)) return text;
  throw new DomainError('invalid', `${file} holds no certificate in PEM`);
}
