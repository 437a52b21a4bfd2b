import type { NodePolicy } from '../../domain/node-policy.js';
import type { NodePolicyStore } from '../../ports/node-policy-store.js';
import { DocumentCollection } from './document-collection.js';
import { objectIdIfAny } from './document-fields.js';
import type { MongoConnection } from './mongo-connection.js';
import { NODE_POLICY_DOCUMENT } from './node-policy-document.js';

export class MongoNodePolicyStore implements NodePolicyStore {
  readonly #policies: DocumentCollection<NodePolicy>;

  constructor(connection: MongoConnection) {
    this.#policies = new DocumentCollection(connection, NODE_POLICY_DOCUMENT);
  }

  all(): Promise<readonly NodePolicy[]> {
    return this.#policies.find();
  }

  async ownedBy(ownerId: string): Promise<readonly NodePolicy[]> {
    const creatorID = objectIdIfAny(ownerId);
    return creatorID === undefined ? [] : this.#policies.find({ creatorID });
  }

  get(id: string): Promise<NodePolicy | undefined> {
    return this.#policies.get(id);
  }

  insert(policy: NodePolicy): Promise<void> {
    return this.#policies.insert(policy);
  }

  replace(policy: NodePolicy, expectedRevision: number): Promise<boolean> {
    return this.#policies.replace(policy, expectedRevision);
  }

  delete(id: string): Promise<boolean> {
    return this.#policies.deleteOne(id);
  }
}
