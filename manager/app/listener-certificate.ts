import type { ManagerConfig } from '../../config/manager-config.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import type { Logger } from '../../shared/observability/logger.js';
import type { Registry } from '../../shared/observability/metrics.js';
import { CertificateMetrics } from '../../shared/tls/certificate-metrics.js';
import { CertificateSource } from '../../shared/tls/certificate-source.js';
import { certificatePemSources } from '../../shared/tls/pem-sources.js';

/**
 * What the manager's own port proves itself with; undefined where TLS is off. One that has ended is no reason not to
 * start: the agents get their sets all the same.
 */
export function listenerCertificate(
  { tls }: ManagerConfig,
  clock: Clock,
  logger: Logger,
  registry: Registry,
): CertificateSource | undefined {
  if (!tls.enable) return undefined;
  return new CertificateSource({
    sources: certificatePemSources('tls', tls),
    clock,
    logger,
    metrics: new CertificateMetrics('podium_manager_listener', registry),
    datesAtStart: 'warned',
  });
}
