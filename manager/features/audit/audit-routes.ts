import { successOf } from '../../../shared/contract/envelope.js';
import { success } from '../../../shared/http/answers.js';
import { type Route, requires, route } from '../../../shared/http/route.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Principal } from '../../domain/principal.js';
import {
  auditCheckData,
  auditCheckQuery,
  auditListData,
  auditListQuery,
  fromCursor,
  toAuditQuery,
  toCursor,
  toKnownHead,
} from './audit-schemas.js';
import type { AuditService } from './audit-service.js';

const tag = 'audit';

export function auditRoutes(service: AuditService, clock: Clock): Route<Principal>[] {
  return [
    route(
      {
        method: 'get',
        path: '/api/v1/audit',
        summary: 'Read the audit log',
        description:
          'Every change and every refused attempt. Entries that meet all the filters, newest first.',
        tag,
        access: requires('audit.read'),
        query: auditListQuery,
        answers: { 200: { description: 'A page of entries', schema: successOf(auditListData) } },
      },
      async ({ query }) => {
        const asked = toAuditQuery(query);
        const cursor = fromCursor(query.cursor);
        const { entries, next } =
          query.order === 'oldest'
            ? await service.oldest(cursor ?? 0, query.limit)
            : await service.newest({ ...asked, beforeSequence: cursor }, query.limit);
        const more = next === undefined ? {} : { nextCursor: toCursor(next) };
        return success(clock.now(), { entries, ...more });
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/v1/audit/verify',
        summary: 'Check that nothing was removed from or altered in the audit log',
        description:
          'Works out the hash of every entry again and follows the chain. That the newest entries were cut off ' +
          'cannot be seen from the others: give sequence and hash of a head that an earlier check answered.',
        tag,
        access: requires('audit.read'),
        query: auditCheckQuery,
        answers: { 200: { description: 'What was found', schema: successOf(auditCheckData) } },
      },
      async ({ query, signal }) => {
        const check = await service.check(toKnownHead(query), signal);
        return success(clock.now(), { valid: check.firstFault === undefined, ...check });
      },
    ),
  ];
}
