import type { ManagerConfig } from '../../config/manager-config.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Component } from '../../shared/lifecycle/component.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { Registry } from '../../shared/observability/metrics.js';
import { CertificateMetrics } from '../../shared/tls/certificate-metrics.js';
import { CertificateSource } from '../../shared/tls/certificate-source.js';
import { pemSources } from '../../shared/tls/pem-sources.js';
import type { TlsMaterial } from '../../shared/tls/tls-material.js';
import type { AgentConnections } from '../adapters/decisionmaker/agent-connections.js';
import type { PublicKeyExchange } from '../adapters/decisionmaker/agent-credentials.js';
import { ExchangedTokens } from '../adapters/decisionmaker/exchanged-tokens.js';

/**
 * What the agents are shown over TLS, from its start on and with each that takes its place; undefined where mutual TLS
 * is off. One that has ended is no reason not to start: the API and its data are there all the same.
 */
export function agentCertificate(
  { mtls }: ManagerConfig,
  connections: AgentConnections,
  clock: Clock,
  logger: Logger,
  registry: Registry,
): Component | undefined {
  if (!mtls.enable) return undefined;
  const source = new CertificateSource({
    sources: pemSources(mtls),
    clock,
    logger,
    metrics: new CertificateMetrics('podium_manager', registry, 'client'),
    peers: 'servers',
    datesAtStart: 'warned',
  });
  const use = ({ secureContext }: TlsMaterial) =>
    connections.useTls({ secureContext, serverName: mtls.server_name });
  return {
    name: 'agent certificate',
    start: async (signal) => {
      await source.start(signal);
      use(source.current());
      source.onChange(use);
    },
    stop: (signal) => source.stop(signal),
  };
}

/** The fallback for agents of the first generation; undefined where their public key is not configured. */
export function publicKeyExchange(
  { key }: ManagerConfig,
  clock: Clock,
  logger: Logger,
): PublicKeyExchange | undefined {
  const publicKeyPem = key.dm_public_key_pem.reveal();
  if (publicKeyPem === '') return undefined;
  logger.warn(
    { key: 'key.dm_public_key_pem' },
    'agents may be asked for tokens with their public key: empty the key when the last old agent is updated',
  );
  return { publicKeyPem, clientId: key.client_id, tokens: new ExchangedTokens(clock) };
}
