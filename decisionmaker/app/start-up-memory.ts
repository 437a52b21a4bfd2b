import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Component } from '../../shared/lifecycle/component.js';

/**
 * Collects, as the last step of the start, what the others have left behind. Compiling and wiring takes several
 * megabytes that an idle program would keep for minutes, because nothing makes it collect them.
 */
export const startUpMemory: Component = {
  name: 'start-up memory',
  start: async () => collectGarbage(),
  stop: async () => {},
};

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect();
}
