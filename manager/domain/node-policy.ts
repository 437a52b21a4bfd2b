import type { LabelRequirement } from '../../shared/domain/label-selector.js';

/** A wish for every process of the chosen nodes whose command matches (contract 1.8), with every default filled in. */
export interface NodePolicySpec {
  /** All must be met by the node's labels. */
  readonly nodeSelectors: readonly LabelRequirement[];
  /** Empty = any name. With no selectors either, the policy matches nothing. */
  readonly nodeNames: readonly string[];
  /** RE2, unanchored; empty matches no process, unlike a strategy's. */
  readonly commandRegex: string;
  /** 0..20, lower is stronger. */
  readonly priority: number;
  /** Nanoseconds; 0 = default slice. */
  readonly executionTime: number;
}

export interface NodePolicy {
  /** 24 hex. */
  readonly id: string;
  readonly ownerId: string;
  readonly spec: NodePolicySpec;
  /** Unix milliseconds. */
  readonly createdTime: number;
  readonly updatedTime: number;
  /** For optimistic concurrency; counts every change from 1. */
  readonly revision: number;
}
