import type { LogFields } from '../../../shared/observability/logger.js';
import type { ProcessSnapshot } from '../../domain/pod-process.js';
import type { EngineInput, EngineReport } from '../../ports/decision-engine.js';

/** From the program to the engine's thread, taken in order. */
export type EngineRequest =
  | { readonly kind: 'use'; readonly input: EngineInput }
  | { readonly kind: 'refresh'; readonly id: number }
  | { readonly kind: 'polled'; readonly etag: string }
  | { readonly kind: 'processes'; readonly id: number }
  | { readonly kind: 'stop' };

/** From the engine's thread to the program, in order: whatever a refresh came to is reported before its end. */
export type EngineMessage =
  | { readonly kind: 'report'; readonly report: EngineReport }
  | { readonly kind: 'refreshed'; readonly id: number }
  | { readonly kind: 'processes'; readonly id: number; readonly snapshot: ProcessSnapshot }
  | { readonly kind: 'no processes'; readonly id: number; readonly reason: string }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly fields: LogFields;
      readonly text: string;
    };
