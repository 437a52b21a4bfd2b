import type { KeyObject } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { DomainError } from '../domain/domain-error.js';

export interface VerifierOptions {
  /** The key for a token's `kid`; undefined when nobody trusted has it. */
  readonly keyFor: (kid: string | undefined) => KeyObject | undefined;
  readonly issuer: string;
  /** Undefined where tokens carry none. */
  readonly audience?: string;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Clocks of two machines may differ by this much (RFC 8725 leaves it to us; field notes S1 ask for <= 60 s). */
const CLOCK_TOLERANCE_SEC = 30;

/**
 * Checks signature (RS256 only), issuer, audience and times. Rejects with `unauthenticated`, and with a reason
 * in the message that tells the caller apart from an attacker only by what both may know.
 */
export async function verifyToken(token: string, options: VerifierOptions): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(
      token,
      (header) => {
        const key = options.keyFor(header.kid);
        if (key === undefined) throw new errors.JWSSignatureVerificationFailed('no trusted key has this kid');
        return key;
      },
      {
        algorithms: ['RS256'],
        issuer: options.issuer,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE_SEC,
        currentDate: new Date(options.now()),
        ...(options.audience === undefined ? {} : { audience: options.audience }),
      },
    );
    return payload;
  } catch (error) {
    // Anything else is our own mistake, such as a key of the wrong kind, and must not look like the caller's.
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new DomainError('unauthenticated', `invalid or expired token: ${error.message}`, { cause: error });
  }
}
