import { writeFileSync } from 'node:fs';
import { type Suite, startTests, type Task, type VitestRunner } from '@vitest/runner';

/** How one test ended. */
export interface Outcome {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly ms: number;
  readonly errors: readonly string[];
  /** It failed at first, and was tried again. */
  readonly wasRetried: boolean;
  /** Why it was skipped, where the test says so. */
  readonly note?: string;
}

/**
 * Runs one file of tests in this process, and writes an array of `Outcome` into a file: under Wine, stdout may be
 * something that Node can't write to.
 */
export async function runFile(name: string, load: () => unknown, report: string): Promise<void> {
  const outcomes: Outcome[] = [];
  const fault = (error: string): Outcome => ({
    name,
    state: 'failed',
    ms: 0,
    errors: [error],
    wasRetried: false,
  });
  const add = (outcome: Outcome) => {
    outcomes.push(outcome);
    writeFileSync(report, JSON.stringify(outcomes));
  };
  process.on('uncaughtException', (error) => {
    add(fault(error.stack ?? error.message));
  });
  const runner: VitestRunner = {
    config: CONFIG,
    importFile: load,
    // At once, so that it is known where a file stopped that does not end.
    onAfterRunTask: (test) => addOf(test),
  };
  const addOf = (task: Task) => {
    const outcome = outcomeOf(task);
    if (outcome !== null) add(outcome);
  };
  const files = await startTests([name], runner);
  // What was never run, and what failed outside of any test.
  for (const task of files.flatMap(tasksOf)) if (task.type === 'suite' || task.mode !== 'run') addOf(task);
  if (outcomes.length === 0) add(fault('It has no tests.'));
  // What a failed test left running must not hold the process.
  process.exit();
}

function tasksOf(suite: Suite): readonly Task[] {
  return [suite, ...suite.tasks.flatMap((task) => (task.type === 'suite' ? tasksOf(task) : [task]))];
}

/** `null` for a suite that has no fault of its own. */
function outcomeOf(task: Task): Outcome | null {
  const errors = (task.result?.errors ?? []).map(({ stack = '', message }) => `${message}\n${stack}`);
  const wasRetried = (task.result?.retryCount ?? 0) > 0;
  const names = [task.name];
  for (let suite = task.suite; suite !== undefined; suite = suite.suite) names.unshift(suite.name);
  const name = names.filter((part) => part !== '').join(' > ');
  const ms = Math.round(task.result?.duration ?? 0);
  if (task.type === 'suite') {
    return errors.length === 0 ? null : { name, state: 'failed', ms, errors, wasRetried };
  }
  const isSkipped = task.mode !== 'run' || task.result?.state === 'skip';
  if (isSkipped) {
    // Of vitest's own, and not in its types.
    const note = Reflect.get(task.result ?? {}, 'note');
    return { name, state: 'skipped', ms, errors, wasRetried, ...(typeof note === 'string' && { note }) };
  }
  return { name, state: task.result?.state === 'pass' ? 'passed' : 'failed', ms, errors, wasRetried };
}

const CONFIG: VitestRunner['config'] = {
  root: process.cwd(),
  setupFiles: [],
  name: undefined,
  passWithNoTests: false,
  testNamePattern: undefined,
  allowOnly: false,
  sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: undefined,
  maxConcurrency: 1,
  // Starting a process takes seconds under Wine on a busy machine: a limit only ends what hangs.
  testTimeout: 180_000,
  hookTimeout: 180_000,
  // The program's own limits, such as 5 s for a Room's configuration, may pass where Wine starts slowly.
  retry: 1,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
};
