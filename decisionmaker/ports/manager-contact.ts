/** Whether any manager still stands behind what managers asked for. */
export interface ManagerContact {
  /** True when managers have been silent for longer than the operator allows: no boost counts any more. */
  isLost(): boolean;
  /** A manager said something. */
  heard(): void;
}

/** Where the time of managers' last word outlives the process. */
export interface ManagerWordStore {
  /** Unix milliseconds; undefined when none was saved, or what was saved cannot be read. */
  load(): Promise<number | undefined>;
  save(wordAtMs: number): Promise<void>;
}
