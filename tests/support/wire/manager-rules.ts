/**
 * What a replay of the recorded calls to a manager has to know beside the calls themselves. Keys are the calls' names;
 * `*` stands for anything.
 */

/** Calls that are not replayed, and why. */
export const LEFT_OUT: readonly (readonly [pattern: string, reason: string])[] = [
  ['root', 'the pages of the web UI'],
  ['unknown page', 'the pages of the web UI'],
  ['* psm*', 'pod scheduling metrics'],
  ['psm *', 'pod scheduling metrics'],
  ['psm runtime*', 'pod scheduling metrics'],
  ['ingest metrics*', 'pod scheduling metrics'],
  ['manager metrics get', 'pod scheduling metrics'],
  ['classify*', 'classification of pods'],
  ['runtime *', 'runtime configuration of schedulers'],
];

/** Passwords of the recording that our rules for new passwords refuse, and ours in their place. */
export const PASSWORDS: ReadonlyMap<string, string> = new Map([
  ['first-pw', 'first-pw-of-the-viewer'],
  ['second-pw', 'second-pw-of-the-viewer'],
  ['third-pw', 'third-pw-of-the-viewer'],
]);

const SOMEBODY = { username: 'nameless', password: 'pw-of-somebody-else' };

/**
 * Calls that we refuse where the first implementation did something. They are made as recorded, which has to give a
 * refusal, and then with this instead, so that the calls after them find what they found.
 */
export const STAND_INS: ReadonlyMap<string, Readonly<Record<string, unknown>>> = new Map<string, object>([
  ['create user', {}],
  ['create user empty', SOMEBODY],
  ['reset password', {}],
  ['create role unknown permission', { rolePolicies: [] }],
  ['create role empty', { name: 'nameless' }],
  ['create strategy invalid regex', { commandRegex: '[(]' }],
  ['create strategy negative numbers', { priority: 5, executionTime: 1_000_000 }],
  ['create node policy invalid regex', { commandRegex: '[(]' }],
]) as ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Objects that calls create, by the number they have in the recording. Ours tell the id in the answer. */
export const CREATED: ReadonlyMap<string, string> = new Map([
  ['create user', 'id:2'],
  ['create user empty', 'id:3'],
  ['create role', 'id:5'],
  ['create role unknown permission', 'id:6'],
  ['create role empty', 'id:7'],
  ['create role with rolePolicy spelling', 'id:8'],
  ['create strategy for a pod whose node has no running DM', 'id:9'],
  ['create strategy minimal, key only selector', 'id:10'],
  ['create strategy invalid regex', 'id:11'],
  ['create strategy negative numbers', 'id:12'],
  ['create strategy', 'id:13'],
  ['create node policy invalid regex', 'id:23'],
  ['create node policy', 'id:24'],
  ['create node policy offline node', 'id:25'],
  ['create node policy by label', 'id:26'],
]);

/** What is done after a call that changed something here and nothing there, or the other way round. */
export type Amends =
  /** Takes away again what the call created. */
  | { readonly removeBy: string; readonly idKey: string }
  /** Makes earlier calls again. */
  | { readonly again: readonly string[] };

export const AMENDS: ReadonlyMap<string, Amends> = new Map<string, Amends>([
  ['update role rolePolicies spelling', { again: ['update role'] }],
  ['delete role', { again: ['create role', 'update role'] }],
  ['set permissions empty roles', { again: ['set permissions'] }],
  ['create strategy no pods', { removeBy: '/api/v1/strategies', idKey: 'strategyId' }],
  [
    'create strategy for pods with no DM (unknown namespace)',
    { removeBy: '/api/v1/strategies', idKey: 'strategyId' },
  ],
  ['create node policy unknown node', { removeBy: '/api/v1/node-scheduling-policies', idKey: 'policyId' }],
  ['update strategy no pods', { again: ['update strategy strategyID spelling'] }],
]);

/** Whose token a call carries; the administrator's otherwise. */
export const VIEWER_CALLS: readonly string[] = ['new user: *', 'change own password*', 'viewer*'];

/** Calls before which somebody signed in anew, which the recording does not show. */
export const SIGN_INS: ReadonlyMap<string, 'admin' | 'viewer'> = new Map([
  ['unknown api route with token', 'admin'],
  ['create user', 'admin'],
  ['change own password: no token', 'viewer'],
  ['viewer: strategies with role', 'viewer'],
]);

/** A call that carries the token from before the last sign-in. */
export const OLD_TOKEN_CALLS: readonly string[] = ['viewer: users with role (old token)'];

const NO_HEADER = 'Missing Authorization header';
const BAD_TOKEN = 'invalid or expired token';
const NO_BODY = 'Invalid request body';

/**
 * What the contract says of calls whose answer was not kept: the status, and the text where it gives one. The first
 * row that fits counts.
 */
export const UNKEPT_ANSWERS: readonly (readonly [pattern: string, status: number, error?: string])[] = [
  ['*: no token', 401, NO_HEADER],
  ['*: bad token', 401, BAD_TOKEN],
  ['* bad: *', 400, NO_BODY],
  ['* malformed', 400, NO_BODY],
  ['* empty body', 400, NO_BODY],
  ['swagger redirect', 301],
  ['login with email instead of username', 422, 'Username and password are required'],
  ['login wrong password', 401, 'invalid password'],
  ['auth token tokenType refresh', 401, 'invalid token type'],
  ['auth token unknown uid', 401, 'user not found'],
  ['auth garbage*', 401, BAD_TOKEN],
  ['auth token uid number', 401, 'invalid token claims'],
  ['auth token *', 401, BAD_TOKEN],
  ['refresh same token again', 401, 'refresh token not found'],
  ['refresh after logout-all', 401],
  ['token after logout-all', 401, 'token revoked'],
  ['create user duplicate', 500],
  ['users delete', 404],
  ['new user: old token after change', 403, 'password change required'],
  ['viewer: strategies without a role', 403, 'permission denied'],
  ['viewer: users with role (old token)', 200],
  ['update role unknown id', 422, 'role not found'],
  ['update role missing id', 422],
  ['delete role', 500],
  ['set permissions unknown role', 400, 'Some roles not found'],
  ['set permissions unknown user', 401, 'user not found'],
  ['create strategy no pods', 404, 'no pods match the strategy criteria'],
  ['create strategy for pods with no DM*', 404, 'no pods match the strategy criteria'],
  ['delete intents empty list', 400, 'At least one intent ID is required'],
  ['delete strategy bad id', 500],
  ['delete node policy missing id', 400, 'Policy ID is required'],
  ['delete node intent empty', 400, 'At least one intent ID is required'],
  ['*', 200],
];

/** Whether a name fits a pattern with `*` for anything. */
export function fits(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
