import type { NodePolicy } from '../../domain/node-policy.js';
import { COLLECTIONS } from './collections.js';
import {
  type DocumentMapping,
  type Fields,
  idOf,
  revisionOf,
  type StoredDocument,
} from './document-collection.js';
import { hexId, int64, integer, objectId, text, texts } from './document-fields.js';
import { labelRequirements } from './label-requirements.js';
import { executionTimeOf, priorityOf } from './scheduling-fields.js';

export const NODE_POLICY_DOCUMENT: DocumentMapping<NodePolicy> = {
  collection: COLLECTIONS.nodePolicies,
  taken: 'a node policy of this id exists already',
  toFields,
  fromDocument,
};

function toFields({ ownerId, spec, createdTime, updatedTime }: NodePolicy): Fields {
  return {
    ...spec,
    nodeSelectors: spec.nodeSelectors.map(({ key, operator, values }) => ({ key, operator, values })),
    executionTime: int64(spec.executionTime),
    creatorID: objectId(ownerId),
    createdTime: int64(createdTime),
    updatedTime: int64(updatedTime),
  };
}

function fromDocument(document: StoredDocument): NodePolicy {
  return {
    id: idOf(document),
    ownerId: hexId(document.creatorID),
    spec: {
      nodeSelectors: labelRequirements(document.nodeSelectors),
      nodeNames: texts(document.nodeNames),
      commandRegex: text(document.commandRegex),
      priority: priorityOf(document.priority),
      executionTime: executionTimeOf(document.executionTime),
    },
    createdTime: integer(document.createdTime, 0),
    updatedTime: integer(document.updatedTime, 0),
    revision: revisionOf(document),
  };
}
