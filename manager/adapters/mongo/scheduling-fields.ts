import {
  DEFAULT_PRIORITY,
  LONGEST_SLICE_NS,
  SHORTEST_SLICE_NS,
  STRONGEST_PRIORITY,
  WEAKEST_PRIORITY,
} from '../../../shared/domain/scheduling-values.js';
import { integer } from './document-fields.js';

/** The first implementation checked no range (contract 1.7), the agents do: what is outside counts as the limit. */
export function priorityOf(value: unknown): number {
  return Math.min(Math.max(integer(value, DEFAULT_PRIORITY), STRONGEST_PRIORITY), WEAKEST_PRIORITY);
}

/** Nanoseconds; 0 = default slice. */
export function executionTimeOf(value: unknown): number {
  const nanoseconds = integer(value, 0);
  if (nanoseconds <= 0) return 0;
  return Math.min(Math.max(nanoseconds, SHORTEST_SLICE_NS), LONGEST_SLICE_NS);
}
