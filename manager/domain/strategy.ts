import type { CommandTarget } from '../../shared/domain/intent.js';
import type { LabelRequirement } from '../../shared/domain/label-selector.js';

/** What a person asks for (DESIGN 3), checked and with every default filled in. */
export interface StrategySpec {
  readonly name: string;
  readonly description: string;
  /** Tenant tag that role policies are checked against. */
  readonly strategyNamespace: string;
  /** All must be met. */
  readonly labelSelectors: readonly LabelRequirement[];
  /** Empty = every namespace the owner may use. */
  readonly k8sNamespace: readonly string[];
  /** Empty = every process of the pod. */
  readonly commandRegex: string;
  readonly commandTarget: CommandTarget;
  /** Empty = every container. */
  readonly containerNames: readonly string[];
  /** 0..20, lower is stronger. */
  readonly priority: number;
  /** Nanoseconds; 0 = default slice. */
  readonly executionTime: number;
  /** Higher wins before priority is looked at. */
  readonly precedence: number;
  readonly threads: boolean;
  readonly enabled: boolean;
  /** Unix milliseconds. */
  readonly expiresAt: number | undefined;
  /** Said by whoever wants neither labels nor namespaces to narrow the match. */
  readonly allPods: boolean;
}

export interface Strategy {
  /** 24 hex. */
  readonly id: string;
  readonly ownerId: string;
  readonly spec: StrategySpec;
  /** Unix milliseconds. */
  readonly createdTime: number;
  readonly updatedTime: number;
  /** For optimistic concurrency; counts every change from 1. */
  readonly revision: number;
}
