import type { Container } from 'inversify';
import { AuditMetrics } from '../../features/audit/audit-metrics.js';
import { auditRoutes } from '../../features/audit/audit-routes.js';
import { AuditService } from '../../features/audit/audit-service.js';
import { ChainedAuditTrail } from '../../features/audit/chained-audit-trail.js';
import { RefusalRecorder } from '../../features/audit/refusal-recorder.js';
import { TOKENS } from '../tokens.js';

/** Who did what. */
export function bindAudit(container: Container): void {
  container
    .bind(TOKENS.auditMetrics)
    .toResolvedValue((registry) => new AuditMetrics(registry), [TOKENS.registry])
    .inSingletonScope();
  container
    .bind(TOKENS.chainedAuditTrail)
    .toResolvedValue(
      (log, clock, logger, metrics) => new ChainedAuditTrail(log, clock, logger, metrics),
      [TOKENS.auditLog, TOKENS.clock, TOKENS.logger, TOKENS.auditMetrics],
    )
    .inSingletonScope();
  container.bind(TOKENS.auditTrail).toService(TOKENS.chainedAuditTrail);
  container
    .bind(TOKENS.refusalRecorder)
    .toResolvedValue(
      (trail, clock, logger) => new RefusalRecorder(trail, clock, logger),
      [TOKENS.auditTrail, TOKENS.clock, TOKENS.logger],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.auditService)
    .toResolvedValue((log) => new AuditService(log), [TOKENS.auditLog])
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue((service, clock) => auditRoutes(service, clock), [TOKENS.auditService, TOKENS.clock])
    .inSingletonScope();
}
