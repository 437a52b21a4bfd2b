#!/usr/bin/env node
import { createLogger } from '../../shared/observability/logger.js';
import { type Program, runProgram } from '../../shared/program/run-program.js';
import { type ApiServerOptions, apiServer } from './app.js';
import { type ApiServerFlags, asksForHelp, parseFlags, USAGE } from './flags.js';
import { NO_TOKENS, readTokenFile } from './http/token-file.js';
import { readJournal } from './journal/read-journal.js';
import { readPem } from './read-pem.js';
import { servingCertificate } from './serving-certificate.js';

async function createProgram(args: readonly string[]): Promise<Program> {
  const flags = parseFlags(args);
  const options = await optionsOf(flags);
  return { logger: options.logger, components: apiServer(options), exitWithParent: flags.exitWithParent };
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
    dataFile: flags.dataFile,
    restored: flags.dataFile === undefined ? [] : await readJournal(flags.dataFile),
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

const args = process.argv.slice(2);
if (asksForHelp(args)) process.stdout.write(USAGE);
else process.exitCode = await runProgram({ name: 'podium apiserver' }, () => createProgram(args));
