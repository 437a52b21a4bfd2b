import { orNone, orUnknown, since } from '../cells.js';
import type { Kind } from '../kind.js';
import { objectMetaFaults, SUBDOMAIN_NAME } from '../object-meta-rules.js';
import { PLAIN_KIND } from '../plain-kind.js';
import { AGE_COLUMN, column, NAME_COLUMN, wideColumn } from '../table-columns.js';
import type { Node } from './node.js';
import { nodeStatusFaults, nodeUpdateFaults, taintFaults } from './node-validation.js';

const ROLE_LABEL_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

/** Nodes: what kubelets register and report on. */
export const NODE_KIND: Kind<Node> = {
  ...PLAIN_KIND,
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  subresources: [{ name: 'status', kind: 'Node', verbs: ['get', 'patch', 'update'] }],
  columns: [
    NAME_COLUMN,
    column('Status', 'Whether the node is ready, and whether pods may be placed there.'),
    column('Roles', "The node's roles, from its labels."),
    AGE_COLUMN,
    column('Version', 'Version of the kubelet.'),
    wideColumn('Internal-IP', 'Address within the cluster.'),
    wideColumn('External-IP', 'Address outside the cluster.'),
    wideColumn('OS-Image', 'Operating system.'),
    wideColumn('Kernel-Version', 'Version of the kernel.'),
    wideColumn('Container-Runtime', 'What runs the containers, and its version.'),
  ],
  row: (node, nowMs) => ({ cells: cells(node, nowMs) }),
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  defaults: (node) => withAllocatable(withPodCidrs(node)),
  prepareForUpdate: (next, current) => ({ ...next, status: current.status }),
  prepareForStatusUpdate: (next, current) => ({ ...next, spec: current.spec }),
  validate: (node) => [
    ...objectMetaFaults(node.metadata, SUBDOMAIN_NAME),
    ...taintFaults(node.spec.taints ?? []),
    ...nodeStatusFaults(node),
  ],
  validateUpdate: (next, current) => [
    ...objectMetaFaults(next.metadata, SUBDOMAIN_NAME),
    ...taintFaults(next.spec.taints ?? []),
    ...nodeUpdateFaults(next, current),
  ],
  validateStatusUpdate: (next) => nodeStatusFaults(next),
};

/** `podCIDR` is the first of `podCIDRs`; either may be given alone, and where they differ it has the say. */
function withPodCidrs(node: Node): Node {
  const { podCIDR, podCIDRs } = node.spec;
  if (podCIDR !== undefined && podCIDRs?.[0] !== podCIDR) {
    return { ...node, spec: { ...node.spec, podCIDRs: [podCIDR] } };
  }
  const first = podCIDRs?.[0];
  return podCIDR === undefined && first !== undefined
    ? { ...node, spec: { ...node.spec, podCIDR: first } }
    : node;
}

/** What pods may use is all there is, unless the kubelet keeps something back. */
function withAllocatable(node: Node): Node {
  const { capacity, allocatable } = node.status;
  if (capacity === undefined || allocatable !== undefined) return node;
  return { ...node, status: { ...node.status, allocatable: capacity } };
}

function cells(node: Node, nowMs: number) {
  const { metadata, status } = node;
  const { kubeletVersion, osImage, kernelVersion, containerRuntimeVersion } = status.nodeInfo;
  return [
    metadata.name ?? '',
    statusText(node),
    orNone(roles(metadata.labels ?? {}).join(',')),
    since(metadata.creationTimestamp, nowMs),
    kubeletVersion,
    orNone(address(node, 'InternalIP')),
    orNone(address(node, 'ExternalIP')),
    orUnknown(osImage),
    orUnknown(kernelVersion),
    orUnknown(containerRuntimeVersion),
  ];
}

function statusText({ spec, status }: Node): string {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const readiness = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec.unschedulable ? `${readiness},SchedulingDisabled` : readiness;
}

function roles(labels: Readonly<Record<string, string>>): readonly string[] {
  const named = Object.keys(labels)
    .filter((key) => key.startsWith(ROLE_LABEL_PREFIX))
    .map((key) => key.slice(ROLE_LABEL_PREFIX.length));
  return [...new Set([...named, labels[ROLE_LABEL] ?? ''])].filter((role) => role !== '').sort();
}

function address({ status }: Node, type: string): string | undefined {
  return status.addresses?.find((candidate) => candidate.type === type)?.address;
}
