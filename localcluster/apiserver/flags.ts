import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { type Fault, invalid, messageOf } from '../../shared/domain/domain-error.js';
import { LOG_LEVELS, type LogLevel } from '../../shared/observability/logger.js';

/** What the command line asks for. */
export interface ApiServerFlags {
  readonly securePort: number;
  readonly bindAddress: string;
  /** Where a certificate is made when none is given. */
  readonly certDir: string | undefined;
  readonly tlsCertFile: string | undefined;
  readonly tlsPrivateKeyFile: string | undefined;
  readonly clientCaFile: string | undefined;
  readonly tokenAuthFile: string | undefined;
  readonly kubeletClientCertificate: string | undefined;
  readonly kubeletClientKey: string | undefined;
  readonly kubeletCertificateAuthority: string | undefined;
  /** Where objects are kept over a restart; undefined keeps them in memory only. */
  readonly dataFile: string | undefined;
  /** Changes that each resource remembers. */
  readonly watchHistoryEvents: number;
  /** End when the program that started this one is gone. */
  readonly exitWithParent: boolean;
  readonly logLevel: LogLevel;
}

/** Flags that have the real API server's names, then our own. */
export const USAGE = `podium local API server

  --secure-port PORT                    port to listen on; 0 = any free one (default 6443)
  --bind-address ADDRESS                loopback address to listen on (default 127.0.0.1)
  --advertise-address ADDRESS           accepted and ignored
  --cert-dir FOLDER                     where apiserver.crt and apiserver.key are made when no certificate is given
  --tls-cert-file FILE                  certificate (PEM), with --tls-private-key-file
  --tls-private-key-file FILE           private key (PEM)
  --client-ca-file FILE                 who signs client certificates: common name = user, organizations = groups
  --token-auth-file FILE                lines of TOKEN,user,uid,"group1,group2"
  --kubelet-client-certificate FILE     certificate to show to kubelets, with --kubelet-client-key
  --kubelet-client-key FILE             its private key
  --kubelet-certificate-authority FILE  who signs the certificates of kubelets; without it they are not checked
  --data-file FILE                      where objects are kept over a restart; without it, in memory only
  --watch-history-events COUNT          changes that each resource remembers (default 5000)
  --exit-with-parent                    end when the program that started this one is gone
  --log-level LEVEL                     ${LOG_LEVELS.join(', ')} (default info)
`;

const OPTIONS = {
  'secure-port': { type: 'string', default: '6443' },
  'bind-address': { type: 'string', default: '127.0.0.1' },
  'advertise-address': { type: 'string' },
  'cert-dir': { type: 'string' },
  'tls-cert-file': { type: 'string' },
  'tls-private-key-file': { type: 'string' },
  'client-ca-file': { type: 'string' },
  'token-auth-file': { type: 'string' },
  'kubelet-client-certificate': { type: 'string' },
  'kubelet-client-key': { type: 'string' },
  'kubelet-certificate-authority': { type: 'string' },
  'data-file': { type: 'string' },
  'watch-history-events': { type: 'string', default: '5000' },
  'exit-with-parent': { type: 'boolean', default: false },
  'log-level': { type: 'string', default: 'info' },
} as const;

type Values = Readonly<Partial<Record<keyof typeof OPTIONS, string | boolean>>>;

export function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

/** Reads the command line. Throws `invalid` with every fault. */
export function parseFlags(args: readonly string[]): ApiServerFlags {
  const values = parseValues(args);
  const text = (name: keyof typeof OPTIONS) => values[name] as string | undefined;
  const faults: Fault[] = [
    ...addressFaults(text('bind-address') ?? ''),
    ...numberFaults('secure-port', text('secure-port') ?? '', 0, 65_535),
    ...numberFaults('watch-history-events', text('watch-history-events') ?? '', 1, 1_000_000),
    ...pairFaults(values, 'tls-cert-file', 'tls-private-key-file'),
    ...pairFaults(values, 'kubelet-client-certificate', 'kubelet-client-key'),
    ...certificateFaults(values),
    ...credentialFaults(values),
    ...levelFaults(text('log-level') ?? ''),
  ];
  if (faults.length > 0) throw invalid(faults);
  return {
    securePort: Number(text('secure-port')),
    bindAddress: text('bind-address') ?? '',
    certDir: text('cert-dir'),
    tlsCertFile: text('tls-cert-file'),
    tlsPrivateKeyFile: text('tls-private-key-file'),
    clientCaFile: text('client-ca-file'),
    tokenAuthFile: text('token-auth-file'),
    kubeletClientCertificate: text('kubelet-client-certificate'),
    kubeletClientKey: text('kubelet-client-key'),
    kubeletCertificateAuthority: text('kubelet-certificate-authority'),
    dataFile: text('data-file'),
    watchHistoryEvents: Number(text('watch-history-events')),
    exitWithParent: values['exit-with-parent'] === true,
    logLevel: text('log-level') as LogLevel,
  };
}

function parseValues(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    throw invalid([{ field: 'command line', reason: messageOf(error) }]);
  }
}

function addressFaults(address: string): readonly Fault[] {
  const isLoopback = (isIP(address) === 4 && address.startsWith('127.')) || address === '::1';
  return isLoopback
    ? []
    : [
        {
          field: '--bind-address',
          reason: `must be a loopback address such as 127.0.0.1 or ::1, found ${JSON.stringify(address)}`,
        },
      ];
}

function numberFaults(flag: string, text: string, least: number, most: number): readonly Fault[] {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return [];
  return [
    {
      field: `--${flag}`,
      reason: `must be a number from ${least} to ${most}, found ${JSON.stringify(text)}`,
    },
  ];
}

function pairFaults(
  values: Values,
  first: keyof typeof OPTIONS,
  second: keyof typeof OPTIONS,
): readonly Fault[] {
  if ((values[first] === undefined) === (values[second] === undefined)) return [];
  return [{ field: `--${first}`, reason: `is of use only together with --${second}` }];
}

function certificateFaults(values: Values): readonly Fault[] {
  if (values['cert-dir'] !== undefined || values['tls-cert-file'] !== undefined) return [];
  return [{ field: '--cert-dir', reason: 'is needed when there is no --tls-cert-file' }];
}

function credentialFaults(values: Values): readonly Fault[] {
  if (values['token-auth-file'] !== undefined || values['client-ca-file'] !== undefined) return [];
  return [{ field: '--token-auth-file', reason: 'or --client-ca-file is needed: otherwise nobody gets in' }];
}

function levelFaults(level: string): readonly Fault[] {
  if ((LOG_LEVELS as readonly string[]).includes(level)) return [];
  return [
    {
      field: '--log-level',
      reason: `must be one of ${LOG_LEVELS.join(', ')}, found ${JSON.stringify(level)}`,
    },
  ];
}
