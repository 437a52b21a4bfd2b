import { describe, expect, it } from 'vitest';
import { type Open, openedStores } from './opened-stores.js';
import { changeUntilDone } from './racing.js';
import { ANN, aNodePolicy, BOB, HARD_TEXTS, idOf } from './values.js';

export function nodePolicyStoreContract(open: Open): void {
  describe('node policies', () => {
    const stores = openedStores(open);

    it('are given back as they were, oldest first, all or of one owner', async () => {
      const young = aNodePolicy({ id: idOf('a'), createdTime: 30 });
      const old = aNodePolicy({ id: idOf('c'), createdTime: 10 });
      const other = aNodePolicy({ id: idOf('b'), createdTime: 10, ownerId: BOB });
      for (const policy of [young, old, other]) await stores().nodePolicies.insert(policy);

      expect(await stores().nodePolicies.get(young.id)).toEqual(young);
      expect(await stores().nodePolicies.all()).toEqual([other, old, young]);
      expect(await stores().nodePolicies.ownedBy(ANN)).toEqual([old, young]);
      await expect(stores().nodePolicies.insert(old)).rejects.toMatchObject({ code: 'conflict' });
    });

    it('are replaced only at the expected revision, and deleted once', async () => {
      const policy = aNodePolicy();
      await stores().nodePolicies.insert(policy);
      const changed = { ...policy, revision: 2, spec: { ...policy.spec, nodeNames: [], nodeSelectors: [] } };

      expect(await stores().nodePolicies.replace(changed, 1)).toBe(true);
      expect(await stores().nodePolicies.replace(policy, 1)).toBe(false);
      expect(await stores().nodePolicies.get(policy.id)).toEqual(changed);
      expect(await stores().nodePolicies.delete(policy.id)).toBe(true);
      expect(await stores().nodePolicies.delete(policy.id)).toBe(false);
    });

    it('lose no update of racing writers', async () => {
      const policy = aNodePolicy();
      await stores().nodePolicies.insert({ ...policy, spec: { ...policy.spec, nodeNames: [] } });
      const add = (name: string) =>
        changeUntilDone(
          () => stores().nodePolicies.get(policy.id),
          (value, revision) => stores().nodePolicies.replace(value, revision),
          (value) => ({ ...value, spec: { ...value.spec, nodeNames: [...value.spec.nodeNames, name] } }),
        );
      const names = Array.from({ length: 50 }, (_, index) => `node-${index}`);

      await Promise.all(names.map(add));

      const kept = await stores().nodePolicies.get(policy.id);
      expect(kept?.spec.nodeNames.toSorted()).toEqual(names.toSorted());
    });

    it('keep any text as it is', async () => {
      const spec = { ...aNodePolicy().spec, nodeNames: HARD_TEXTS, commandRegex: '\u0000$' };
      await stores().nodePolicies.insert(aNodePolicy({ spec }));

      expect((await stores().nodePolicies.get(aNodePolicy().id))?.spec).toEqual(spec);
    });
  });
}
