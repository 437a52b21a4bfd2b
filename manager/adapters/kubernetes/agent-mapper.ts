import type { AgentEndpoint } from '../../domain/cluster.js';
import type { RawPod } from './pod-mapper.js';

/** Where decision makers are looked for (DESIGN 4): one namespace only, or anybody who may make a pod could be one. */
export interface AgentSelector {
  readonly namespace: string;
  readonly label: { readonly key: string; readonly value: string };
  /** `https` where mutual TLS is on. */
  readonly scheme: 'http' | 'https';
}

/** The public label of decision makers (contract 4.6). */
export const AGENT_LABEL = { key: 'app', value: 'decisionmaker' } as const;

export interface AgentCandidate extends AgentEndpoint {
  readonly ready: boolean;
  /** RFC 3339; newer pods win when a roll-out leaves two ready on a node for a moment. */
  readonly createdAt: string;
}

/** A pod as a decision maker, or undefined when it is none or cannot be reached yet. */
export function toAgentCandidate(
  raw: RawPod,
  { namespace, label, scheme }: AgentSelector,
): AgentCandidate | undefined {
  const { metadata, spec, status } = raw;
  if (metadata.namespace !== namespace || metadata.labels?.[label.key] !== label.value) return undefined;
  const port = agentPort(raw);
  if (!spec?.nodeName || !status?.podIP || port === undefined) return undefined;
  const host = status.podIP.includes(':') ? `[${status.podIP}]` : status.podIP;
  const isReady = status.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True');
  return {
    nodeName: spec.nodeName,
    origin: `${scheme}://${host}:${port}`,
    podUid: metadata.uid,
    ready: isReady === true && metadata.deletionTimestamp === undefined,
    createdAt: metadata.creationTimestamp ?? '',
  };
}

/** At most one a node: of those that are ready the newest, then the smaller uid. */
export function chooseAgents(candidates: Iterable<AgentCandidate>): ReadonlyMap<string, AgentEndpoint> {
  const chosen = new Map<string, AgentCandidate>();
  for (const candidate of candidates) {
    if (!candidate.ready) continue;
    const known = chosen.get(candidate.nodeName);
    if (known === undefined || isPreferred(candidate, known)) chosen.set(candidate.nodeName, candidate);
  }
  return chosen;
}

function isPreferred(a: AgentCandidate, b: AgentCandidate): boolean {
  if (a.createdAt !== b.createdAt) return a.createdAt > b.createdAt;
  return a.podUid < b.podUid;
}

const API_PORT_NAMES: ReadonlySet<string> = new Set(['http', 'api', 'sidecar', 'dm', 'decisionmaker']);
const METRICS_PORT_NAMES: ReadonlySet<string> = new Set(['monitor-metrics', 'metrics', 'prometheus']);

/** The public order of choice (contract 4.6): a port with a known name, else one not for metrics, else the first. */
function agentPort({ spec }: RawPod): number | undefined {
  const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const chosen =
    ports.find(({ name }) => name !== undefined && API_PORT_NAMES.has(name)) ??
    ports.find(({ name }) => name === undefined || !METRICS_PORT_NAMES.has(name)) ??
    ports[0];
  return chosen?.containerPort;
}
