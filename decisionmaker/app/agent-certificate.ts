import type { DecisionMakerConfig } from '../../config/decisionmaker-config.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { Registry } from '../../shared/observability/metrics.js';
import { CertificateMetrics } from '../../shared/tls/certificate-metrics.js';
import { CertificateSource } from '../../shared/tls/certificate-source.js';
import { pemSources } from '../../shared/tls/pem-sources.js';

/** What the agent's port proves itself with, and whose clients it takes; undefined where mutual TLS is off. */
export function agentCertificate(
  { mtls }: DecisionMakerConfig,
  clock: Clock,
  logger: Logger,
  registry: Registry,
): CertificateSource | undefined {
  if (!mtls.enable) return undefined;
  const metrics = new CertificateMetrics('podium_agent', registry);
  return new CertificateSource({ sources: pemSources(mtls), clock, logger, metrics });
}
