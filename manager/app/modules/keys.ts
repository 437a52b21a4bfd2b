import type { Container } from 'inversify';
import { keyRoutes } from '../../features/keys/key-routes.js';
import { KeyService } from '../../features/keys/key-service.js';
import { TOKENS } from '../tokens.js';

/** What can be known and done about the keys that sign tokens; the keys themselves are read before all else. */
export function bindKeys(container: Container): void {
  container
    .bind(TOKENS.keyService)
    .toResolvedValue(
      (keys, trail, clock, config) => new KeyService(keys, trail, clock, config.key.rotation_days),
      [TOKENS.signingKeys, TOKENS.auditTrail, TOKENS.clock, TOKENS.config],
    )
    .inSingletonScope();
  container
    .bind(TOKENS.routes)
    .toResolvedValue((service, clock) => keyRoutes(service, clock), [TOKENS.keyService, TOKENS.clock])
    .inSingletonScope();
}
