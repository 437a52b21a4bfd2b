import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import type { ClusterAccess } from './cluster-access.js';
import { defined } from './defined.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the current context of a kubeconfig (client-go, tools/clientcmd/api/v1). Relative file names in it are
 * relative to its folder. Rejects with `invalid`, naming file and field, when something is missing, unreadable or
 * of a kind that is not offered (exec and auth-provider plugins).
 */
export async function readKubeconfig(file: string): Promise<ClusterAccess> {
  return new Kubeconfig(file, await parsed(file)).access();
}

async function parsed(file: string): Promise<Fields> {
  let value: unknown;
  try {
    value = parseYaml(await readFile(file, 'utf8'));
  } catch (error) {
    throw new DomainError('invalid', `the kubeconfig ${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (isFields(value)) return value;
  throw new DomainError('invalid', `the kubeconfig ${file} must be a YAML object`);
}

class Kubeconfig {
  readonly #file: string;
  readonly #root: Fields;

  constructor(file: string, root: Fields) {
    this.#file = file;
    this.#root = root;
  }

  async access(): Promise<ClusterAccess> {
    const context = this.#named('contexts', 'context', this.#required(this.#root, 'current-context'));
    const cluster = this.#named('clusters', 'cluster', this.#required(context, 'cluster'));
    const user = this.#named('users', 'user', this.#required(context, 'user'));
    return {
      server: this.#server(cluster),
      insecureSkipTlsVerify: cluster['insecure-skip-tls-verify'] === true,
      ...defined({
        certificateAuthority: await this.#pem(cluster, 'certificate-authority'),
        tlsServerName: this.#text(cluster, 'tls-server-name'),
      }),
      ...(await this.#credentials(user)),
    };
  }

  #server(cluster: Fields): string {
    const server = this.#required(cluster, 'server');
    if (/^https?:\/\/[^/]/.test(server) && URL.canParse(server)) return server.replace(/\/+$/, '');
    throw this.#fault(`server must be an http or https URL, found ${JSON.stringify(server)}`);
  }

  async #credentials(user: Fields): Promise<Partial<ClusterAccess>> {
    for (const plugin of ['exec', 'auth-provider']) {
      if (user[plugin] !== undefined) {
        throw this.#fault(`${plugin} is not offered here: use a token, tokenFile or client certificate`);
      }
    }
    const clientCertificate = await this.#pem(user, 'client-certificate');
    const clientKey = await this.#pem(user, 'client-key');
    if ((clientCertificate === undefined) !== (clientKey === undefined)) {
      throw this.#fault('client-certificate and client-key go together, found only one of them');
    }
    const tokenFile = this.#text(user, 'tokenFile');
    return defined({
      clientCertificate,
      clientKey,
      token: this.#text(user, 'token'),
      tokenFile: tokenFile === undefined ? undefined : this.#resolve(tokenFile),
    });
  }

  /** `KEY-data` as base64 wins over the file named by `KEY`, as in client-go. */
  async #pem(fields: Fields, key: string): Promise<string | undefined> {
    const data = this.#text(fields, `${key}-data`);
    if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
    const file = this.#text(fields, key);
    if (file === undefined) return undefined;
    try {
      return await readFile(this.#resolve(file), 'utf8');
    } catch (error) {
      throw this.#fault(`${key} cannot be read: ${messageOf(error)}`);
    }
  }

  #named(list: string, entry: string, name: string): Fields {
    const items: unknown = this.#root[list];
    const found = Array.isArray(items)
      ? items.find((item) => isFields(item) && item.name === name)
      : undefined;
    const value: unknown = found?.[entry];
    if (isFields(value)) return value;
    throw this.#fault(`${list} has no usable entry named ${JSON.stringify(name)}`);
  }

  #required(fields: Fields, key: string): string {
    const value = this.#text(fields, key);
    if (value !== undefined) return value;
    throw this.#fault(`${key} is missing`);
  }

  #text(fields: Fields, key: string): string | undefined {
    const value = fields[key];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw this.#fault(`${key} must be a text`);
  }

  #resolve(file: string): string {
    return path.resolve(path.dirname(this.#file), file);
  }

  #fault(reason: string): DomainError {
    return new DomainError('invalid', `the kubeconfig ${this.#file} cannot be used: ${reason}`);
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
