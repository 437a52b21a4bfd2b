import { type LabelOperator, unmetRequirement } from '../../shared/domain/label-selector.js';
import type { NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '../client/objects.js';

interface SelectableNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Whether a node carries what the pod's nodeSelector and required node affinity ask for. Terms of the affinity
 * are ORed, what is in a term is ANDed, and a term without anything matches no node (core/v1 NodeSelectorTerm).
 */
export function matchesNodeSelection(
  spec: Pick<PodSpec, 'nodeSelector' | 'affinity'>,
  node: SelectableNode,
): boolean {
  const selector = Object.entries(spec.nodeSelector ?? {});
  if (selector.some(([key, value]) => node.labels[key] !== value)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

function matchesTerm(term: NodeSelectorTerm, node: SelectableNode): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((requirement) => meets(requirement, node.labels)) &&
    fields.every((requirement) => meets(requirement, { 'metadata.name': node.name }))
  );
}

function meets(requirement: NodeSelectorRequirement, labels: Readonly<Record<string, string>>): boolean {
  const { key, operator, values = [] } = requirement;
  if (operator === 'Gt' || operator === 'Lt') return comparesAs(operator, labels[key], values[0]);
  return unmetRequirement([{ key, operator: operator as LabelOperator, values }], labels) === undefined;
}

function comparesAs(operator: 'Gt' | 'Lt', label: string | undefined, bound: string | undefined): boolean {
  const found = integer(label);
  const limit = integer(bound);
  if (found === undefined || limit === undefined) return false;
  return operator === 'Gt' ? found > limit : found < limit;
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
