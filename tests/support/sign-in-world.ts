import { TOKENS } from '../../manager/app/tokens.js';
import type { AuditEntry } from '../../manager/domain/audit-entry.js';
import type { AuditLog } from '../../manager/ports/audit-log.js';
import type { SessionStore } from '../../manager/ports/session-store.js';
import type { UserStore } from '../../manager/ports/user-store.js';
import { systemClock } from '../../shared/lifecycle/clock.js';
import { ADMIN, startTestManager } from './test-manager.js';

interface CallOptions {
  readonly token?: string;
  /** The peer's address. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A manager whose time a test moves, and whose callers come from where the test says. */
export async function signInWorld(sections: Readonly<Record<string, unknown>> = {}) {
  const time = { aheadMs: 0 };
  const stores: { audit?: AuditLog; sessions?: SessionStore; users?: UserStore } = {};
  const manager = await startTestManager({
    sections,
    override: (container) => {
      container.rebind(TOKENS.clock).toConstantValue({
        ...systemClock,
        now: () => Date.now() + time.aheadMs,
        monotonicMs: () => performance.now() + time.aheadMs,
      });
      stores.audit = container.get(TOKENS.auditLog);
      stores.sessions = container.get(TOKENS.sessionStore);
      stores.users = container.get(TOKENS.userStore);
    },
  });
  const call = async (method: string, url: string, body?: unknown, options: CallOptions = {}) => {
    const { token, from = '198.51.100.7', headers = {} } = options;
    const response = await manager.api.request(
      url,
      {
        method,
        headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
      { remoteAddress: from },
    );
    const text = await response.text();
    // biome-ignore lint/suspicious/noExplicitAny: answers of every route, read field by field in tests.
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as any };
  };
  const login = (
    password: string = ADMIN.password,
    username: string = ADMIN.username,
    options?: CallOptions,
  ) => call('POST', '/api/v1/auth/login', { username, password }, options);
  return {
    ...manager,
    call,
    login,
    /** The data of a sign-in that works. */
    signIn: async (options?: CallOptions) => {
      const { status, body } = await login(ADMIN.password, ADMIN.username, options);
      if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(body)}`);
      return body.data as { accessToken: string; refreshToken: string };
    },
    refresh: (refreshToken: unknown) => call('POST', '/api/v1/auth/refresh', { refreshToken }),
    pass: (ms: number) => {
      time.aheadMs += ms;
    },
    audited: async (action: string): Promise<readonly AuditEntry[]> =>
      (await stores.audit?.find({ action }, 1_000)) ?? [],
    sessions: async () => {
      const admin = await stores.users?.byUsername(ADMIN.username);
      return (await stores.sessions?.ofUser(admin?.id ?? '')) ?? [];
    },
    admin: async () => {
      const admin = await stores.users?.byUsername(ADMIN.username);
      if (admin === undefined) throw new Error('no administrator');
      return admin;
    },
  };
}

export type SignInWorld = Awaited<ReturnType<typeof signInWorld>>;

/** The claims of a token, unchecked. */
export function claimsIn(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
