import { type ASTNode, EvaluationError, serialize } from '@marcbachmann/cel-js';
import { type Place, PlacedError } from '../errors.js';
import { CHECKING, Context, RUNNING } from './environment.js';
import { type Facts, FIELDS } from './fields.js';
import { compileGlob } from './glob.js';
import { explain } from './words.js';
import { isZone } from './zone.js';

/** A compiled condition over a transfer. */
export interface Expression {
  /** As it was written. */
  readonly source: string;
  /** Whether it uses only what a transfer is, not how far it has come. */
  readonly isLasting: boolean;
  /** The parts that `&&` joins at its top. */
  readonly terms: readonly Expression[];
  /** `null` if unknown, as with the size of a file whose size is not known. */
  test(facts: Facts): boolean | null;
}

/**
 * A CEL expression over the fields of the `transfer` record, type-checked.
 *
 * A field that is not known is `null`, and so is a comparison with it other than `==` and `!=`; `&&` and `||`
 * go on where the other side decides.
 * @throws PlacedError
 */
export function compileExpression(source: string): Expression {
  const { type, ast } = check(source);
  if (type !== 'bool' && type !== 'dyn') {
    const message = `The expression gives a ${type}, not true or false.`;
    throw new PlacedError(message, 'Compare it with something, as in size > 5 * MB.', source, whole(source));
  }
  return assemble(source, ast);
}

/** A compiled expression over a transfer, of whatever type. */
export interface ValueExpression {
  /** CEL's name: `string`, `int`, `double`, `bool`, `google.protobuf.Timestamp`, `Peer`, `list<…>`; `dyn` for any. */
  readonly type: string;
  /** `null` if unknown. Integers are `bigint`, times are `Date`, lengths of time CEL's `Duration`. */
  evaluate(facts: Facts): unknown;
}

/**
 * A CEL expression for its value.
 * @throws PlacedError
 */
export function compileValue(source: string): ValueExpression {
  const { type } = check(source);
  const run = RUNNING().parse(source);
  return { type, evaluate: (facts) => resultOf(run, facts) };
}

function check(source: string): { readonly type: string; readonly ast: ASTNode } {
  const { error, type = 'value' } = CHECKING().check(source);
  if (error !== undefined) throw explain(error, source);
  const { ast } = RUNNING().parse(source);
  checkCalls(ast, source);
  return { type, ast };
}

function resultOf(run: (context: Context) => unknown, facts: Facts): unknown {
  try {
    return run(new Context(facts)) ?? null;
  } catch (error) {
    // A time that is further away than a date can be has no year and no hours.
    if (error instanceof EvaluationError || error instanceof RangeError) return null;
    throw error;
  }
}

function assemble(source: string, ast: ASTNode): Expression {
  const run = RUNNING().parse(source);
  const conjuncts = conjunctsOf(ast);
  const isSingle = conjuncts.length === 1;
  const expression: Expression = {
    source,
    isLasting: fieldsOf(ast).every((name) => LASTING.has(name)),
    get terms() {
      return isSingle ? [expression] : conjuncts.map((node) => assemble(serialize(node), node));
    },
    test(facts) {
      const value = resultOf(run, facts);
      return typeof value === 'boolean' ? value : null;
    },
  };
  return expression;
}

function conjunctsOf(node: ASTNode): readonly ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjunctsOf) : [node];
}

function fieldsOf(node: ASTNode): readonly string[] {
  return nodesOf(node).flatMap((one) => (one.op === 'id' && BY_NAME.has(one.args) ? [one.args] : []));
}

/** A node and all below it. */
function nodesOf(node: ASTNode): readonly ASTNode[] {
  return [node, ...childrenOf(node.args).flatMap(nodesOf)];
}

function childrenOf(value: unknown): readonly ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(childrenOf);
  // The arguments of a node are nodes, texts and lists of them.
  return typeof value === 'object' && value !== null && 'op' in value ? [value as ASTNode] : [];
}

/** What types can't say: calls that could block, globs and time zones that are wrong, and texts that a field never has. */
function checkCalls(ast: ASTNode, source: string): void {
  for (const node of nodesOf(ast)) {
    if (node.op === 'rcall' && node.args[0] === 'matches') {
      const hint = 'Use glob(text, pattern), contains, startsWith or endsWith.';
      throw new PlacedError('matches() is not available: it can block.', hint, source, placeOf(node));
    }
    // By types, all that have an argument are about a time in a zone.
    if (node.op === 'rcall' && node.args[0].startsWith('get')) checkZone(node.args[2][0], source);
    if (node.op === 'call' && node.args[0] === 'glob') checkGlob(node.args[1][1], source);
    if (node.op === '==' || node.op === '!=' || node.op === 'in') checkValues(...node.args, source);
  }
}

function checkGlob(pattern: ASTNode | undefined, source: string): void {
  if (pattern === undefined) return;
  const text = textOf(pattern);
  if (text === null) {
    const message = 'The second argument of glob() must be a text in quotes.';
    throw new PlacedError(message, 'Write it as in glob(name, "*.pdf").', source, placeOf(pattern));
  }
  try {
    compileGlob(text);
  } catch (error) {
    if (!(error instanceof PlacedError)) throw error;
    const { start, end } = placeOf(pattern);
    // Inside the quotes, where no escape stands before the place.
    const isExact = source.slice(start + 1, end - 1) === text;
    const place = isExact ? { start: start + 1 + error.place.start, end: start + 1 + error.place.end } : null;
    throw new PlacedError(error.message, error.hint, source, place ?? { start, end });
  }
}

function checkZone(zone: ASTNode | undefined, source: string): void {
  if (zone === undefined) return;
  const text = textOf(zone);
  if (text !== null && isZone(text)) return;
  const message = text === null ? 'A time zone must be a text in quotes.' : `"${text}" is not a time zone.`;
  const hint = 'Write one such as in createdAt.getHours("Europe/Berlin").';
  throw new PlacedError(message, hint, source, placeOf(zone));
}

function checkValues(left: ASTNode, right: ASTNode, source: string): void {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (one.op !== 'id') continue;
    const values = BY_NAME.get(one.args)?.values;
    if (values === null || values === undefined) continue;
    for (const node of other.op === 'list' ? other.args : [other]) {
      const text = textOf(node);
      if (text === null || values.includes(text)) continue;
      const message = `"${text}" is never a ${one.args}.`;
      throw new PlacedError(message, `Write one of ${values.join(', ')}.`, source, placeOf(node));
    }
  }
}

function textOf(node: ASTNode): string | null {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : null;
}

function placeOf(node: ASTNode): Place {
  return { start: node.start, end: node.end };
}

function whole(source: string): Place {
  return { start: 0, end: source.length };
}

const BY_NAME: ReadonlyMap<string, (typeof FIELDS)[number]> = new Map(
  FIELDS.map((field) => [field.name, field]),
);
const LASTING: ReadonlySet<string> = new Set(
  FIELDS.filter(({ isLasting }) => isLasting).map(({ name }) => name),
);
