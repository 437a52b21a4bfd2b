/**
 * A person took one intent away: this strategy leaves this pod alone (or this node policy this node) until the pod is
 * gone or the exclusion is lifted (DESIGN 3).
 */
export interface Exclusion {
  /** That of the intent: 24 hex. */
  readonly id: string;
  readonly kind: 'pod' | 'node';
  /** The strategy, or the node policy. */
  readonly sourceId: string;
  /** The pod's uid, or the node's name. */
  readonly targetId: string;
  /** For people: namespace/name of the pod, or the node's name. */
  readonly targetName: string;
  /** Of the strategy or policy. */
  readonly ownerId: string;
  /** Unix milliseconds. */
  readonly createdTime: number;
}
