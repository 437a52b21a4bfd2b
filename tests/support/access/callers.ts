import { TOKENS } from '../../../manager/app/tokens.js';
import { type Grant, PERMISSION_KEYS, type Role } from '../../../manager/domain/permission.js';
import { USER_STATUS, type User } from '../../../manager/domain/user.js';
import { USER_AUDIENCE } from '../../../manager/domain/user-token.js';
import type { TestManager } from '../test-manager.js';

/** The situations in which somebody may call. */
export const SITUATIONS = [
  'no token',
  'garbage token',
  'expired token',
  'password change pending',
  'no roles',
  'admin',
  'operator',
  'viewer',
  'own only',
  'other tenant',
] as const;
export type Situation = (typeof SITUATIONS)[number];

/** The namespace, and the policy namespace, to which the role of situation `other tenant` is limited. */
export const TENANT = 'tenant-b';
/** One that it does not reach. */
export const FOREIGN = 'tenant-a';

export interface Caller {
  readonly situation: Situation;
  /** The account behind it; an account of no role where there is no good token. */
  readonly user: User;
  readonly password: string;
  readonly authorization: string | undefined;
}

const HOUR_SEC = 3_600;
const PASSWORD = 'a-callers-long-password';
const ROLE_OF: Partial<Record<Situation, string>> = {
  'password change pending': 'admin',
  admin: 'admin',
  operator: 'operator',
  viewer: 'viewer',
  'own only': 'everything-own-only',
  'other tenant': 'everything-in-one-tenant',
};

/** Makes accounts, signed in, in every situation. */
export class Callers {
  readonly #manager: TestManager;
  readonly #passwordHash: string;
  #made = 0;

  private constructor(manager: TestManager, passwordHash: string) {
    this.#manager = manager;
    this.#passwordHash = passwordHash;
  }

  /** Makes the roles that are not seeded, too. */
  static async create(manager: TestManager): Promise<Callers> {
    const roles = manager.container.get(TOKENS.roleStore);
    await roles.insert(aRole(manager, 'everything-own-only', { ownOnly: true }));
    await roles.insert(
      aRole(manager, 'everything-in-one-tenant', { k8sNamespaces: [TENANT], policyNamespaces: [TENANT] }),
    );
    return new Callers(manager, await manager.container.get(TOKENS.passwordHasher).hash(PASSWORD));
  }

  /** A new account in this situation, so that nothing of an earlier call is left of it. */
  async make(situation: Situation): Promise<Caller> {
    const role = ROLE_OF[situation];
    const user = await this.makeUser({
      roles: role === undefined ? [] : [role],
      status: situation === 'password change pending' ? USER_STATUS.mustChangePassword : USER_STATUS.active,
    });
    return { situation, user, password: PASSWORD, authorization: await this.#authorization(situation, user) };
  }

  async makeUser(overrides: Partial<User> = {}): Promise<User> {
    const user: User = {
      id: this.#manager.container.get(TOKENS.ids).newId(),
      username: `caller-${++this.#made}@example.com`,
      passwordHash: this.#passwordHash,
      status: USER_STATUS.active,
      roles: [],
      tokenVersion: 1,
      createdTime: Date.now(),
      updatedTime: Date.now(),
      revision: 1,
      ...overrides,
    };
    await this.#manager.container.get(TOKENS.userStore).insert(user);
    return user;
  }

  /** One role more, without an end of what the user is signed in with. */
  async giveRole({ id }: User, role: string): Promise<void> {
    const users = this.#manager.container.get(TOKENS.userStore);
    const user = await users.get(id);
    if (user === undefined) throw new Error(`there is no user ${id}`);
    const changed = { ...user, roles: [...user.roles, role], revision: user.revision + 1 };
    if (!(await users.replace(changed, user.revision))) throw new Error('the user was changed meanwhile');
  }

  /** What a sign-in of the user gives. */
  async signIn(user: User): Promise<{ readonly accessToken: string; readonly refreshToken: string }> {
    const { status, body } = await this.#manager.call('POST', '/api/v1/auth/login', {
      username: user.username,
      password: PASSWORD,
    });
    if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(body)}`);
    return body.data;
  }

  /** A token as a sign-in gives it, without the work of checking a password. */
  async #accessToken({ id, status, tokenVersion }: User, lifetimeSec: number): Promise<string> {
    const needChangePassword = status === USER_STATUS.mustChangePassword;
    const { token } = await this.#manager.container.get(TOKENS.tokenIssuer).issue({
      subject: id,
      audience: USER_AUDIENCE,
      lifetimeSec,
      claims: { uid: id, needChangePassword, tokenVersion, tokenType: 'access' },
    });
    return token;
  }

  async #authorization(situation: Situation, user: User): Promise<string | undefined> {
    switch (situation) {
      case 'no token':
        return undefined;
      case 'garbage token':
        return 'Bearer garbage';
      case 'expired token':
        return `Bearer ${await this.#accessToken(user, -HOUR_SEC)}`;
      default:
        return `Bearer ${await this.#accessToken(user, HOUR_SEC)}`;
    }
  }
}

/** A role with every permission that there is, limited in one way. */
function aRole(manager: TestManager, name: string, limit: Partial<Grant>): Role {
  return {
    id: manager.container.get(TOKENS.ids).newId(),
    name,
    description: '',
    grants: PERMISSION_KEYS.map((permissionKey) => ({
      permissionKey,
      ownOnly: false,
      k8sNamespaces: [],
      policyNamespaces: [],
      strongestPriority: 0,
      ...limit,
    })),
    createdTime: Date.now(),
    updatedTime: Date.now(),
    revision: 1,
  };
}
