import type { CompiledIntent, KnownIntentSet } from './intent-set.js';
import type { PodProcess, ProcessInterest } from './pod-process.js';

/** The intent that decides about a process: the strongest that matches it (shared/domain/precedence.ts). */
export function winnerFor(set: KnownIntentSet, process: PodProcess): CompiledIntent | undefined {
  return set.byPod.get(process.podUid)?.find((candidate) => matches(candidate, process));
}

function matches({ intent, pattern, containerIds }: CompiledIntent, process: PodProcess): boolean {
  if (containerIds !== undefined && !containerIds.has(process.containerId ?? '')) return false;
  if (intent.commandRegex === '') return true;
  const text = targetText(intent.commandTarget, process);
  return text !== undefined && pattern.matches(text);
}

function targetText(
  target: CompiledIntent['intent']['commandTarget'],
  process: PodProcess,
): string | undefined {
  switch (target) {
    case 'comm':
      return process.comm;
    case 'cmdline':
      return process.commandLine;
    case 'exe':
      return process.executable;
  }
}

/** What a set needs to be read before it can be decided on. */
export function interestOf(set: KnownIntentSet): ProcessInterest {
  const podsWhere = (holds: (compiled: CompiledIntent) => boolean) =>
    new Set([...set.byPod].filter(([, intents]) => intents.some(holds)).map(([podUid]) => podUid));
  const commandLines = podsWhere(({ intent }) => intent.commandTarget === 'cmdline');
  const executables = podsWhere(({ intent }) => intent.commandTarget === 'exe');
  const threads = podsWhere(({ intent }) => intent.threads);
  return {
    inPod: (podUid) => set.byPod.has(podUid),
    inCommandLines: (podUid) => commandLines.has(podUid),
    inExecutables: (podUid) => executables.has(podUid),
    inThreads: (process) => threads.has(process.podUid) && winnerFor(set, process)?.intent.threads === true,
  };
}
