import { verifyToken } from '../../shared/auth/token-verifier.js';
import { agentAudience, MANAGER_TOKEN_ISSUER } from '../../shared/contract/decision-maker-api.js';
import { DomainError } from '../../shared/domain/domain-error.js';
import { unknownAccess } from '../../shared/http/create-api.js';
import type { Access, Caller } from '../../shared/http/route.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import { isPermitted, type Principal, type VerifiedCaller } from '../domain/principal.js';
import { isLocalCaller } from '../features/tokens/local-caller.js';
import type { TokenService } from '../features/tokens/token-service.js';
import type { ManagerKeys } from '../ports/manager-keys.js';
import { VerifiedTokens } from './verified-tokens.js';

export interface AuthenticatorOptions {
  readonly nodeName: string;
  readonly tokens: TokenService;
  readonly managerKeys: ManagerKeys;
  readonly clock: Clock;
  /** Whether a scheduler on this node needs a token too. */
  readonly schedulerToken: boolean;
}

/** A caller on this node that needs no token: it may do what a scheduler may. */
const LOCAL_SCHEDULER: Principal = { kind: 'scheduler', subject: '' };

/** Finds out whose token a request carries, and whether it opens the route. The texts are public (contract 2). */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #verified = new VerifiedTokens();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  async authorize(access: Access, caller: Caller): Promise<Principal> {
    if (access.kind !== 'permission') throw unknownAccess(access);
    const principal = this.#needsNoToken(access.key, caller)
      ? LOCAL_SCHEDULER
      : await this.#principalOf(bearerTokenOf(caller));
    if (isPermitted(principal, access.key)) return principal;
    throw new DomainError(
      'forbidden',
      'a scheduler’s token is for reading scheduling strategies and sending metrics: this route needs a manager’s',
    );
  }

  /** A token that is shown is looked at all the same: a bad one is somebody's mistake. */
  #needsNoToken(permission: string, caller: Caller): boolean {
    return (
      !this.#options.schedulerToken &&
      caller.header('authorization') === undefined &&
      isLocalCaller(caller.remoteAddress) &&
      isPermitted(LOCAL_SCHEDULER, permission)
    );
  }

  async #principalOf(token: string): Promise<Principal> {
    const { managerKeys, clock } = this.#options;
    const revision = managerKeys.revision();
    const known = this.#verified.find(token, clock.now(), revision);
    if (known !== undefined) return known;
    const caller = await this.#verify(token);
    this.#verified.remember(token, caller, revision);
    return caller.principal;
  }

  async #verify(token: string): Promise<VerifiedCaller> {
    try {
      return claimedIssuer(token) === MANAGER_TOKEN_ISSUER
        ? await this.#verifyManager(token)
        : await this.#options.tokens.verify(token);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'unauthenticated') throw error;
      const text = error.message.replace(/^invalid/, 'Invalid');
      throw new DomainError('unauthenticated', text, { cause: error });
    }
  }

  async #verifyManager(token: string): Promise<VerifiedCaller> {
    const { managerKeys, nodeName, clock } = this.#options;
    const { sub, exp } = await verifyToken(token, {
      keyFor: (kid) => managerKeys.keyFor(kid),
      issuer: MANAGER_TOKEN_ISSUER,
      audience: agentAudience(nodeName),
      now: () => clock.now(),
    });
    return { principal: { kind: 'manager', subject: sub ?? '' }, expiresAtMs: (exp ?? 0) * 1_000 };
  }
}

const SCHEME = 'Bearer ';

function bearerTokenOf(caller: Caller): string {
  const header = caller.header('authorization');
  if (header === undefined) throw new DomainError('unauthenticated', 'Authorization header is required');
  if (!header.startsWith(SCHEME)) {
    throw new DomainError('unauthenticated', "Authorization header must start with 'Bearer '");
  }
  return header.slice(SCHEME.length);
}

/** Who a token says it is from: only to choose whose keys it is then checked against. */
function claimedIssuer(token: string): unknown {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    return (JSON.parse(payload) as { iss?: unknown } | null)?.iss;
  } catch {
    return undefined;
  }
}
