import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { type Answer, jsonAnswer } from './answer.js';
import type { ResourceCall } from './resource-call.js';

/** Answers with one object in the form that was asked for. */
export function objectAnswer(
  { address, representation }: ResourceCall,
  status: number,
  object: KubernetesObject,
  warnings: readonly string[],
): Answer {
  return jsonAnswer(status, representation.object(address.kind, object), warnings);
}
