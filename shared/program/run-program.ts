import { DomainError } from '../domain/domain-error.js';
import type { Component } from '../lifecycle/component.js';
import { endWithParent } from '../lifecycle/end-with-parent.js';
import { endOnSignals } from '../lifecycle/process-signals.js';
import { runComponents } from '../lifecycle/run-components.js';
import type { Logger } from '../observability/logger.js';

/** A program, wired and not yet started. */
export interface Program {
  readonly logger: Logger;
  /** In the order they start. */
  readonly components: readonly Component[];
  /** Also end when the program that started this one is gone. */
  readonly exitWithParent?: boolean;
}

const STOP_TIMEOUT_MS = 10_000;

/** How a program of the product is called (contract 4.3). */
export interface ProgramArguments {
  /** Name of the configuration file, without `.toml`; the program's own default when not given. */
  readonly configName?: string | undefined;
  /** Folder of the configuration file; the shipped one when not given. */
  readonly configFolder?: string | undefined;
  /** End when the program that started this one is gone. */
  readonly exitWithParent: boolean;
}

export interface RunProgramOptions {
  /** In front of what goes to standard error. */
  readonly name: string;
  /** Off for a program that must not end before what it started has; see endOnSignals. */
  readonly secondSignalEndsAtOnce?: boolean;
}

/**
 * Runs a program until a signal ends it; resolves with the exit code. What keeps it from starting, or breaks it
 * later, goes to standard error in words for people.
 */
export async function runProgram(
  { name, secondSignalEndsAtOnce = true }: RunProgramOptions,
  create: () => Promise<Program>,
): Promise<number> {
  const signals = endOnSignals({ secondEndsAtOnce: secondSignalEndsAtOnce });
  // Watched from the first moment: who the parent was cannot be asked once it is gone.
  const orphaned = endWithParent();
  try {
    const { logger, components, exitWithParent } = await create();
    const signal = exitWithParent === true ? AbortSignal.any([signals, orphaned]) : signals;
    await runComponents(components, signal, {
      stopTimeoutMs: STOP_TIMEOUT_MS,
      onReady: () => logger.info({}, 'started'),
      onEvent: ({ kind, ...fields }) => {
        if (kind === 'stop failed') logger.warn(fields, 'a part did not stop');
        else logger.debug({ kind, ...fields }, 'part changed');
      },
    });
    logger.info({ reason: String(signal.reason ?? '') }, 'stopped');
    return 0;
  } catch (error) {
    process.stderr.write(`${name}: ${textOf(error)}\n`);
    return 1;
  }
}

/** A refusal of ours reads as it is; anything else is a fault, and its stack helps to mend it. */
function textOf(error: unknown): string {
  if (error instanceof DomainError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
