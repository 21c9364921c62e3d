import { defineConfig } from 'vitest/config';
import config from './vitest.config.js';

/** Tests that run the program and import the package, and nothing of its sources alone: a breadth of them. */
export default defineConfig({
  test: {
    ...config.test,
    include: [
      'test/cli/{answer,doctor,each-command,exit-codes,history,info,list,pipes,records,recordings,schema}.test.ts',
      'test/cli/{send,signals,terminal,replay,replay-terminal,one-shot-terminal}.test.ts',
      'test/commands/completion.test.ts',
      'test/docs/library.test.ts',
      'test/library/process.test.ts',
      'test/metrics/serving.test.ts',
      'test/relay/signing-in.test.ts',
    ],
  },
});
