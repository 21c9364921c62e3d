import { defineConfig } from 'vitest/config';

/** Each of `NATS_SERVERS`, colon-separated, runs the tests of the relay; without them the one in PATH does. */
const natsServers = (process.env['NATS_SERVERS'] ?? '').split(':').filter((server) => server !== '');
const RELAY_TESTS = 'test/relay/**/*.test.ts';

export default defineConfig({
  test: {
    ...(natsServers.length > 0 && {
      projects: [
        { extends: true, test: { name: 'all but the relay', exclude: [RELAY_TESTS] } },
        ...natsServers.map((server) => ({
          extends: true as const,
          test: { name: server, include: [RELAY_TESTS], env: { NATS_SERVER: server } },
        })),
      ],
    }),
    // Times of day are shown by the machine's zone.
    env: { TZ: 'UTC' },
    include: ['test/**/*.test.ts'],
    // Most tests wait for processes and sockets, so that more of them at once than there are cores still gain.
    maxWorkers: 4,
    globalSetup: ['test/support/global-setup.ts'],
    // Tests run real processes on shared machines: a limit only ends what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 50_000 } },
  },
});
