import { rm } from 'node:fs/promises';
import path from 'node:path';
import { invalid } from '../../../shared/domain/domain-error.js';
import { writeFileDurably } from '../../../shared/files/write-file-durably.js';
import type { Clock } from '../../../shared/lifecycle/clock.js';
import type { Component } from '../../../shared/lifecycle/component.js';
import type { Logger } from '../../../shared/observability/logger.js';
import { hasAdministrator } from '../../domain/administration.js';
import { THE_MANAGER } from '../../domain/audit-entry.js';
import { isPublished, passwordFaults } from '../../domain/password-rules.js';
import { ADMIN_ROLE } from '../../domain/seeded-roles.js';
import { USER_STATUS, type User } from '../../domain/user.js';
import type { AuditLog } from '../../ports/audit-log.js';
import type { AuditTrail } from '../../ports/audit-trail.js';
import type { IdSource } from '../../ports/id-source.js';
import type { PasswordHasher } from '../../ports/password-hasher.js';
import type { RoleStore } from '../../ports/role-store.js';
import type { UserStore } from '../../ports/user-store.js';

export interface FirstAdminParts {
  readonly users: UserStore;
  readonly roles: RoleStore;
  readonly hasher: PasswordHasher;
  readonly log: AuditLog;
  readonly trail: AuditTrail;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface FirstAdminSettings {
  readonly username: string;
  /** Empty = make one. */
  readonly password: string;
  /** Where a made password is left, readable by the manager's user only. */
  readonly stateFolder: string;
}

const PASSWORD_FILE = 'first-admin-password';

/** Of deletions, in one question to the audit log. */
const PAGE = 500;

/**
 * Makes the administrator that the configuration names, where there is no user of that name, with the role that is there
 * by then (contract 1.5): so an operator whom nobody can help gets in under another name. A password that the operator
 * configured is theirs: the account is active. One that we made goes to a file and must be changed at the first sign-in
 * (DESIGN 9); the start after that removes the file. An existing user of that name is left as it is, whatever the
 * configuration says, and one that was deleted stays so while somebody else is an administrator: an account that was
 * removed must not come back with a restart.
 */
export class FirstAdmin implements Component {
  readonly name = 'first administrator';
  readonly #parts: FirstAdminParts;
  readonly #settings: FirstAdminSettings;

  constructor(parts: FirstAdminParts, settings: FirstAdminSettings) {
    this.#parts = parts;
    this.#settings = settings;
  }

  async start(): Promise<void> {
    const { username } = this.#settings;
    const user = await this.#parts.users.byUsername(username);
    if (user !== undefined) {
      if (user.status === USER_STATUS.active) await rm(this.#passwordFile, { force: true });
      return;
    }
    if ((await this.#wasDeleted(username)) && (await this.#hasAdministrator())) return;
    await this.#makeAdmin(username);
  }

  async #hasAdministrator(): Promise<boolean> {
    const [users, roles] = await Promise.all([this.#parts.users.all(), this.#parts.roles.all()]);
    return hasAdministrator({ users, roles });
  }

  /** Told by the audit log, which forgets nothing. */
  async #wasDeleted(username: string): Promise<boolean> {
    let beforeSequence: number | undefined;
    for (;;) {
      const query = { action: 'user.delete', outcome: 'done', beforeSequence } as const;
      const deletions = await this.#parts.log.find(query, PAGE);
      if (deletions.some(({ target }) => target.name === username)) return true;
      beforeSequence = deletions.at(-1)?.sequence;
      if (deletions.length < PAGE) return false;
    }
  }

  async stop(): Promise<void> {}

  get #passwordFile(): string {
    return path.join(this.#settings.stateFolder, PASSWORD_FILE);
  }

  async #makeAdmin(username: string): Promise<void> {
    const configured = this.#settings.password;
    const password = configured === '' ? this.#parts.ids.newPassword() : configured;
    if (configured !== '') this.#judge(username, configured);
    const now = this.#parts.clock.now();
    const user: User = {
      id: this.#parts.ids.newId(),
      username,
      passwordHash: await this.#parts.hasher.hash(password),
      status: configured === '' ? USER_STATUS.mustChangePassword : USER_STATUS.active,
      roles: [ADMIN_ROLE.name],
      tokenVersion: 1,
      createdTime: now,
      updatedTime: now,
      revision: 1,
    };
    if (configured === '') {
      const passwordFile = this.#passwordFile;
      await writeFileDurably(passwordFile, `${password}\n`, 0o600);
      this.#parts.logger.warn(
        { username, passwordFile },
        'first administrator made, its password is in a file',
      );
    }
    await this.#parts.users.insert(user);
    await this.#parts.trail.record(THE_MANAGER, {
      action: 'user.create',
      outcome: 'done',
      target: { kind: 'user', id: user.id, name: username },
      after: { username, status: user.status, roles: user.roles },
    });
  }

  /** A configured password is the operator's choice, unless everybody knows it. */
  #judge(username: string, password: string): void {
    if (isPublished(password)) {
      const found =
        'is the sample of a configuration that is public: choose another one, or none to have one made';
      throw invalid([{ field: 'account.admin_password', reason: found }]);
    }
    const faults = passwordFaults('account.admin_password', password, username);
    if (faults.length === 0) return;
    const reasons = faults.map(({ reason }) => reason);
    this.#parts.logger.warn({ username, reasons }, "the first administrator's configured password is weak");
  }
}
