/** The operators of a Kubernetes label selector requirement. */
export type LabelOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
export const LABEL_OPERATORS = [
  'In',
  'NotIn',
  'Exists',
  'DoesNotExist',
] as const satisfies readonly LabelOperator[];

/** One condition on a pod's labels. `values` is empty for Exists and DoesNotExist. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** The first requirement that the labels do not meet; undefined when all are met. */
export function unmetRequirement(
  requirements: readonly LabelRequirement[],
  labels: Readonly<Record<string, string>>,
): LabelRequirement | undefined {
  return requirements.find((requirement) => !meets(requirement, labels));
}

/** As Kubernetes has it, NotIn is also met by an object that lacks the key. */
function meets(requirement: LabelRequirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Why a text cannot be a label key, or undefined when it can: an optional DNS subdomain of at most 253
 * characters and a slash, then a name of at most 63 (Kubernetes, "Labels and Selectors", syntax).
 */
export function labelKeyFault(key: string): string | undefined {
  if (key === '') return 'must not be empty';
  const slash = key.indexOf('/');
  const prefix = slash === -1 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (prefix !== undefined && (prefix.length > 253 || !DNS_SUBDOMAIN.test(prefix))) {
    return `must have a DNS subdomain before the slash, found ${JSON.stringify(prefix)}`;
  }
  if (!NAME.test(name)) {
    return `must be 1 to 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit, found ${JSON.stringify(name)}`;
  }
  return undefined;
}

/** Why a text cannot be a label value, or undefined when it can. The empty value is allowed. */
export function labelValueFault(value: string): string | undefined {
  if (value === '' || NAME.test(value)) return undefined;
  return `must be empty or 1 to 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit, found ${JSON.stringify(value)}`;
}

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** Why a text cannot be a Kubernetes namespace (RFC 1123 label), or undefined when it can. */
export function namespaceFault(name: string): string | undefined {
  if (DNS_LABEL.test(name)) return undefined;
  return `must be a namespace name: 1 to 63 lower-case letters, digits or "-", found ${JSON.stringify(name)}`;
}

/** Why a text cannot be the name of a Kubernetes node (DNS subdomain of at most 253), or undefined when it can. */
export function nodeNameFault(name: string): string | undefined {
  if (name.length <= 253 && DNS_SUBDOMAIN.test(name)) return undefined;
  return `must be a node's name: 1 to 253 lower-case letters, digits, "-" or ".", found ${JSON.stringify(name)}`;
}
