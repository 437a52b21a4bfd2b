import type { CommandPattern } from '../../shared/domain/command-pattern.js';
import type { CommandTarget } from '../../shared/domain/intent.js';
import type { DecisionRule, DecisionRules } from './decision-rules.js';
import type { PodProcess, ProcessInterest } from './pod-process.js';

/** Whether a pattern occurs in a text; may answer from memory. */
export type TextMatcher = (pattern: CommandPattern, text: string) => boolean;

/** Asks the pattern itself. */
export const matchByPattern: TextMatcher = (pattern, text) => pattern.matches(text);

/** The rule that decides about a process: the strongest that matches it (shared/domain/precedence.ts). */
export function winnerFor(
  rules: DecisionRules,
  process: PodProcess,
  isIn: TextMatcher,
): DecisionRule | undefined {
  const matching = (rule: DecisionRule) => matches(rule, process, isIn);
  const ofPod = rules.byPod.get(process.podUid)?.find(matching);
  const ofNode = rules.ofNode.find(matching);
  return ofPod !== undefined && (ofNode === undefined || ofPod.rank < ofNode.rank) ? ofPod : ofNode;
}

function matches({ pattern, target, containerIds }: DecisionRule, process: PodProcess, isIn: TextMatcher) {
  if (containerIds !== undefined && !containerIds.has(process.containerId ?? '')) return false;
  if (pattern === undefined) return true;
  const text = targetText(target, process);
  return text !== undefined && isIn(pattern, text);
}

function targetText(target: CommandTarget, process: PodProcess): string | undefined {
  switch (target) {
    case 'comm':
      return process.comm;
    case 'cmdline':
      return process.commandLine;
    case 'exe':
      return process.executable;
  }
}

/** What the rules need to be read before they can be decided on. */
export function interestOf(rules: DecisionRules, isIn: TextMatcher): ProcessInterest {
  const podsWhere = (holds: (rule: DecisionRule) => boolean) =>
    new Set([...rules.byPod].filter(([, ofPod]) => ofPod.some(holds)).map(([podUid]) => podUid));
  const commandLines = podsWhere(({ target }) => target === 'cmdline');
  const executables = podsWhere(({ target }) => target === 'exe');
  const threads = podsWhere((rule) => rule.threads);
  const isForWholeNode = rules.ofNode.length > 0;
  return {
    isForWholeNode,
    podOfContainer: (containerId) => rules.podOfContainer.get(containerId),
    inPod: (podUid) => isForWholeNode || rules.byPod.has(podUid),
    inCommandLines: (podUid) => commandLines.has(podUid),
    inExecutables: (podUid) => executables.has(podUid),
    inThreads: (process) => threads.has(process.podUid) && winnerFor(rules, process, isIn)?.threads === true,
  };
}
