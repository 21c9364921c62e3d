import { defineConfig } from 'vitest/config';
import config from './vitest.config.js';

/** What `npm test` does a little of, for long: each night, and before a release. */
export default defineConfig({
  test: {
    ...config.test,
    include: ['test/**/*.soak.test.ts'],
    env: { SOAK: '1' },
    testTimeout: 3_600_000,
  },
});
