import type { Principal } from '../../domain/principal.js';
import type { DeliveryView, PlannedIntent } from '../../ports/delivery-view.js';
import type { StrategyStore } from '../../ports/strategy-store.js';

/** What was planned, for the owner of the strategies. Nothing of it is stored (DESIGN 3). */
export class IntentService {
  readonly #strategies: StrategyStore;
  readonly #delivery: DeliveryView;

  constructor(strategies: StrategyStore, delivery: DeliveryView) {
    this.#strategies = strategies;
    this.#delivery = delivery;
  }

  async listOwn({ user }: Principal): Promise<PlannedIntent[]> {
    const own = new Set((await this.#strategies.ownedBy(user.id)).map(({ id }) => id));
    return [...this.#delivery.plannedIntents()].filter(({ intent }) => own.has(intent.strategyID));
  }
}
