import { TOKENS } from '../../../manager/app/tokens.js';
import type { NodePolicy } from '../../../manager/domain/node-policy.js';
import type { Role } from '../../../manager/domain/permission.js';
import type { Strategy } from '../../../manager/domain/strategy.js';
import { aStrategy } from '../builders.js';
import type { TestManager } from '../test-manager.js';

/** Puts things into the stores, so that a call finds something whoever made it. */
export class Things {
  readonly #manager: TestManager;
  #made = 0;

  constructor(manager: TestManager) {
    this.#manager = manager;
  }

  async strategy(ownerId: string, namespace: string): Promise<Strategy> {
    const strategy = aStrategy({
      id: this.#newId(),
      ownerId,
      spec: {
        strategyNamespace: namespace,
        k8sNamespace: [namespace],
        labelSelectors: [{ key: 'app', operator: 'In', values: ['web'] }],
      },
    });
    await this.#manager.container.get(TOKENS.strategyStore).insert(strategy);
    return strategy;
  }

  async nodePolicy(ownerId: string): Promise<NodePolicy> {
    const policy: NodePolicy = {
      id: this.#newId(),
      ownerId,
      spec: {
        nodeSelectors: [],
        nodeNames: ['node-1'],
        commandRegex: 'nginx',
        priority: 10,
        executionTime: 0,
      },
      createdTime: Date.now(),
      updatedTime: Date.now(),
      revision: 1,
    };
    await this.#manager.container.get(TOKENS.nodePolicyStore).insert(policy);
    return policy;
  }

  async role(grants: Role['grants'] = []): Promise<Role> {
    const role: Role = {
      id: this.#newId(),
      name: `role-${++this.#made}`,
      description: '',
      grants,
      createdTime: Date.now(),
      updatedTime: Date.now(),
      revision: 1,
    };
    await this.#manager.container.get(TOKENS.roleStore).insert(role);
    return role;
  }

  /** Gives its id. */
  async exclusion(ownerId: string, sourceId: string): Promise<string> {
    const id = this.#newId();
    const target = { targetId: '00000000-2222-4333-8444-555555555555', targetName: 'default/web-0' };
    const exclusion = { id, kind: 'pod', sourceId, ownerId, createdTime: Date.now(), ...target } as const;
    await this.#manager.container.get(TOKENS.exclusionStore).add([exclusion]);
    return id;
  }

  newName(): string {
    return `thing-${++this.#made}`;
  }

  #newId(): string {
    return this.#manager.container.get(TOKENS.ids).newId();
  }
}
