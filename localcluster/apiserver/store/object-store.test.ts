import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import type { Collection } from './collection.js';
import { ObjectStore } from './object-store.js';

function aStore(historyLimit = 100): ObjectStore {
  return new ObjectStore({ firstRevision: 1000, historyLimit });
}

function anObject(name: string, labels: Readonly<Record<string, string>> = {}): KubernetesObject {
  return { metadata: { name, labels } };
}

function contents(collection: Collection, revision: number): readonly string[] | undefined {
  const snapshot = collection.at(revision);
  return snapshot?.keys('').map((key) => `${key}@${snapshot.get(key)?.revision}`);
}

describe('ObjectStore', () => {
  it('counts the changes of all resources in one order', () => {
    const store = aStore();

    const pod = store.collection('pods').put('default/a', anObject('a'));
    const node = store.collection('nodes').put('n', anObject('n'));

    expect([pod.revision, node.revision, store.revision]).toEqual([1001, 1002, 1002]);
    expect(pod.object.metadata.resourceVersion).toBe('1001');
  });

  it('keeps keys in order and finds a namespace as one range', () => {
    const pods = aStore().collection('pods');
    for (const key of ['b/x', 'a/z', 'a-b/q', 'a/c', 'ab/d']) pods.put(key, anObject(key));

    expect(pods.now().keys('a/')).toEqual(['a/c', 'a/z']);
    expect(pods.now().keys('', 'a/c')).toEqual(['a/z', 'ab/d', 'b/x']);
    expect(pods.now().keys('a/', 'a/c')).toEqual(['a/z']);
  });

  it('shows the objects of any revision that history reaches back to', () => {
    const pods = aStore().collection('pods');
    pods.put('a', anObject('a'));
    pods.put('b', anObject('b'));
    pods.remove('a');
    pods.put('b', anObject('b', { new: 'yes' }));
    pods.put('c', anObject('c'));

    expect([1000, 1001, 1002, 1003, 1004, 1005].map((revision) => contents(pods, revision))).toEqual([
      [],
      ['a@1001'],
      ['a@1001', 'b@1002'],
      ['b@1002'],
      ['b@1004'],
      ['b@1004', 'c@1005'],
    ]);
  });

  it('forgets the oldest changes beyond the limit, and says so', () => {
    const pods = aStore(2).collection('pods');
    for (const name of ['a', 'b', 'c', 'd']) pods.put(name, anObject(name));

    expect(contents(pods, 1001)).toBeUndefined();
    expect(contents(pods, 1002)).toEqual(['a@1001', 'b@1002']);
    expect(pods.history.floor).toBe(1002);
  });

  it('forgets nothing of a quiet resource while another is busy', () => {
    const store = aStore(2);
    store.collection('nodes').put('n', anObject('n'));
    for (const name of ['a', 'b', 'c', 'd']) store.collection('pods').put(name, anObject(name));

    expect(contents(store.collection('nodes'), 1000)).toEqual([]);
  });

  it('tells a removal with the object as it was and the revision of the removal', () => {
    const pods = aStore().collection('pods');
    pods.put('a', anObject('a', { app: 'x' }));
    pods.remove('a');

    const position = pods.history.positionAfter(1001) ?? -1;
    const change = pods.history.at(position);

    expect(change?.current).toBeUndefined();
    expect(change?.departed?.object.metadata).toEqual({
      name: 'a',
      labels: { app: 'x' },
      resourceVersion: '1002',
    });
  });

  it('lets a reader that fell behind find out', () => {
    const pods = aStore(2).collection('pods');
    const position = pods.history.end;
    for (const name of ['a', 'b', 'c']) pods.put(name, anObject(name));

    expect(pods.history.reaches(position)).toBe(false);
    expect(pods.history.at(position)).toBeUndefined();
    expect(pods.history.reaches(pods.history.end)).toBe(true);
    expect(pods.history.at(pods.history.end)).toBeUndefined();
  });
});
