import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  type ExpectStatic,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from '@vitest/expect';

/**
 * Stands for `vitest` in tests that run on Windows: vitest's own runner and matchers, without the bundler, which has
 * native parts that Wine can't load.
 */
export * from '@vitest/runner';

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

const expectValue = (value: unknown, message?: string) => chai.expect(value, message);
// Vitest's own type of what these three plugins make of chai's.
export const expect = Object.assign(
  expectValue,
  chai.expect,
  Reflect.get(globalThis, ASYMMETRIC_MATCHERS_OBJECT),
  { poll },
) as unknown as ExpectStatic;

const { now } = Date;
/** What these tests use of it: the time of day. */
export const vi = {
  setSystemTime: (at: number) => {
    Date.now = () => at;
  },
  useRealTimers: () => {
    Date.now = now;
  },
};

/** The matchers, tried again until one holds: the test's own limit ends it. */
function poll(find: () => unknown): unknown {
  const tryUntilTrue =
    (matcher: string) =>
    async (...args: readonly unknown[]): Promise<void> => {
      for (;;) {
        try {
          Reflect.get(expectValue(await find()), matcher).apply(expectValue(await find()), args);
          return;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, POLLED_MS));
        }
      }
    };
  return new Proxy({}, { get: (_, matcher) => tryUntilTrue(String(matcher)) });
}

const POLLED_MS = 50;
