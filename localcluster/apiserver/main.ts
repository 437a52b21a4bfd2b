#!/usr/bin/env node
import { messageOf } from '../../shared/domain/domain-error.js';
import { endWithParent } from '../../shared/lifecycle/end-with-parent.js';
import { endOnSignals } from '../../shared/lifecycle/process-signals.js';
import { runComponents } from '../../shared/lifecycle/run-components.js';
import { createLogger } from '../../shared/observability/logger.js';
import { type ApiServerOptions, apiServer } from './app.js';
import { type ApiServerFlags, parseFlags, USAGE } from './flags.js';
import { NO_TOKENS, readTokenFile } from './http/token-file.js';
import { readPem, servingCertificate } from './serving-certificate.js';

const STOP_TIMEOUT_MS = 5_000;

async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2));
  if (flags === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  const signals = endOnSignals();
  const signal = flags.exitWithParent ? AbortSignal.any([signals, endWithParent()]) : signals;
  const options = await optionsOf(flags);
  await runComponents(apiServer(options), signal, { stopTimeoutMs: STOP_TIMEOUT_MS });
}

async function optionsOf(flags: ApiServerFlags): Promise<ApiServerOptions> {
  const logger = createLogger({ name: 'apiserver', level: flags.logLevel });
  return {
    bindAddress: flags.bindAddress,
    port: flags.securePort,
    ...(await servingCertificate(flags)),
    clientCaPem: await optionalPem('--client-ca-file', flags.clientCaFile),
    tokens: flags.tokenAuthFile === undefined ? NO_TOKENS : await readTokenFile(flags.tokenAuthFile),
    kubeletClient: await kubeletClient(flags),
    watchHistoryEvents: flags.watchHistoryEvents,
    logger,
    onListening: (port) => logger.info({ address: flags.bindAddress, port }, 'listening'),
  };
}

async function optionalPem(flag: string, file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : readPem(flag, file);
}

async function kubeletClient(flags: ApiServerFlags): Promise<ApiServerOptions['kubeletClient']> {
  const cert = await optionalPem('--kubelet-client-certificate', flags.kubeletClientCertificate);
  const key = await optionalPem('--kubelet-client-key', flags.kubeletClientKey);
  const ca = await optionalPem('--kubelet-certificate-authority', flags.kubeletCertificateAuthority);
  return {
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(ca === undefined ? {} : { ca }),
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`apiserver: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
