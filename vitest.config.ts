import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Tests run real processes on shared machines: a limit only ends what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
