import type { ManagerConfig } from '../../config/manager-config.js';
import { privateKeyFromPem, publicKeyFromPem } from '../../shared/auth/keys.js';
import type { Clock } from '../../shared/lifecycle/clock.js';
import { AGENT_TOKEN_LIFETIME_SEC } from '../adapters/decisionmaker/agent-tokens.js';
import { SigningKeyRing } from '../adapters/keys/signing-key-ring.js';

/** What clocks differ by, and what takes its time on the way, beyond a token's own life. */
const MARGIN_SEC = 60;

/** The keys in the state folder, or the configured one. Rejects on bad keys. */
export function openSigningKeys({ key, state, token }: ManagerConfig, clock: Clock): Promise<SigningKeyRing> {
  const longestLifeSec = Math.max(
    token.access_lifetime_sec,
    token.refresh_lifetime_sec,
    AGENT_TOKEN_LIFETIME_SEC,
  );
  const configuredPem = key.rsa_private_key_pem.reveal();
  return SigningKeyRing.open({
    stateFolder: state.dir,
    clock,
    overlapMs: key.rotation_overlap_sec * 1_000,
    verifyForMs: (longestLifeSec + MARGIN_SEC) * 1_000,
    configured:
      configuredPem === '' ? undefined : privateKeyFromPem(configuredPem, 'key.rsa_private_key_pem'),
    previous: key.previous_public_keys_pem.map((pem) =>
      publicKeyFromPem(pem, 'key.previous_public_keys_pem'),
    ),
  });
}
