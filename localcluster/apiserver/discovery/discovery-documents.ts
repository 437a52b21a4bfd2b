import { apiVersionOf, type Kind } from '../kinds/kind.js';

/** The groups that are served, the group without a name first, each with its kinds. All have one version. */
export interface ApiGroup {
  readonly name: string;
  readonly version: string;
  readonly kinds: readonly Kind[];
}

export function groupsOf(kinds: readonly Kind[]): readonly ApiGroup[] {
  const names = [...new Set(kinds.map(({ group }) => group))].sort();
  return names.map((name) => {
    const own = kinds.filter(({ group }) => group === name);
    return { name, version: own[0]?.version ?? 'v1', kinds: own };
  });
}

/** The answer at /api. */
export function apiVersions(serverAddress: string) {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** The answer at /apis. */
export function apiGroupList(groups: readonly ApiGroup[]) {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter(hasName).map(groupEntry) };
}

/** The answer at /apis/GROUP. */
export function apiGroup(group: ApiGroup) {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) };
}

function hasName({ name }: ApiGroup): boolean {
  return name !== '';
}

function groupEntry(group: ApiGroup) {
  const version = { groupVersion: groupVersionOf(group), version: group.version };
  return { name: group.name, versions: [version], preferredVersion: version };
}

function groupVersionOf({ name, version }: ApiGroup): string {
  return apiVersionOf({ group: name, version });
}

/** The answer at /api/v1 and /apis/GROUP/VERSION. */
export function apiResourceList(group: ApiGroup) {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersionOf(group),
    resources: group.kinds.flatMap((kind) => [resourceEntry(kind), ...subresourceEntries(kind)]),
  };
}

function resourceEntry(kind: Kind) {
  return {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
  };
}

function subresourceEntries(kind: Kind) {
  return kind.subresources.map(({ name, kind: answered, group, version, verbs }) => ({
    name: `${kind.plural}/${name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...(group === undefined ? {} : { group }),
    ...(version === undefined ? {} : { version }),
    kind: answered,
    verbs,
  }));
}

/** The answer at /api and /apis for clients that want everything at once (aggregated discovery). */
export function groupDiscoveryList(groups: readonly ApiGroup[], version: string) {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((group) => ({
      metadata: hasName(group) ? { name: group.name } : {},
      versions: [
        { version: group.version, resources: group.kinds.map(discoveredResource), freshness: 'Current' },
      ],
    })),
  };
}

function discoveredResource(kind: Kind) {
  return {
    resource: kind.plural,
    responseKind: { group: '', version: '', kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(kind.subresources.length === 0 ? {} : { subresources: kind.subresources.map(discoveredSubresource) }),
  };
}

function discoveredSubresource({
  name,
  kind,
  group = '',
  version = '',
  verbs,
}: Kind['subresources'][number]) {
  return { subresource: name, responseKind: { group, version, kind }, verbs };
}
