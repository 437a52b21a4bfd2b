/** Who a user's token is for; a token for an agent carries another audience and opens nothing here. */
export const USER_AUDIENCE = 'podium-users';

/** The claims of a user's token that we read (contract 1.4). */
export interface UserClaims {
  readonly uid: string;
  readonly tokenVersion: number;
  /** Empty where the token has none. */
  readonly tokenType: string;
  readonly needChangePassword: boolean;
}

/** The claims of a verified token, or undefined when it is not one of a user. */
export function userClaimsOf(payload: Readonly<Record<string, unknown>>): UserClaims | undefined {
  const { uid, tokenVersion, tokenType = '', needChangePassword } = payload;
  if (typeof uid !== 'string' || typeof tokenVersion !== 'number' || typeof tokenType !== 'string') {
    return undefined;
  }
  return { uid, tokenVersion, tokenType, needChangePassword: needChangePassword === true };
}
