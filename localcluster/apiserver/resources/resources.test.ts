import { describe, expect, it } from 'vitest';
import { EVENT_KIND } from '../kinds/event/event-kind.js';
import { NAMESPACE_KIND } from '../kinds/namespace/namespace-kind.js';
import { NODE_KIND } from '../kinds/node/node-kind.js';
import { POD_KIND } from '../kinds/pod/pod-kind.js';
import type { JsonObject } from '../objects/json.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { ObjectStore } from '../store/object-store.js';
import { type ClusterState, collectionOf } from './cluster-state.js';
import { createObject } from './create-object.js';
import { decodeObject } from './decode-object.js';
import { createDefaultNamespaces } from './default-namespaces.js';
import { deleteObject } from './delete-object.js';
import { EVENT_LIFETIME_MS, expireEvents } from './event-expiry.js';
import { finalizeNamespaces } from './namespace-finalizer.js';
import { patchObject } from './patch-document.js';
import { replaceObject, updateObject } from './update-object.js';

const START_MS = Date.parse('2026-01-01T00:00:00Z');

interface TestCluster extends ClusterState {
  nowMs: number;
}

function aCluster(suffixes: readonly string[] = []): TestCluster {
  const left = [...suffixes];
  let uids = 0;
  const cluster: TestCluster = {
    nowMs: START_MS,
    store: new ObjectStore({ firstRevision: 100, historyLimit: 1000 }),
    now: () => cluster.nowMs,
    newUid: () => `uid-${++uids}`,
    nameSuffix: () => left.shift() ?? 'zzzzz',
  };
  createDefaultNamespaces(cluster);
  return cluster;
}

function pod(document: JsonObject = {}): KubernetesObject {
  const metadata = { name: 'web', ...(document.metadata as JsonObject) };
  const spec = { containers: [{ name: 'main', image: 'busybox:1' }], ...(document.spec as JsonObject) };
  return decodeObject(POD_KIND, { ...document, metadata, spec }, 'Ignore').object;
}

function createPod(cluster: ClusterState, document: JsonObject = {}): KubernetesObject {
  return createObject(cluster, {
    kind: POD_KIND,
    namespace: 'default',
    object: pod(document),
    dryRun: false,
  });
}

const WEB = { kind: POD_KIND, namespace: 'default', name: 'web' };

describe('createObject', () => {
  it('decides what clients may not, whatever they send', () => {
    const created = createPod(aCluster(), {
      metadata: {
        uid: 'mine',
        generation: 7,
        creationTimestamp: '2000-01-01T00:00:00Z',
        deletionTimestamp: '2000-01-01T00:00:00Z',
        managedFields: [{ manager: 'x' }],
      },
      status: { phase: 'Running' },
    });

    expect(created.metadata).toEqual({
      name: 'web',
      namespace: 'default',
      uid: 'uid-5',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      resourceVersion: '105',
    });
    expect(created.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  it('finds a free name for a prefix', () => {
    const cluster = aCluster(['aaaaa', 'aaaaa', 'bbbbb']);
    const generated = { metadata: { name: null, generateName: 'web-' } };

    const names = [createPod(cluster, generated), createPod(cluster, generated)].map(
      ({ metadata }) => metadata.name,
    );

    expect(names).toEqual(['web-aaaaa', 'web-bbbbb']);
  });

  it('refuses a version, another namespace, and a name that is taken', () => {
    const cluster = aCluster();
    createPod(cluster);

    expect(() => createPod(cluster)).toThrow('pods "web" already exists');
    expect(() => createPod(cluster, { metadata: { name: 'b', resourceVersion: '5' } })).toThrow(
      'should not be set',
    );
    expect(() => createPod(cluster, { metadata: { namespace: 'other' } })).toThrow(
      'does not match the namespace',
    );
  });
});

describe('updateObject', () => {
  it('counts changes of the specification, and only those', () => {
    const cluster = aCluster();
    createPod(cluster);
    const patch = (document: JsonObject) =>
      updateObject(cluster, {
        ...WEB,
        subresource: '',
        dryRun: false,
        change: (current) =>
          patchObject(
            {
              kind: POD_KIND,
              mediaType: 'application/merge-patch+json',
              patch: document,
              validation: 'Strict',
            },
            current,
          ).object,
      }).metadata.generation;

    expect(patch({ metadata: { labels: { a: 'b' } } })).toBe(1);
    expect(patch({ spec: { activeDeadlineSeconds: 60 } })).toBe(2);
  });

  it('refuses another object under the same name', () => {
    const cluster = aCluster();
    createPod(cluster);
    const replace = (metadata: JsonObject) => () =>
      replaceObject(cluster, { ...WEB, subresource: '', object: pod({ metadata }), dryRun: false });

    expect(replace({ uid: 'other' })).toThrow('UID in precondition: other');
    expect(replace({ name: 'other' })).toThrow(
      'the name of the object (other) does not match the name on the URL',
    );
    expect(replace({ resourceVersion: '1' })).toThrow('the object has been modified');
    expect(replace({ name: null })).toThrow('name must be provided');
  });
});

describe('deleteObject', () => {
  it('says when a bound pod will be gone', () => {
    const cluster = aCluster();
    createPod(cluster, { spec: { nodeName: 'n', terminationGracePeriodSeconds: 60 } });

    const { object, removed } = deleteObject(cluster, { ...WEB, dryRun: false });

    expect(removed).toBe(false);
    expect(object.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:01:00Z',
      deletionGracePeriodSeconds: 60,
      generation: 2,
    });
  });

  it('brings the end forward when asked for less, and never puts it off', () => {
    const cluster = aCluster();
    createPod(cluster, { spec: { nodeName: 'n' } });
    const endAfter = (graceSec?: number) =>
      deleteObject(cluster, { ...WEB, ...(graceSec === undefined ? {} : { graceSec }), dryRun: false }).object
        .metadata.deletionTimestamp;

    const ends = [endAfter(), endAfter(10), endAfter(), endAfter(60), endAfter(-1)];

    expect(ends.map((end) => end?.slice(17, 19))).toEqual(['30', '10', '10', '10', '01']);
  });

  it('waits for no kubelet when the containers have ended', () => {
    const cluster = aCluster();
    createPod(cluster, { spec: { nodeName: 'n' } });
    updateObject(cluster, {
      ...WEB,
      subresource: 'status',
      dryRun: false,
      change: (current) => ({ ...current, status: { ...current.status, phase: 'Succeeded' } }),
    });

    expect(deleteObject(cluster, { ...WEB, dryRun: false }).removed).toBe(true);
  });

  it('removes a node at once, in one step', () => {
    const cluster = aCluster();
    const object = decodeObject(NODE_KIND, { metadata: { name: 'n' } }, 'Ignore').object;
    createObject(cluster, { kind: NODE_KIND, namespace: '', object, dryRun: false });
    const changes: unknown[] = [];
    collectionOf(cluster, NODE_KIND).subscribe((change) => changes.push(change.current));

    deleteObject(cluster, { kind: NODE_KIND, namespace: '', name: 'n', dryRun: false });

    expect(changes).toEqual([undefined]);
  });
});

describe('finalizeNamespaces', () => {
  it('empties a namespace and removes it when nothing but its own finalizer was left', () => {
    const cluster = aCluster();
    const object = decodeObject(NAMESPACE_KIND, { metadata: { name: 'team' } }, 'Ignore').object;
    createObject(cluster, { kind: NAMESPACE_KIND, namespace: '', object, dryRun: false });
    createObject(cluster, { kind: POD_KIND, namespace: 'team', object: pod(), dryRun: false });
    const team = () => collectionOf(cluster, NAMESPACE_KIND).get('team')?.object;

    finalizeNamespaces(cluster);
    expect(team()).toBeDefined();
    deleteObject(cluster, { kind: NAMESPACE_KIND, namespace: '', name: 'team', dryRun: false });
    expect(team()?.status).toEqual({ phase: 'Terminating' });
    finalizeNamespaces(cluster);

    expect(team()).toBeUndefined();
    expect(collectionOf(cluster, POD_KIND).size).toBe(0);
  });

  it('leaves a namespace to whoever else holds it', () => {
    const cluster = aCluster();
    const metadata = { name: 'held', finalizers: ['example.com/hold'] };
    const object = decodeObject(NAMESPACE_KIND, { metadata }, 'Ignore').object;
    createObject(cluster, { kind: NAMESPACE_KIND, namespace: '', object, dryRun: false });
    const held = { kind: NAMESPACE_KIND, namespace: '', name: 'held' };

    deleteObject(cluster, { ...held, dryRun: false });
    finalizeNamespaces(cluster);
    expect(collectionOf(cluster, NAMESPACE_KIND).get('held')?.object.spec).toEqual({});
    updateObject(cluster, {
      ...held,
      subresource: '',
      dryRun: false,
      change: ({ metadata: { finalizers: _finalizers, ...others }, ...rest }) => ({
        ...rest,
        metadata: others,
      }),
    });

    expect(collectionOf(cluster, NAMESPACE_KIND).get('held')).toBeUndefined();
  });
});

describe('expireEvents', () => {
  it('removes events an hour after they happened last', () => {
    const cluster = aCluster();
    const events = collectionOf(cluster, EVENT_KIND);
    const createEvent = (name: string, lastTimestamp?: string) => {
      const document = { metadata: { name }, ...(lastTimestamp === undefined ? {} : { lastTimestamp }) };
      const { object } = decodeObject(EVENT_KIND, document, 'Ignore');
      createObject(cluster, { kind: EVENT_KIND, namespace: 'default', object, dryRun: false });
    };
    createEvent('once');
    createEvent('again', '2026-01-01T00:30:00Z');

    cluster.nowMs += EVENT_LIFETIME_MS + 1;
    expireEvents(cluster);

    expect(events.now().keys('')).toEqual(['default/again']);
  });
});
