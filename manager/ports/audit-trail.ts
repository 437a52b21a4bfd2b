import type { AuditActor, AuditEvent } from '../domain/audit-entry.js';

/** Where every use case tells what it did. */
export interface AuditTrail {
  /**
   * Resolves when the entry is durable. Called after the change and before it is acknowledged: nothing that a caller
   * was told to have happened is missing from the log. Rejects with `unavailable` when it cannot be written.
   */
  record(actor: AuditActor, event: AuditEvent): Promise<void>;
}
