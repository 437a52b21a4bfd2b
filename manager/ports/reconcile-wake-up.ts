/** All that a use case may do to the control loop: ask it to look again. Cheap, never waits, merges requests. */
export interface ReconcileWakeUp {
  request(): void;
}
