import { TOKENS } from '../../manager/app/tokens.js';
import type { Grant, PermissionKey } from '../../manager/domain/permission.js';
import { aGrant, aUser } from './builders.js';
import type { TestManager } from './test-manager.js';

const PASSWORD = 'a-long-password-of-a-test';

export interface TestAccount {
  readonly id: string;
  readonly token: string;
}

/** A user with a role of exactly these grants, put into the stores directly, who signs in as everybody does. */
export async function signInWith(
  { container, call }: TestManager,
  username: string,
  grants: readonly Grant[],
): Promise<TestAccount> {
  const ids = container.get(TOKENS.ids);
  const role = { description: '', createdTime: 1, updatedTime: 1, revision: 1 };
  const name = `role of ${username}`;
  await container.get(TOKENS.roleStore).insert({ ...role, id: ids.newId(), name, grants });
  const id = ids.newId();
  const passwordHash = await container.get(TOKENS.passwordHasher).hash(PASSWORD);
  await container.get(TOKENS.userStore).insert(aUser({ id, username, passwordHash, roles: [name] }));
  const { body } = await call('POST', '/api/v1/auth/login', { username, password: PASSWORD });
  return { id, token: body.data.token };
}

/** One grant for each key, with the same limits. */
export function grantsFor(keys: readonly PermissionKey[], limits: Partial<Grant> = {}): Grant[] {
  return keys.map((permissionKey) => aGrant({ ...limits, permissionKey }));
}
