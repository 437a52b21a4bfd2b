import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DomainError, messageOf } from '../../shared/domain/domain-error.js';
import { LOG_LEVELS, type LogLevel } from '../../shared/observability/logger.js';
import { oneOf, programOptions, requiredOption } from '../client/program-options.js';
import { DIALECTS, type Dialect } from './domain/cgroup-dialect.js';

export interface KubeletOptions {
  readonly kubeconfig: string;
  readonly nodeName: string;
  /** Absolute. */
  readonly stateDir: string;
  readonly cgroups: 'auto' | 'real' | 'simulated';
  readonly cgroupParent: string;
  readonly dialect: Dialect;
  readonly port: number;
  /** Undefined when no logs are to be served. */
  readonly tls: TlsTexts | undefined;
  readonly exitWithParent: boolean;
  readonly logLevel: LogLevel;
}

/** PEM texts. */
export interface TlsTexts {
  readonly certificate: string;
  readonly privateKey: string;
  readonly clientCertificateAuthority: string;
}

/** Reads the command line. Rejects with `invalid`, saying what is wrong and what would be right. */
export async function kubeletOptions(args: readonly string[]): Promise<KubeletOptions> {
  const values = programOptions(args, {
    kubeconfig: { type: 'string' },
    'node-name': { type: 'string' },
    'state-dir': { type: 'string' },
    cgroups: { type: 'string', default: 'auto' },
    'cgroup-parent': { type: 'string' },
    dialect: { type: 'string', default: 'systemd' },
    port: { type: 'string', default: '0' },
    'tls-cert-file': { type: 'string' },
    'tls-private-key-file': { type: 'string' },
    'client-ca-file': { type: 'string' },
    'exit-with-parent': { type: 'boolean' },
    'log-level': { type: 'string', default: 'info' },
  });
  const nodeName = nodeNameOf(requiredOption('node-name', values['node-name']));
  return {
    kubeconfig: requiredOption('kubeconfig', values.kubeconfig),
    nodeName,
    stateDir: path.resolve(requiredOption('state-dir', values['state-dir'])),
    cgroups: oneOf('cgroups', values.cgroups, ['auto', 'real', 'simulated']),
    cgroupParent: cgroupParentOf(values['cgroup-parent'] ?? `podium/${nodeName}`),
    dialect: oneOf('dialect', values.dialect, DIALECTS),
    port: portOf(values.port),
    tls: await tlsOf(values['tls-cert-file'], values['tls-private-key-file'], values['client-ca-file']),
    exitWithParent: values['exit-with-parent'],
    logLevel: oneOf('log-level', values['log-level'], LOG_LEVELS),
  };
}

/** A node's name is a DNS subdomain, and becomes part of paths. */
function nodeNameOf(name: string): string {
  if (name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) {
    return name;
  }
  const message = `--node-name must be lower-case letters, digits, "-" and ".", found ${JSON.stringify(name)}`;
  throw new DomainError('invalid', message);
}

/** Names without dots at their beginning cannot lead out of the place that they are put in. */
function cgroupParentOf(parent: string): string {
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(parent)) return parent;
  const message = `--cgroup-parent must be a relative path of plain names, found ${JSON.stringify(parent)}`;
  throw new DomainError('invalid', message);
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new DomainError('invalid', `--port must be 0 to 65535, found ${JSON.stringify(text)}`);
}

async function tlsOf(
  certificateFile: string | undefined,
  keyFile: string | undefined,
  authorityFile: string | undefined,
): Promise<TlsTexts | undefined> {
  if ([certificateFile, keyFile, authorityFile].every((file) => file === undefined)) return undefined;
  return {
    certificate: await pemFile('tls-cert-file', certificateFile),
    privateKey: await pemFile('tls-private-key-file', keyFile),
    clientCertificateAuthority: await pemFile('client-ca-file', authorityFile),
  };
}

async function pemFile(option: string, file: string | undefined): Promise<string> {
  try {
    return await readFile(requiredOption(option, file), 'utf8');
  } catch (error) {
    throw new DomainError('invalid', `--${option} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
