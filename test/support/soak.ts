/** Whether the tests that can go on for ever go on for long: under `npm run test:soak`. */
export const IS_SOAK = process.env['SOAK'] === '1';

/** Where chance begins: `SEED=N` repeats a run that failed, whose seed stands in the names of its tests. */
export const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
