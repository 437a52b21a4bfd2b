import { describe, it } from 'vitest';
import type { KubernetesTools, MissingTools } from './tools.js';

/** `describe`, but skipped with the reason in its title and on the console where the tools are missing. */
export function describeKubernetes(
  title: string,
  found: KubernetesTools | MissingTools,
  body: (tools: KubernetesTools) => void,
): void {
  if (!('missing' in found)) return void describe(title, () => body(found));
  console.log(`skipped: ${title}: ${found.missing}`);
  describe.skip(`${title} (${found.missing})`, () => {
    it('needs the real Kubernetes servers', () => {});
  });
}
