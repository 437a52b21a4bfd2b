import { z } from '@hono/zod-openapi';
import { uint64 } from './wire-integer.js';

/** What a scheduler and a decision maker say to each other (contract parts 2.2, 2.4, 2.7 and 3). */

export const tokenRequest = z
  .object({
    public_key: z.string().default('').openapi({ description: 'SPKI PEM of the agent’s own RSA key' }),
    client_id: z.string().default(''),
    expired_at: z
      .custom<number | bigint>(
        (value) => typeof value === 'bigint' || Number.isInteger(value),
        'expected an integer',
      )
      .optional()
      .openapi({ type: 'integer', description: 'Accepted and ignored.' }),
  })
  .openapi('TokenRequest');

/** Old releases read the token at the top, newer ones in `data`: the answer carries both (contract 3.4). */
export const tokenAnswer = z
  .object({
    success: z.literal(true),
    message: z.string(),
    token: z.string(),
    data: z.object({
      token: z.string(),
      expired_at: z.int().openapi({ description: 'Unix seconds' }),
    }),
    timestamp: z.string(),
  })
  .openapi('TokenAnswer');

/**
 * One process. The scheduler's client drops a whole reply for one number that is not a plain integer, and keeps
 * the last of several items with one pid: each pid is listed once.
 */
export const schedulingItem = z
  .object({
    priority: z.union([z.int(), z.boolean()]).openapi({
      description: 'Lower is stronger. true for every item where priority_format is bool.',
    }),
    execution_time: z.int().min(1).openapi({ description: 'Time slice in nanoseconds' }),
    pid: z.int().min(1).optional(),
    selectors: z.array(z.object({ key: z.string(), value: z.string() })).optional(),
    command_regex: z.string().optional(),
  })
  .openapi('SchedulingItem');

export const schedulingAnswer = z
  .object({
    success: z.literal(true),
    message: z.string(),
    timestamp: z.string(),
    scheduling: z.array(schedulingItem),
  })
  .openapi('SchedulingStrategies');

/** The scheduler's counters, in the public spelling (contract 2.7). Missing fields count as 0. */
export const schedulerMetrics = z
  .object({
    usersched_last_run_at: uint64().default(0),
    nr_queued: uint64().default(0),
    nr_scheduled: uint64().default(0),
    nr_running: uint64().default(0),
    nr_online_cpus: uint64().default(0),
    nr_user_dispatches: uint64().default(0),
    nr_kernel_dispatches: uint64().default(0),
    nr_cancel_dispatches: uint64().default(0),
    nr_bounce_dispatches: uint64().default(0),
    nr_failed_dispatches: uint64().default(0),
    nr_sched_congested: uint64().default(0),
  })
  .openapi('MetricSet');

export type SchedulingItem = z.output<typeof schedulingItem>;
export type SchedulerMetrics = z.output<typeof schedulerMetrics>;
