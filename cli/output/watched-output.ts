import { DomainError } from '../../shared/domain/domain-error.js';

/**
 * Notices when standard output cannot be written. A reader that has seen enough, such as `head`, closes the pipe: that
 * is no failure, and there is nobody left to tell anything.
 */
export function watchedOutput(): { written(): Promise<void> } {
  let failure: NodeJS.ErrnoException | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure = error;
  });
  return {
    /** Resolves when all is written. Rejects when something could not be. */
    written: async () => {
      await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
      if (failure === undefined) return;
      throw new DomainError('internal', `standard output cannot be written: ${failure.message}`);
    },
  };
}
