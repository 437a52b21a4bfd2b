import type { Container } from 'inversify';
import { ChainedAuditTrail } from '../../features/audit/chained-audit-trail.js';
import { TOKENS } from '../tokens.js';

/** Who did what. */
export function bindAudit(container: Container): void {
  container
    .bind(TOKENS.auditTrail)
    .toResolvedValue((log, clock) => new ChainedAuditTrail(log, clock), [TOKENS.auditLog, TOKENS.clock])
    .inSingletonScope();
}
