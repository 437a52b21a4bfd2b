import type { Kind } from '../kinds/kind.js';
import type { KubernetesObject } from '../objects/kubernetes-object.js';
import { formatTime } from '../objects/timestamps.js';

/** Whether an object that is being deleted has nothing more to wait for. */
export function isReadyToGo(kind: Kind, object: KubernetesObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined || finalizers.length > 0 || kind.hasContents(object)) return false;
  return kind.graceSeconds === undefined || deletionGracePeriodSeconds === 0;
}

/**
 * The object with a wish for its deletion noted: when it will be over, and what that leaves it. A second wish can
 * only shorten the time. Gives back the same object when the wish changes nothing.
 */
export function withDeletionNoted(
  kind: Kind,
  object: KubernetesObject,
  askedSec: number | undefined,
  nowMs: number,
): KubernetesObject {
  const { deletionTimestamp, deletionGracePeriodSeconds: pendingSec = 0, generation } = object.metadata;
  const graceSec = kind.graceSeconds?.(object, askedSec) ?? 0;
  if (deletionTimestamp === undefined) {
    const marked = kind.markDeleted(object);
    const metadata = {
      ...marked.metadata,
      ...(generation === undefined ? {} : { generation: generation + 1 }),
      deletionTimestamp: formatTime(nowMs + graceSec * 1000),
      ...(kind.hasContents(object) ? {} : { deletionGracePeriodSeconds: graceSec }),
    };
    return { ...marked, metadata };
  }
  if (askedSec === undefined || graceSec >= pendingSec) return object;
  const sooner = Date.parse(deletionTimestamp) - (pendingSec - graceSec) * 1000;
  const metadata = {
    ...object.metadata,
    deletionTimestamp: formatTime(sooner),
    deletionGracePeriodSeconds: graceSec,
  };
  return { ...object, metadata };
}
