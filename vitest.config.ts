import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Times of day are shown by the machine's zone.
    env: { TZ: 'UTC' },
    include: ['test/**/*.test.ts'],
    // Most tests wait for processes and sockets, so that more of them at once than there are cores still gain.
    maxWorkers: 4,
    globalSetup: ['test/support/global-setup.ts'],
    // Tests run real processes on shared machines: a limit only ends what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
