import { textsOf } from '../client/answers.js';
import type { Column, Item } from './table.js';

/** How far a permission reaches; an empty list of globs is no limit. */
export const grantColumns: readonly Column[] = [
  { title: 'PERMISSION', of: 'permissionKey' },
  { title: 'ON', of: ({ self }) => (self === true ? 'own only' : 'everything') },
  { title: 'KUBERNETES NAMESPACES', of: (grant) => limited(grant, 'k8sNamespaces') },
  { title: 'POLICY NAMESPACES', of: (grant) => limited(grant, 'policyNamespaces') },
  { title: 'STRONGEST PRIORITY', of: 'strongestPriority' },
];

function limited(grant: Item, key: string): readonly string[] {
  const globs = textsOf(grant, key);
  return globs.length === 0 ? ['any'] : globs;
}
