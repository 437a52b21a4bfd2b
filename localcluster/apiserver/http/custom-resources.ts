import { type Answer, jsonAnswer } from './answer.js';
import type { ResourceRequest } from './request-info.js';

const NO_CUSTOM_RESOURCES = JSON.stringify({
  kind: 'CustomResourceDefinitionList',
  apiVersion: 'apiextensions.k8s.io/v1',
  metadata: { resourceVersion: '0' },
  items: [],
});

/**
 * The list of custom resources, which is empty. Its group is not served; but kubectl looks here for kinds that it
 * does not know, and without an answer it reports this very request instead of the kind that nobody knows.
 */
export function customResourcesAnswer({ verb, group, resource }: ResourceRequest): Answer | undefined {
  const isAsked =
    group === 'apiextensions.k8s.io' && resource === 'customresourcedefinitions' && verb === 'list';
  return isAsked ? jsonAnswer(200, NO_CUSTOM_RESOURCES) : undefined;
}
