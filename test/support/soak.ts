import fc from 'fast-check';

/** Whether the tests that can go on for ever go on for long: under `npm run test:soak`. */
export const IS_SOAK = process.env['SOAK'] === '1';

/** Where chance begins: `SEED=N` repeats a run that failed, whose seed stands in the names of its tests. */
export const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

/** Whether Stryker runs the tests, once for each change that it makes to the code: they are to be quick then. */
export const IS_MUTATED = process.env['MUTANTS'] !== undefined;

/** Runs of a property: the number given, or few for Stryker. */
export function runs(count: number): number {
  return IS_MUTATED ? Math.min(count, 50) : count;
}

// The same each time, and without a search for the smallest counterexample.
if (IS_MUTATED) fc.configureGlobal({ seed: 1, numRuns: runs(100), endOnFailure: true });
