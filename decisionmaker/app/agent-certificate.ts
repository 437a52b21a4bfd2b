import type { DecisionMakerConfig } from '../../config/decisionmaker-config.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { Registry } from '../../shared/observability/metrics.js';
import { CertificateMetrics } from '../../shared/tls/certificate-metrics.js';
import { CertificateSource, type PemSource } from '../../shared/tls/certificate-source.js';

/** What the agent's port proves itself with, and whose clients it takes; undefined where mutual TLS is off. */
export function agentCertificate(
  { mtls }: DecisionMakerConfig,
  clock: Clock,
  logger: Logger,
  registry: Registry,
): CertificateSource | undefined {
  if (!mtls.enable) return undefined;
  const sources = {
    cert: pemSource('cert', mtls.cert_file, mtls.cert_pem),
    key: pemSource('key', mtls.key_file, mtls.key_pem.reveal()),
    ca: pemSource('ca', mtls.ca_file, mtls.ca_pem),
  };
  const metrics = new CertificateMetrics('podium_agent', registry);
  return new CertificateSource({ sources, clock, logger, metrics });
}

/** The configuration has proved that one of the two is given. */
function pemSource(part: string, file: string, pem: string): PemSource {
  return file === '' ? { setting: `mtls.${part}_pem`, pem } : { setting: `mtls.${part}_file`, file };
}
