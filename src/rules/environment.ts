import { Environment, EvaluationError } from '@marcbachmann/cel-js';
import { meansId } from '../transfers/ids.js';
import { type Facts, FIELDS, UNITS } from './fields.js';
import { compileGlob, fold } from './glob.js';

/** The names that an expression may use, each read when it is asked for. */
export class Context {
  readonly facts: Facts;

  static {
    for (const { name, read } of FIELDS) {
      Object.defineProperty(Context.prototype, name, {
        get(this: Context) {
          return read(this.facts);
        },
      });
    }
  }

  constructor(facts: Facts) {
    this.facts = facts;
  }
}

/** Where expressions are type-checked: every field has its type, and may be compared with `null`. */
export const CHECKING = once(() => {
  const environment = makeEnvironment().registerType('Peer', { fields: { id: 'string', name: 'string' } });
  for (const type of ['Peer', ...ORDERED]) environment.registerOperator(`${type} == null`, () => false);
  environment.registerOperator('double == int', () => false).registerOperator('Peer == Peer', () => false);
  for (const { name, type } of FIELDS) environment.registerVariable(name, CEL_TYPES[type]);
  return environment;
});

/** Where they are run: a field that may be `null` has no fixed type. */
export const RUNNING = once(() => {
  const environment = makeEnvironment();
  for (const type of ORDERED) {
    for (const operator of ['<', '<=', '>', '>=']) {
      // Known beforehand, these need not be made, and cost little.
      environment.registerOperator(`${type} ${operator} null`, unknown);
      environment.registerOperator(`null ${operator} ${type}`, unknown);
    }
  }
  for (const { name, type, isOptional } of FIELDS) {
    environment.registerVariable(name, isOptional ? 'dyn' : CEL_TYPES[type]);
  }
  return environment;
});

function makeEnvironment(): Environment {
  const environment = new Environment({ limits: { maxListElements: 100_000 } })
    .registerOperator('double * int', (a: number, b: bigint) => a * Number(b))
    .registerOperator('int * double', (a: bigint, b: number) => Number(a) * b)
    .registerFunction('fold(string): string', fold)
    .registerFunction(
      'glob(dyn, string): bool',
      (text: unknown, pattern: string) => typeof text === 'string' && globOf(pattern)(text),
    )
    .registerFunction('means(string, string): bool', (id: string, given: string) => meansId(given, id));
  for (const [name, bytes] of UNITS) environment.registerConstant(name, 'int', bytes);
  return environment;
}

/** Patterns are compiled once; the few that a prompt tries in passing are dropped with the rest. */
function globOf(pattern: string): (text: string) => boolean {
  const known = GLOBS.get(pattern);
  if (known !== undefined) return known;
  if (GLOBS.size >= MAX_GLOBS) GLOBS.clear();
  const made = compileGlob(pattern);
  GLOBS.set(pattern, made);
  return made;
}

function unknown(): never {
  throw UNKNOWN;
}

function once<T>(make: () => T): () => T {
  let made: T | null = null;
  return () => (made ??= make());
}

const GLOBS = new Map<string, (text: string) => boolean>();
const MAX_GLOBS = 1_000;
const UNKNOWN = new EvaluationError('not known');
const ORDERED: readonly string[] = [
  'int',
  'double',
  'string',
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
];
const CEL_TYPES = {
  string: 'string',
  int: 'int',
  double: 'double',
  bool: 'bool',
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  peer: 'Peer',
} as const;
