import type { Container } from 'inversify';
import type { ManagerConfig } from '../../../config/manager-config.js';
import { rememberedStores } from '../../adapters/memory/remembered-stores.js';
import { TOKENS } from '../tokens.js';
import { bindEmbeddedStore } from './embedded-store.js';
import { bindMongoStore } from './mongo-store.js';

/** The store that is configured, with what is asked for all the time in memory. */
export function bindStores(container: Container, { storage }: ManagerConfig): void {
  if (storage.driver === 'mongodb') bindMongoStore(container);
  else bindEmbeddedStore(container);
  container
    .bind(TOKENS.rememberedStores)
    .toResolvedValue((stores, clock) => rememberedStores(stores, clock), [TOKENS.stores, TOKENS.clock])
    .inSingletonScope();
  const parts = [
    [TOKENS.strategyStore, 'strategies'],
    [TOKENS.userStore, 'users'],
    [TOKENS.roleStore, 'roles'],
    [TOKENS.sessionStore, 'sessions'],
    [TOKENS.nodePolicyStore, 'nodePolicies'],
    [TOKENS.exclusionStore, 'exclusions'],
    [TOKENS.idempotencyStore, 'idempotency'],
    [TOKENS.auditLog, 'audit'],
    [TOKENS.epochStore, 'epoch'],
  ] as const;
  for (const [token, part] of parts) {
    container
      .bind<unknown>(token)
      .toResolvedValue((stores) => stores[part], [TOKENS.rememberedStores])
      .inSingletonScope();
  }
}
