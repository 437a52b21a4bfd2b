import type { Container } from 'inversify';
import type { ManagerConfig } from '../../config/manager-config.js';
import type { Component } from '../../shared/lifecycle/component.js';
import { periodic } from '../../shared/lifecycle/periodic.js';
import { TOKENS } from './tokens.js';

const SIGN_IN_ROUND_MS = 60_000;
const SIGNING_KEY_ROUND_MS = 60_000;
const REFUSAL_ROUND_MS = 10_000;
/** What an attacker could cut off the log unseen is no more than this (docs/adr/0019). */
const AUDIT_HEAD_ROUND_MS = 10 * 60_000;
/** A pod that is gone from two lists so far apart is gone for good (docs/adr/0020). */
const EXCLUSION_ROUND_MS = 30_000;
const KEPT_ANSWER_ROUND_MS = 10 * 60_000;

/** What is looked at again and again once everything runs. */
export function lateRounds(container: Container, config: ManagerConfig): Component[] {
  const logger = container.get(TOKENS.logger);
  return [
    periodic({
      name: 'sweep',
      intervalMs: config.delivery.sweep_interval_sec * 1_000,
      clock: container.get(TOKENS.clock),
      round: (signal) => container.get(TOKENS.fleet).sweep(signal),
      onError: (reason) => logger.error({ reason }, 'sweep failed'),
    }),
    periodic({
      name: 'audit head',
      intervalMs: AUDIT_HEAD_ROUND_MS,
      clock: container.get(TOKENS.clock),
      round: () => container.get(TOKENS.chainedAuditTrail).tellHead(),
      onError: (reason) => logger.error({ reason }, 'end of the audit log not told'),
    }),
    periodic({
      name: 'exclusions',
      intervalMs: EXCLUSION_ROUND_MS,
      clock: container.get(TOKENS.clock),
      round: () => container.get(TOKENS.exclusionKeeper).round(),
      onError: (reason) => logger.error({ reason }, 'exclusions of what is gone not removed'),
    }),
    periodic({
      name: 'kept answers',
      intervalMs: KEPT_ANSWER_ROUND_MS,
      clock: container.get(TOKENS.clock),
      round: () => container.get(TOKENS.keptAnswers).sweep(),
      onError: (reason) => logger.error({ reason }, 'answers that are too old not removed'),
    }),
  ];
}

/** What signing in leaves to be done later. */
export function signInRounds(container: Container): Component {
  const logger = container.get(TOKENS.logger);
  const refused = container.get(TOKENS.refusedSignIns);
  const sessions = container.get(TOKENS.sessionService);
  const rounds = periodic({
    name: 'sign-ins',
    intervalMs: SIGN_IN_ROUND_MS,
    clock: container.get(TOKENS.clock),
    round: async () => {
      await refused.flush();
      await sessions.sweep();
    },
    onError: (reason) => logger.warn({ reason }, 'what signing in left to be done waits'),
  });
  return {
    name: rounds.name,
    start: rounds.start,
    stop: async (signal) => {
      await rounds.stop(signal);
      await refused.flush(true);
    },
  };
}

/** A key signs and ends by its times alone; what is left to do can wait for the next round. */
export function signingKeyRounds(container: Container): Component {
  const logger = container.get(TOKENS.logger);
  return periodic({
    name: 'signing keys',
    intervalMs: SIGNING_KEY_ROUND_MS,
    clock: container.get(TOKENS.clock),
    round: () => container.get(TOKENS.keyService).keepUp(),
    onError: (reason) => logger.error({ reason }, 'the signing keys could not be kept up'),
  });
}

/** Counts of refused attempts, entered when their minute is over and when the manager ends. */
export function refusalCounts(container: Container): Component {
  const refusals = container.get(TOKENS.refusalRecorder);
  const logger = container.get(TOKENS.logger);
  const minutes = periodic({
    name: 'refused attempts',
    intervalMs: REFUSAL_ROUND_MS,
    clock: container.get(TOKENS.clock),
    round: () => refusals.endMinutes(),
    onError: (reason) => logger.error({ reason }, 'refused attempts not counted'),
  });
  return {
    ...minutes,
    stop: async (signal) => {
      await minutes.stop(signal);
      refusals.endAll();
    },
  };
}
