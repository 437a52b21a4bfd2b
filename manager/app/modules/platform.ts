import { availableParallelism } from 'node:os';
import type { Container } from 'inversify';
import { TokenIssuer } from '../../../shared/auth/token-issuer.js';
import { MANAGER_TOKEN_ISSUER } from '../../../shared/contract/decision-maker-api.js';
import { systemClock } from '../../../shared/lifecycle/clock.js';
import { createLogger } from '../../../shared/observability/logger.js';
import { createRegistry } from '../../../shared/observability/metrics.js';
import { Argon2PasswordHasher } from '../../adapters/crypto/argon2-password-hasher.js';
import { RandomIds } from '../random-ids.js';
import { TOKENS } from '../tokens.js';

/** Time, chance, log, metrics and keys: what everything else is given. */
export function bindPlatform(container: Container): void {
  container.bind(TOKENS.clock).toConstantValue(systemClock);
  container.bind(TOKENS.random).toConstantValue(Math.random);
  container.bind(TOKENS.registry).toConstantValue(createRegistry());
  container
    .bind(TOKENS.logger)
    .toResolvedValue(
      (config) => createLogger({ name: 'manager', level: config.logging.level }),
      [TOKENS.config],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.ids)
    .toResolvedValue((clock) => new RandomIds(clock), [TOKENS.clock])
    .inSingletonScope();
  container
    .bind(TOKENS.tokenIssuer)
    .toResolvedValue(
      (keys, clock) =>
        new TokenIssuer(
          (timeMs) => keys.signerAt(timeMs),
          MANAGER_TOKEN_ISSUER,
          () => clock.now(),
        ),
      [TOKENS.signingKeys, TOKENS.clock],
    )
    .inSingletonScope();
  // Half of the cores, so that sign-ins leave room for everything else.
  const mostAtOnce = Math.max(1, Math.floor(availableParallelism() / 2));
  container.bind(TOKENS.passwordHasher).toConstantValue(new Argon2PasswordHasher({ mostAtOnce }));
}
