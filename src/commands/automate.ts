import { PlacedError } from '../errors.js';
import { parseHook } from '../hooks/spec.js';
import type { Host } from '../host.js';
import { AnswerRules } from '../rules/answers.js';
import type { AutomationOptions, MakeAutomation } from '../watch/automation.js';
import type { AutomationChoices } from './command-options.js';

/**
 * What makes the automation that the options ask for; `null` where they ask for none.
 * @throws TrueConfFilesError `usage` where a hook or a rule can't be read
 */
export async function readAutomation(
  options: AutomationChoices,
  { env }: Pick<Host, 'env'>,
): Promise<MakeAutomation | null> {
  const specs = (options.exec ?? []).map((text) => named('--exec', () => parseHook(text)));
  const { accept, reject, answerSnapshot: snapshot } = options;
  const rules = new AnswerRules({ accept, reject, snapshot });
  if (specs.length === 0 && !rules.areAny) return null;
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

function named<T>(option: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof PlacedError ? error.of(option) : error;
  }
}
