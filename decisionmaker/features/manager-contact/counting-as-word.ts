import type { Route } from '../../../shared/http/route.js';
import type { Principal } from '../../domain/principal.js';
import type { ManagerContact } from '../../ports/manager-contact.js';

/** The same routes; a manager that calls one of them has been heard. */
export function countingAsWord(
  contact: ManagerContact,
  routes: readonly Route<Principal>[],
): readonly Route<Principal>[] {
  return routes.map(({ definition, handle }) => ({
    definition,
    handle: (call) => {
      if (call.principal.kind === 'manager') contact.heard();
      return handle(call);
    },
  }));
}
