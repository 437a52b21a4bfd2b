import type { Document } from 'mongodb';
import { compileCommandPattern } from '../../../shared/domain/command-pattern.js';
import type { CommandTarget } from '../../../shared/domain/intent.js';
import type { Strategy, StrategySpec } from '../../domain/strategy.js';
import { COLLECTIONS } from './collections.js';
import {
  type DocumentMapping,
  type Fields,
  idOf,
  revisionOf,
  type StoredDocument,
} from './document-collection.js';
import { flag, hexId, int64, integer, objectId, text, texts } from './document-fields.js';
import { labelRequirements } from './label-requirements.js';
import { executionTimeOf, priorityOf } from './scheduling-fields.js';

/** Contract 1.13, with the fields that are ours beside the public ones. */
export const STRATEGY_DOCUMENT: DocumentMapping<Strategy> = {
  collection: COLLECTIONS.strategies,
  taken: 'you have a strategy of this name already: choose another name',
  toFields,
  fromDocument,
};

const COMMAND_TARGETS: readonly CommandTarget[] = ['comm', 'cmdline', 'exe'];

function toFields({ ownerId, spec, createdTime, updatedTime }: Strategy): Fields {
  return {
    ...spec,
    labelSelectors: spec.labelSelectors.map(({ key, operator, values }) => ({ key, operator, values })),
    executionTime: int64(spec.executionTime),
    expiresAt: spec.expiresAt === undefined ? undefined : int64(spec.expiresAt),
    // One field for the unique index: with two, strategies without a name would be each other's double.
    nameKey: spec.name === '' ? undefined : `${ownerId}:${spec.name}`,
    creatorID: objectId(ownerId),
    createdTime: int64(createdTime),
    updatedTime: int64(updatedTime),
  };
}

function fromDocument(document: StoredDocument): Strategy {
  return {
    id: idOf(document),
    ownerId: hexId(document.creatorID),
    spec: specOf(document),
    createdTime: integer(document.createdTime, 0),
    updatedTime: integer(document.updatedTime, 0),
    revision: revisionOf(document),
  };
}

function specOf(document: Document): StrategySpec {
  const labelSelectors = labelRequirements(document.labelSelectors);
  const k8sNamespace = texts(document.k8sNamespace);
  const commandRegex = text(document.commandRegex);
  return {
    name: text(document.name),
    description: text(document.description),
    strategyNamespace: text(document.strategyNamespace),
    labelSelectors,
    k8sNamespace,
    commandRegex,
    commandTarget: COMMAND_TARGETS.find((target) => target === document.commandTarget) ?? 'comm',
    containerNames: texts(document.containerNames),
    priority: priorityOf(document.priority),
    executionTime: executionTimeOf(document.executionTime),
    precedence: integer(document.precedence, 0),
    threads: flag(document.threads, false),
    enabled: flag(document.enabled, isUsable(document, commandRegex)),
    expiresAt: document.expiresAt === undefined ? undefined : integer(document.expiresAt, 0),
    // To the first implementation, neither labels nor namespaces meant every pod.
    allPods: flag(document.allPods, labelSelectors.length === 0 && k8sNamespace.length === 0),
  };
}

/** The first implementation kept any regex; one that does not compile would have a node's whole set refused. */
function isUsable(document: Document, commandRegex: string): boolean {
  return document.revision !== undefined || compileCommandPattern(commandRegex).ok;
}
