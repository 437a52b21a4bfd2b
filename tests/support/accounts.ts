import { ADMIN, type TestManager } from './test-manager.js';

/** A signed-in caller of a test manager. */
export interface Account {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly token: string;
  call(method: string, path: string, body?: unknown): ReturnType<TestManager['call']>;
}

const PASSWORD = 'umbrella-kettle-orbit-47';

function signedIn(
  manager: TestManager,
  id: string,
  username: string,
  password: string,
  token: string,
): Account {
  return {
    id,
    username,
    password,
    token,
    call: (method, path, body) => manager.call(method, `/api/v1${path}`, body, token),
  };
}

export async function theAdmin(manager: TestManager): Promise<Account> {
  const token = await manager.login();
  const self = await manager.call('GET', '/api/v1/users/self', undefined, token);
  return signedIn(manager, self.body.data.id, ADMIN.username, ADMIN.password, token);
}

export async function signIn(manager: TestManager, username: string, password: string): Promise<string> {
  const { status, body } = await manager.call('POST', '/api/v1/auth/login', { username, password });
  if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(body)}`);
  return body.data.token;
}

/** A user with these roles who has signed in and changed the first password. */
export async function anAccount(
  manager: TestManager,
  admin: Account,
  username: string,
  roles: readonly string[] = [],
): Promise<Account> {
  const made = await admin.call('POST', '/users', { username, roles });
  if (made.status !== 200) throw new Error(`POST /users answered ${made.status}: ${made.body.error}`);
  const { id, password: oldPassword } = made.body.data;
  const first = await signIn(manager, username, oldPassword);
  const body = { oldPassword, newPassword: PASSWORD };
  const change = await manager.call('PUT', '/api/v1/users/self/password', body, first);
  if (change.status !== 200) throw new Error(`PUT password answered ${change.status}: ${change.body.error}`);
  return signedIn(manager, id, username, PASSWORD, await signIn(manager, username, PASSWORD));
}

/** Makes a role of these policies; keys alone stand for policies without limits. */
export async function aRole(
  admin: Account,
  name: string,
  policies: readonly (string | Readonly<Record<string, unknown>>)[],
): Promise<string> {
  const rolePolicies = policies.map((policy) =>
    typeof policy === 'string' ? { permissionKey: policy } : policy,
  );
  const { status, body } = await admin.call('POST', '/roles', { name, rolePolicies });
  if (status !== 200) throw new Error(`POST /roles answered ${status}: ${body.error}`);
  return body.data.id;
}

/** The same account with a token of now: a change of its rights ended the one before. */
export async function again(manager: TestManager, account: Account): Promise<Account> {
  const token = await signIn(manager, account.username, account.password);
  return signedIn(manager, account.id, account.username, account.password, token);
}
