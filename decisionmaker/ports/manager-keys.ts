import type { KeyObject } from 'node:crypto';

/** The public keys of the managers that this agent obeys. */
export interface ManagerKeys {
  /** The key of this id; undefined when no trusted manager has it. */
  keyFor(kid: string | undefined): KeyObject | undefined;
  /** Another number whenever the trusted keys are others than before. */
  revision(): number;
  /** Why no manager is trusted now; undefined when one is. */
  problem(): string | undefined;
}
