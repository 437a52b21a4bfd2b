import { DomainError, invalid } from '../../../shared/domain/domain-error.js';
import { refuseOtherRevision } from '../../../shared/domain/revision.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import {
  type Accounts,
  actingCaller,
  grantsOfUser,
  hasAdministrator,
  lastAdministrator,
  refuseBeyond,
  refuseLastAdministrator,
  refuseUnlessMay,
  unseatsAdministrator,
} from '../../domain/administration.js';
import type { Principal } from '../../domain/principal.js';
import { withRevokedTokens } from '../../domain/revoked-tokens.js';
import { USER_STATUS, type User } from '../../domain/user.js';
import { type AccountChanges, OVERTAKEN } from '../../ports/account-changes.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { ReconcileWakeUp } from '../../ports/reconcile-wake-up.js';
import type { SessionStore } from '../../ports/session-store.js';
import type { UserStore } from '../../ports/user-store.js';
import type { OwnedCount, OwnedWork } from './owned-work.js';
import type { UserTarget } from './user-service.js';

/** What becomes of what the user owns. With neither, a user who owns something stays. */
export interface Inheritance {
  /** Empty = nobody. */
  readonly transferTo: string;
  readonly deleteOwned: boolean;
}

export interface UserDeletionParts {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly changes: AccountChanges;
  readonly owned: OwnedWork;
  readonly audit: AuditTrail;
  readonly wakeUp: ReconcileWakeUp;
  readonly clock: Clock;
}

/** Requests of the user that were on their way may still have made something. */
const MOST_ROUNDS = 5;

/**
 * Deletes a user in steps, each of which can be repeated: first nobody can sign in as them any more, then what they own
 * goes or changes hands, then they go. Stopped in between, the user is there, inactive, and the deletion can be asked
 * for again.
 */
export class UserDeletion {
  readonly #parts: UserDeletionParts;

  constructor(parts: UserDeletionParts) {
    this.#parts = parts;
  }

  async delete(principal: Principal, target: UserTarget, inheritance: Inheritance): Promise<OwnedCount> {
    if (inheritance.deleteOwned && inheritance.transferTo !== '') {
      throw invalid([
        { field: 'transferTo', reason: 'and deleteOwned exclude each other: give one of them' },
      ]);
    }
    const known = await this.#close(principal, target, inheritance);
    let count: OwnedCount = { strategies: 0, nodePolicies: 0 };
    try {
      for (let round = 0; round < MOST_ROUNDS; round++) {
        const { strategies, nodePolicies } = await this.#dispose(principal, known.id, inheritance);
        if (strategies + nodePolicies === 0) break;
        count = {
          strategies: count.strategies + strategies,
          nodePolicies: count.nodePolicies + nodePolicies,
        };
      }
    } finally {
      this.#parts.wakeUp.request();
    }
    await this.#remove(principal, known, { ...count, transferTo: inheritance.transferTo });
    return count;
  }

  /** Checks everything, then ends what the user is signed in with for good. The user as they were. */
  #close(
    principal: Principal,
    { id, expectedRevision }: UserTarget,
    inheritance: Inheritance,
  ): Promise<User> {
    const { changes, clock, sessions, users } = this.#parts;
    refuseUnlessMay(principal, 'user.delete', id === principal.user.id);
    return changes.run(async (accounts) => {
      const caller = actingCaller(principal, accounts);
      refuseUnlessMay(caller, 'user.delete', id === caller.user.id);
      const known = accounts.users.find((user) => user.id === id);
      if (known === undefined) throw new DomainError('not_found', 'user not found');
      refuseOtherRevision('user', expectedRevision, known.revision);
      refuseBeyond(caller, grantsOfUser(known, accounts.roles), 'delete somebody who holds more than you');
      const after = { ...accounts, users: accounts.users.filter((user) => user.id !== id) };
      refuseLastAdministrator(accounts, after);
      await this.#checkInheritance(caller, known, inheritance, accounts);
      const closed = withRevokedTokens({ ...known, status: USER_STATUS.inactive }, clock.now());
      if (!(await users.replace(closed, known.revision))) return OVERTAKEN;
      await sessions.deleteOfUser(id);
      if (unseatsAdministrator(accounts, after)) await this.#undoUnlessAdministrated(known, closed);
      return known;
    });
  }

  async #checkInheritance(
    caller: Principal,
    { id }: User,
    { transferTo, deleteOwned }: Inheritance,
    accounts: Accounts,
  ): Promise<void> {
    const { owned } = this.#parts;
    if (transferTo !== '') {
      const heir = accounts.users.find((user) => user.id === transferTo);
      if (heir === undefined || heir.id === id || heir.status === USER_STATUS.inactive) {
        throw invalid([
          { field: 'transferTo', reason: 'must be the id of another user who is not inactive' },
        ]);
      }
      // What lay still for want of the old owner's rights would run with those of the new one.
      refuseBeyond(
        caller,
        grantsOfUser(heir, accounts.roles),
        'hand over to somebody who holds more than you',
      );
      const names = await owned.namesInBoth(id, heir.id);
      if (names.length > 0) {
        const found = `both users have strategies called ${names.join(', ')}: rename them first`;
        throw new DomainError('conflict', found, { data: { strategies: names } });
      }
      return;
    }
    if (!deleteOwned) refuseOwner(await owned.count(id));
  }

  async #dispose(
    { actor }: Principal,
    id: string,
    { transferTo, deleteOwned }: Inheritance,
  ): Promise<OwnedCount> {
    const { owned } = this.#parts;
    if (transferTo !== '') return owned.handOver(id, transferTo, actor);
    if (deleteOwned) return owned.deleteAll(id, actor);
    const count = await owned.count(id);
    refuseOwner(count);
    return count;
  }

  async #remove(
    { actor }: Principal,
    known: User,
    after: OwnedCount & { readonly transferTo: string },
  ): Promise<void> {
    const { audit, changes, sessions, users } = this.#parts;
    await changes.run(async (accounts) => {
      const closed = accounts.users.find(({ id }) => id === known.id);
      if (closed === undefined) return;
      if (closed.status !== USER_STATUS.inactive) {
        throw new DomainError('conflict', 'the user was made active again in the meantime: try again');
      }
      return (await users.delete(closed.id, closed.revision)) ? undefined : OVERTAKEN;
    });
    await sessions.deleteOfUser(known.id);
    const { id, username, roles, status } = known;
    const target = { kind: 'user', id, name: username };
    await audit.record(actor, {
      action: 'user.delete',
      outcome: 'done',
      target,
      before: { username, roles, status },
      after: { ...after },
    });
  }

  /** Another manager on the same store may have unseated the other administrator at the same time. */
  async #undoUnlessAdministrated(known: User, closed: User): Promise<void> {
    const { changes, users } = this.#parts;
    if (hasAdministrator(await changes.read())) return;
    await users.replace({ ...closed, status: known.status, revision: closed.revision + 1 }, closed.revision);
    throw lastAdministrator();
  }
}

function refuseOwner(count: OwnedCount): void {
  if (count.strategies + count.nodePolicies === 0) return;
  throw new DomainError(
    'conflict',
    `the user owns ${count.strategies} strategies and ${count.nodePolicies} node policies: ` +
      'send "transferTo" with the id of the user who gets them, or "deleteOwned": true',
    { data: { ...count } },
  );
}
