import { type CgroupIdentity, identityInKnownPod } from '../../domain/cgroup-path.js';
import type { MemberInterest } from './pod-members.js';

/**
 * Decides whether the processes of a cgroup are members, and as what: those of a pod by the path, those of a
 * container whose path does not tell the pod by what the intents say about it.
 */
export class Membership {
  readonly #resolved = new WeakMap<CgroupIdentity, CgroupIdentity>();

  /** undefined = not a member. The same object each time while nothing else is known. */
  of(identity: CgroupIdentity, interest: MemberInterest): CgroupIdentity | undefined {
    if (identity.deleted) return undefined;
    if (identity.match) return identity;
    const podUid = identity.class === 'container-only' ? podOf(identity, interest) : undefined;
    if (podUid !== undefined) return this.#inKnownPod(identity, podUid);
    const isOfNoPod = identity.class === 'not-kubernetes' || identity.class === 'container-only';
    return interest.isForWholeNode && isOfNoPod ? identity : undefined;
  }

  #inKnownPod(identity: CgroupIdentity, podUid: string): CgroupIdentity {
    const before = this.#resolved.get(identity);
    if (before?.podUid === podUid) return before;
    const resolved = identityInKnownPod(identity, podUid);
    this.#resolved.set(identity, resolved);
    return resolved;
  }
}

function podOf({ containerId }: CgroupIdentity, interest: MemberInterest): string | undefined {
  return containerId === null ? undefined : interest.podOfContainer(containerId);
}
