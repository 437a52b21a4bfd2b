export interface ApplyFlags {
  readonly file: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export interface DiffFlags {
  readonly file: readonly string[];
  readonly exitCode?: boolean;
}
