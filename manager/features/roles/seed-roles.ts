import { DomainError } from '../../../shared/domain/domain-error.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { twinOf } from '../../domain/account-name.js';
import { type AuditFacts, THE_MANAGER } from '../../domain/audit-entry.js';
import { EVERYTHING, uncovered } from '../../domain/grant-cover.js';
import type { Role } from '../../domain/permission.js';
import { roleFacts } from '../../domain/role-administration.js';
import { ADMIN_ROLE, type SeededRole, STARTING_ROLES } from '../../domain/seeded-roles.js';
import type { AuditLog } from '../../ports/audit-log.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { IdSource } from '../../ports/id-source.js';
import type { RoleStore } from '../../ports/role-store.js';

export interface SeedRolesParts {
  readonly roles: RoleStore;
  readonly log: AuditLog;
  readonly audit: AuditTrail;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly logger: Logger;
}

const MOST_TRIES = 20;

/**
 * Sees at every start that there is the role `admin` and that it holds everything, and makes the roles that an
 * installation starts with once. Whether one was made before, and then renamed or deleted on purpose, is told by the
 * audit log, which names its fixed id.
 */
export class SeedRoles implements Component {
  readonly name = 'seeded roles';
  readonly #parts: SeedRolesParts;

  constructor(parts: SeedRolesParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    await this.#bringUpAdmin();
    for (const seed of STARTING_ROLES) await this.#makeOnce(seed);
  }

  async stop(): Promise<void> {}

  async #bringUpAdmin(): Promise<void> {
    const { roles, logger } = this.#parts;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const admin = (await roles.all()).find(({ name }) => name === ADMIN_ROLE.name);
      if (admin === undefined) {
        if (await this.#make(ADMIN_ROLE)) return;
        continue;
      }
      const missing = uncovered(admin.grants, EVERYTHING).map(({ permissionKey }) => permissionKey);
      if (missing.length === 0) return;
      const updatedTime = this.#parts.clock.now();
      const changed = { ...admin, grants: EVERYTHING, updatedTime, revision: admin.revision + 1 };
      if (!(await roles.replace(changed, admin.revision))) continue;
      logger.info({ role: admin.name, permissions: missing }, 'role brought up to everything there is');
      await this.#tell('role.update', changed, roleFacts(admin), roleFacts(changed));
      return;
    }
    throw new DomainError('conflict', `the role ${ADMIN_ROLE.name} is changed by others again and again`);
  }

  async #makeOnce(seed: SeededRole): Promise<void> {
    const { roles, log } = this.#parts;
    const isThere = (await roles.all()).some(
      ({ id, name }) => id === seed.id || twinOf(seed.name, [name]) !== undefined,
    );
    if (isThere) return;
    const earlier = await log.find({ targetKind: 'role', targetId: seed.id }, 1);
    if (earlier.length === 0) await this.#make(seed);
  }

  /** False when another manager made it at the same time. */
  async #make(seed: SeededRole): Promise<boolean> {
    const { roles, ids, clock, logger } = this.#parts;
    const now = clock.now();
    const role: Role = {
      ...seed,
      id: seed.id === '' ? ids.newId() : seed.id,
      createdTime: now,
      updatedTime: now,
      revision: 1,
    };
    try {
      await roles.insert(role);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'conflict') return false;
      throw error;
    }
    logger.info({ role: role.name }, 'role made');
    await this.#tell('role.create', role, undefined, roleFacts(role));
    return true;
  }

  #tell(
    action: string,
    { id, name }: Role,
    before: AuditFacts | undefined,
    after: AuditFacts,
  ): Promise<void> {
    const target = { kind: 'role', id, name };
    return this.#parts.audit.record(THE_MANAGER, { action, outcome: 'done', target, before, after });
  }
}
