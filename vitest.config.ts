import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const sources = [
  'cli',
  'config',
  'decisionmaker',
  'localcluster',
  'manager',
  'migrations',
  'shared',
  'tools',
];

/**
 * Five kinds of tests, from the fastest to the most real:
 * unit (beside the source), repository (rules about the tree), contract (one suite, several adapters),
 * e2e (whole programs, real processes) and kubernetes (e2e against the real API server; needs Go).
 */
export default defineConfig({
  test: {
    // Many tests wait for programs of their own: with one file for each core but one, two cores would idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          include: sources.map((folder) => `${folder}/**/*.test.ts`),
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'repository',
          include: ['tests/repository/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['tests/contract/**/*.test.ts', 'tests/api/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: 'tests/support/build-once.ts',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'kubernetes',
          include: ['tests/kubernetes/**/*.test.ts'],
          globalSetup: 'tests/support/build-once.ts',
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
