// Whether the tests notice when the code is changed: `npm run test:mutants -- transfers protocol`, or all folders.
// Stryker changes one operator, condition or constant at a time, and runs those tests of the folder that enter it. Where
// a run was stopped, or tests were added since, the next one begins with what the last found (`reports/`).
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

/** What is pure: code with files, sockets and processes has tests that wait for them. */
const FILES = {
  transfers: ['*'],
  protocol: ['*'],
  recording: ['format', 'names', 'player', 'pseudonyms', 'redact', 'source'],
  monitor: ['monitor'],
};
const { positionals } = parseArgs({ allowPositionals: true });

for (const folder of positionals.length > 0 ? positionals : Object.keys(FILES)) {
  // Read by vitest.mutants.config.ts, and by the tests.
  process.env.MUTANTS = folder;
  await new Stryker({
    mutate: FILES[folder].map((name) => `src/${folder}/${name}.ts`),
    // Sentences are read by people, and names of fields are held by their types: a test that repeats them shows nothing.
    mutator: { excludedMutations: ['StringLiteral'] },
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'vitest.mutants.config.ts', related: false },
    // TypeScript 7 has no interface for programs, with which Stryker would read the real file.
    tsconfigFile: 'none.json',
    ignorePatterns: ['bench', 'deploy', 'dist', 'executables'],
    coverageAnalysis: 'perTest',
    concurrency: 2,
    timeoutMS: 20_000,
    incremental: true,
    incrementalFile: `reports/mutants-${folder}.json`,
    reporters: ['clear-text', 'progress-append-only'],
    clearTextReporter: { logTests: false, reportTests: false },
    thresholds: { high: 100, low: 90, break: 90 },
  }).runMutationTest();
}
