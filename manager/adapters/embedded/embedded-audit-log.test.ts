import { describe, expect, it } from 'vitest';
import { checkEntries, NOTHING_CHECKED } from '../../domain/audit-chain-check.js';
import { EmbeddedAuditLog } from './embedded-audit-log.js';
import { EmbeddedDatabase } from './embedded-database.js';

describe('EmbeddedAuditLog', () => {
  it('hands an entry that is no JSON any more to the check instead of failing', async () => {
    const rows = [{ document: '{"sequence":1,' }];
    const run = async () => ({ kind: 'done' as const, result: { rows, changes: 0 } });

    const entries = await new EmbeddedAuditLog(new EmbeddedDatabase({ run })).inOrder(1, 10);

    expect(checkEntries(NOTHING_CHECKED, entries).firstFault).toMatchObject({ sequence: 1 });
  });
});
