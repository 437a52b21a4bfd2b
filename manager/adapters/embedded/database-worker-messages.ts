import type { SqlOutcome, SqlStatement } from './sqlite-executor.js';

export interface WorkerSettings {
  readonly file: string;
}

export interface WorkerRequest {
  readonly id: number;
  readonly statement: SqlStatement;
}

export type WorkerMessage =
  | { readonly kind: 'open' }
  | { readonly kind: 'cannot open'; readonly reason: string }
  /** Sent after the commit that makes them durable. */
  | {
      readonly kind: 'outcomes';
      readonly outcomes: readonly { readonly id: number; readonly outcome: SqlOutcome }[];
    };
