import { DomainError } from '../../../shared/domain/domain-error.js';
import { refuseOtherRevision } from '../../../shared/domain/revision.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import { accepted } from '../../domain/accepted-draft.js';
import {
  actingCaller,
  hasAdministrator,
  lastAdministrator,
  refuseBeyond,
  refuseLastAdministrator,
  refuseUnlessMay,
  unseatsAdministrator,
} from '../../domain/administration.js';
import type { AuditFacts } from '../../domain/audit-entry.js';
import type { Role } from '../../domain/permission.js';
import { grantsOf, type Principal } from '../../domain/principal.js';
import {
  adminStays,
  refuseLessForAdmin,
  refuseTakenRoleName,
  roleFacts,
  roleInUse,
  withRole,
} from '../../domain/role-administration.js';
import { checkRole, type RoleDraft, type RoleParts } from '../../domain/role-rules.js';
import { ADMIN_ROLE } from '../../domain/seeded-roles.js';
import type { User } from '../../domain/user.js';
import { type AccountChanges, OVERTAKEN } from '../../ports/account-changes.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { IdSource } from '../../ports/id-source.js';
import type { ReconcileWakeUp } from '../../ports/reconcile-wake-up.js';
import type { RoleStore } from '../../ports/role-store.js';
import type { RoleHolders } from './role-holders.js';

/** A draft, with what the decoder had to say about the body it came in. */
export interface RoleInput {
  readonly draft: RoleDraft;
  readonly unknownKeys: readonly string[];
}

/** What a change of an existing role is made to. */
export interface RoleTarget {
  readonly id: string;
  /** Undefined: whatever is there. */
  readonly expectedRevision: number | undefined;
}

export interface RoleServiceParts {
  readonly roles: RoleStore;
  readonly holders: RoleHolders;
  readonly changes: AccountChanges;
  readonly audit: AuditTrail;
  readonly wakeUp: ReconcileWakeUp;
  readonly ids: IdSource;
  readonly clock: Clock;
}

/**
 * Roles. Whoever changes one has to hold all it gave and all it will give. A change counts from the next request of
 * its holders on, and from the next plan: both read roles anew.
 */
export class RoleService {
  readonly #parts: RoleServiceParts;

  constructor(parts: RoleServiceParts) {
    this.#parts = parts;
  }

  /** All of them; with own-only `role.read` those that the caller holds. */
  async list(principal: Principal): Promise<readonly Role[]> {
    const isWide = grantsOf(principal, 'role.read').some(({ ownOnly }) => !ownOnly);
    return isWide ? await this.#parts.roles.all() : principal.roles;
  }

  async get(principal: Principal, id: string): Promise<Role> {
    refuseUnlessMay(principal, 'role.read', holds(principal, id));
    const role = await this.#parts.roles.get(id);
    if (role === undefined) throw new DomainError('not_found', 'role not found');
    return role;
  }

  create(principal: Principal, input: RoleInput): Promise<Role> {
    const { name = '', description = '', grants = [] } = checked(input);
    const { changes, ids, clock, roles } = this.#parts;
    return changes.run(async (accounts) => {
      const caller = actingCaller(principal, accounts);
      refuseUnlessMay(caller, 'role.create', false);
      refuseBeyond(caller, grants, 'give more than you hold');
      refuseTakenRoleName(name, accounts, undefined);
      const now = clock.now();
      const times = { createdTime: now, updatedTime: now };
      const role: Role = { id: ids.newId(), name, description, grants, ...times, revision: 1 };
      await roles.insert(role);
      await this.#tell(caller, 'role.create', role, undefined, roleFacts(role));
      return role;
    });
  }

  /** Changes what is given; the rest stays. */
  update(principal: Principal, target: RoleTarget, input: RoleInput): Promise<Role> {
    const given = checked(input);
    return this.#parts.changes.run(async (accounts) => {
      const caller = actingCaller(principal, accounts);
      refuseUnlessMay(caller, 'role.update', holds(caller, target.id));
      const role = accounts.roles.find(({ id }) => id === target.id);
      // 422 is the public answer (contract 1.6).
      if (role === undefined) throw new DomainError('invalid', 'role not found');
      refuseOtherRevision('role', target.expectedRevision, role.revision);
      refuseBeyond(caller, role.grants, 'change a role that gives more than you hold');
      const changed = this.#changed(role, given);
      if (JSON.stringify(roleFacts(changed)) === JSON.stringify(roleFacts(role))) return role;
      refuseBeyond(caller, changed.grants, 'give more than you hold');
      refuseLessForAdmin(role, changed);
      if (changed.name !== role.name) refuseTakenRoleName(changed.name, accounts, role);
      const after = withRole(accounts, role, changed);
      refuseLastAdministrator(accounts, after);
      const isKept =
        changed.name === role.name ? await this.#replace(changed, role) : await this.#rename(changed, role);
      if (!isKept) return OVERTAKEN;
      if (unseatsAdministrator(accounts, after)) await this.#undoUnlessAdministrated(role, changed);
      await this.#tell(caller, 'role.update', changed, roleFacts(role), roleFacts(changed));
      return changed;
    });
  }

  /** Names of the users who held it. `conflict` while somebody does, unless it is to be taken from them. */
  delete(principal: Principal, target: RoleTarget, unassign: boolean): Promise<readonly string[]> {
    return this.#parts.changes.run(async (accounts) => {
      const caller = actingCaller(principal, accounts);
      refuseUnlessMay(caller, 'role.delete', holds(caller, target.id));
      const role = accounts.roles.find(({ id }) => id === target.id);
      if (role === undefined) throw new DomainError('not_found', 'role not found');
      refuseOtherRevision('role', target.expectedRevision, role.revision);
      if (role.name === ADMIN_ROLE.name) throw adminStays('cannot be deleted');
      refuseBeyond(caller, role.grants, 'delete a role that gives more than you hold');
      const holders = accounts.users.filter(({ roles }) => roles.includes(role.name));
      if (holders.length > 0 && !unassign) throw roleInUse(holders);
      if (holders.length > 0) refuseUnlessMay(caller, 'user.permission.update', false);
      const roles = accounts.roles.filter(({ id }) => id !== role.id);
      refuseLastAdministrator(accounts, { users: accounts.users, roles });
      return (await this.#remove(caller, role, unassign)) ?? OVERTAKEN;
    });
  }

  #changed(role: Role, given: RoleParts): Role {
    return {
      ...role,
      name: given.name ?? role.name,
      description: given.description ?? role.description,
      grants: given.grants ?? role.grants,
      updatedTime: this.#parts.clock.now(),
      revision: role.revision + 1,
    };
  }

  #replace(changed: Role, role: Role): Promise<boolean> {
    return this.#parts.roles.replace(changed, role.revision);
  }

  /**
   * Users refer to a role by its name, and no store of ours changes several documents at once. So its holders get the
   * new name beside the old one first, then the role is renamed, then the old name goes: whenever this stops in
   * between, each of them has the role by one of the two names. What is left over then gives nothing, and
   * `refuseTakenRoleName` keeps it from ever giving something else.
   */
  async #rename(changed: Role, role: Role): Promise<boolean> {
    const { holders } = this.#parts;
    let isRenamed = false;
    try {
      await holders.addName(role.name, changed.name);
      isRenamed = await this.#replace(changed, role);
    } finally {
      if (!isRenamed) await holders.removeName(role.name, changed.name);
    }
    if (isRenamed) await holders.replaceName(role.name, changed.name);
    return isRenamed;
  }

  /** Undefined when the role was changed in the meantime. */
  async #remove(caller: Principal, role: Role, unassign: boolean): Promise<readonly string[] | undefined> {
    const { holders, roles } = this.#parts;
    const stripped = unassign ? await holders.strip(role.name) : [];
    for (const user of stripped) await this.#tellStripped(caller, user, role);
    if (!(await roles.delete(role.id, role.revision))) return undefined;
    const names = stripped.map(({ username }) => username);
    await this.#tell(caller, 'role.delete', role, roleFacts(role), undefined);
    return names;
  }

  /** Another manager on the same store may have unseated the other administrator at the same time. */
  async #undoUnlessAdministrated(role: Role, changed: Role): Promise<void> {
    const { changes, roles } = this.#parts;
    if (hasAdministrator(await changes.read())) return;
    const undone = { ...changed, grants: role.grants, revision: changed.revision + 1 };
    await roles.replace(undone, changed.revision);
    throw lastAdministrator();
  }

  async #tell(
    { actor }: Principal,
    action: string,
    { id, name }: Role,
    before: AuditFacts | undefined,
    after: AuditFacts | undefined,
  ): Promise<void> {
    this.#parts.wakeUp.request();
    const target = { kind: 'role', id, name };
    await this.#parts.audit.record(actor, { action, outcome: 'done', target, before, after });
  }

  async #tellStripped({ actor }: Principal, user: User, { name }: Role): Promise<void> {
    await this.#parts.audit.record(actor, {
      action: 'user.update',
      outcome: 'done',
      target: { kind: 'user', id: user.id, name: user.username },
      before: { roles: [...user.roles, name] },
      after: { roles: user.roles },
    });
  }
}

function checked({ draft, unknownKeys }: RoleInput): RoleParts {
  return accepted(checkRole(draft), unknownKeys).parts;
}

function holds({ roles }: Principal, roleId: string): boolean {
  return roles.some(({ id }) => id === roleId);
}
