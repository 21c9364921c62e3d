import { fromOption } from '../errors.js';
import type { Decision } from '../protocol/requests.js';
import type { TransferChange } from '../transfers/change.js';
import { compileExpression, type Expression } from './expression.js';
import { changeFacts } from './filter.js';

export interface AnswerRuleOptions {
  /** Expressions for requests to accept. */
  readonly accept?: readonly string[] | undefined;
  /** Expressions for requests to reject: these come first. */
  readonly reject?: readonly string[] | undefined;
  /** Whether requests that were there at the start are answered too; default false. */
  readonly snapshot?: boolean | undefined;
}

/** What the rules say of a request: an answer and the rule that gives it, or why there is none. */
export type RuleResult =
  | { readonly kind: 'answer'; readonly decision: Decision; readonly rule: string }
  | { readonly kind: 'unclear'; readonly rule: string; readonly missing: readonly string[] }
  | { readonly kind: 'none' };

interface Rule {
  readonly decision: Decision;
  readonly expression: Expression;
}

/** Answers incoming requests by rule. A request that a rule can't judge is left waiting. */
export class AnswerRules {
  readonly #rules: readonly Rule[];
  readonly #withSnapshot: boolean;

  /** @throws TrueConfFilesError `usage` for an expression that can't be used */
  constructor({ accept = [], reject = [], snapshot = false }: AnswerRuleOptions) {
    this.#rules = [
      ...reject.map((source) => ruleOf('reject', source)),
      ...accept.map((source) => ruleOf('accept', source)),
    ];
    this.#withSnapshot = snapshot;
  }

  judge(change: TransferChange, room: string): RuleResult {
    const { transfer, origin } = change;
    if (transfer.direction !== 'inbound' || transfer.status !== 'waiting') return NONE;
    if (origin === 'snapshot' && !this.#withSnapshot) return NONE;
    const missing = [
      ...(transfer.name === null ? ['name'] : []),
      ...(transfer.size === null ? ['size'] : []),
      ...(transfer.peer === null ? ['peer'] : []),
    ];
    const facts = changeFacts(change, room);
    for (const { decision, expression } of this.#rules) {
      const holds = expression.test(facts);
      const rule = expression.source;
      if (holds === false) continue;
      // Accepting what could not be read in full is never safe, and a rejection that can't be evaluated stops the rest.
      if (holds === null || missing.length > 0) return { kind: 'unclear', rule, missing };
      return { kind: 'answer', decision, rule };
    }
    return NONE;
  }
}

function ruleOf(decision: Decision, source: string): Rule {
  return { decision, expression: fromOption(`--${decision}`, () => compileExpression(source)) };
}

const NONE: RuleResult = { kind: 'none' };
