import { setFlagsFromString } from 'node:v8';
import { fromOption } from '../errors.js';
import { parseHook } from '../hooks/spec.js';
import type { Host } from '../host.js';
import type { Uses } from '../metrics/metric-list.js';
import type { Metrics } from '../metrics/server.js';
import type { Stamp } from '../output/times.js';
import { VERSION } from '../version.js';
import type { AutomationOptions, MakeAutomation } from '../watch/automation.js';
import type { AutomationChoices, MetricsOptions } from './command-options.js';

/**
 * Serves metrics where they are asked for, and says where; `null` where they are not.
 * @throws TrueConfFilesError `usage` where nothing can listen at the address
 */
export async function openMetrics(
  options: MetricsOptions,
  uses: Uses,
  stamp: Stamp,
  host: Host,
): Promise<Metrics | null> {
  if (options.metrics === undefined) return null;
  const { Metrics } = await import('../metrics/server.js');
  const metrics = await Metrics.open(options.metrics, uses, VERSION);
  if (options.quiet !== true) host.stderr.write(`${stamp(`metrics on ${metrics.url}/metrics`)}\n`);
  return metrics;
}

/**
 * Has V8 look for garbage once the heap has grown by half. By itself it waits until there is up to four times as much as
 * is in use, and a watch goes on for days beside other programs.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50');
}

/**
 * For reading far more than is kept: what is read is garbage at once, and room for much of it makes it no faster. Measured
 * with half a gigabyte: 60 MB less, and as fast.
 */
export function keepHeapSmallest(): void {
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * What makes the automation that the options ask for; `null` where they ask for none.
 * @throws TrueConfFilesError `usage` where a hook or a rule can't be read
 */
export async function readAutomation(
  options: AutomationChoices,
  { env }: Pick<Host, 'env'>,
): Promise<MakeAutomation | null> {
  const { exec = [], accept = [], reject = [], answerSnapshot: snapshot } = options;
  if (exec.length + accept.length + reject.length === 0) return null;
  const specs = exec.map((text) => fromOption('--exec', () => parseHook(text)));
  const { AnswerRules } = await import('../rules/answers.js');
  const rules = new AnswerRules({ accept, reject, snapshot });
  const settled: Omit<AutomationOptions, 'decide' | 'show' | 'onFull' | 'onDrain'> = {
    specs,
    jobs: options.execJobs,
    timeoutMs: options.execTimeout,
    env,
    allowDecisions: options.allowDecisions === true,
    withSnapshot: options.execSnapshot === true,
    rules,
    dryRun: options.dryRun === true,
  };
  const { Automation } = await import('../watch/automation.js');
  return (tools) => new Automation({ ...settled, ...tools });
}
