import { defineConfig } from 'vitest/config';
import config from './vitest.config.js';

/** The tests of one folder, which `scripts/mutants.mjs` names, for Stryker to run again and again. */
export default defineConfig({
  test: {
    env: { ...config.test?.env },
    include: [`test/${process.env['MUTANTS']}/*.test.ts`],
    // Those with files and sockets would wait for them thousands of times.
    exclude: ['**/*.soak.test.ts', '**/{keeper,line-file,monitored-room,parts.property}.test.ts'],
    setupFiles: ['test/support/soak.ts'],
    testTimeout: 60_000,
  },
});
