import { readdirSync, readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { parseAst } from 'vitest/node';

/** An error as the sources make it. */
export interface SaidError {
  readonly code: string;
  /** The sentence, with `…` where a value stands. */
  readonly message: string;
  readonly file: string;
}

/**
 * Every error that the program can end with, read from the sources: each place that makes a `TrueConfFilesError` or a
 * `PlacedError`, with each of the sentences that it can have. A sentence that comes in as a parameter is looked up where
 * the function is called; what is known only at run time is `…`.
 */
export function saidErrors(folder = 'src'): readonly SaidError[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => new Source(`${folder}/${name}`));
  const calls = files.flatMap((source) => source.calls);
  const said = files.flatMap((source) => source.made.flatMap((found) => errorsAt(found, calls)));
  const unique = new Map(said.map((one) => [`${one.code} ${one.message}`, one]));
  // What only names the option of another error is listed as that one.
  return [...unique.values()].filter(({ message }) => /\p{L}/u.test(message.replace(/^--\S+: /, '')));
}

/** The errors of one place: where its function gets parts of the sentence, those of each call. */
function errorsAt({ node, scopes, source }: Found, calls: readonly Found[]): readonly SaidError[] {
  const isPlaced = nameOf(node['callee']) === 'PlacedError';
  const [first, second] = argumentsOf(node);
  const scope = scopes.findLast(({ name }) => name !== null);
  const callers = scope === undefined ? [] : callersOf(scope, calls);
  const bindings = callers.map((call) => ({ scope, texts: argumentTexts(scope, call, calls, 1) }));
  return (bindings.length === 0 ? [null] : bindings).flatMap((bound) => {
    const place = { scopes, calls, depth: 0, bound };
    const codes = isPlaced ? ['usage'] : textsOf(first, place);
    const messages = textsOf(isPlaced ? first : second, place).map(shortened);
    return codes.flatMap((code) => messages.map((message) => ({ code, message, file: source.path })));
  });
}

/** A node of the syntax tree, of which only what is asked for is looked at. */
type Node = Readonly<Record<string, unknown>>;

interface Scope {
  /** Where the function is. */
  readonly file: string;
  /** The name of the function, by which it is called. */
  readonly name: string | null;
  readonly parameters: readonly string[];
  readonly constants: Map<string, Node>;
}

interface Found {
  readonly source: Source;
  readonly node: Node;
  readonly scopes: readonly Scope[];
}

/** One file: where it makes errors, and what it calls. */
class Source {
  readonly path: string;
  readonly made: Found[] = [];
  readonly calls: Found[] = [];
  /** By name, the end of the path of what is imported. */
  readonly #imports = new Map<string, string>();

  constructor(path: string) {
    this.path = path;
    const { code } = transformSync(readFileSync(path, 'utf8'), { loader: 'ts', target: 'esnext' });
    this.#walk(parseAst(code), [{ file: path, name: null, parameters: [], constants: new Map() }], null);
  }

  /** Whether a function of a file is the one that is called by its name here. */
  reaches(name: string, file: string): boolean {
    const imported = this.#imports.get(name);
    return imported === undefined ? file === this.path : file.endsWith(imported);
  }

  #noteImports({ specifiers, source }: Node): void {
    const from = isNode(source)
      ? String(source['value'])
          .replace(/^[./]+/, '/')
          .replace(/\.js$/, '.ts')
      : '';
    for (const specifier of listOf(specifiers)) {
      if (isNode(specifier)) this.#imports.set(nameOf(specifier['local']) ?? '', from);
    }
  }

  #walk(value: unknown, scopes: readonly Scope[], name: string | null): void {
    if (Array.isArray(value)) for (const one of value) this.#walk(one, scopes, null);
    if (!isNode(value)) return;
    const { type } = value;
    let inner = scopes;
    if (Array.isArray(value['params'])) {
      const parameters = value['params'].map(
        (one) => nameOf(one) ?? nameOf(isNode(one) ? one['left'] : null),
      );
      inner = [
        ...scopes,
        {
          file: this.path,
          name: nameOf(value['id']) ?? name,
          parameters: parameters.map((one) => one ?? ''),
          constants: new Map(),
        },
      ];
    }
    if (type === 'VariableDeclarator' && isNode(value['init'])) {
      scopes.at(-1)?.constants.set(nameOf(value['id']) ?? '', value['init']);
    }
    if (type === 'NewExpression' && ERRORS.has(nameOf(value['callee']) ?? '')) {
      this.made.push({ source: this, node: value, scopes });
    }
    if (type === 'CallExpression') this.calls.push({ source: this, node: value, scopes });
    if (type === 'ImportDeclaration') this.#noteImports(value);
    const called = nameOf(value['id']) ?? nameOf(value['key']);
    for (const [key, one] of Object.entries(value)) {
      if (key !== 'type') this.#walk(one, inner, called);
    }
  }
}

const ERRORS: ReadonlySet<string> = new Set(['TrueConfFilesError', 'PlacedError']);

interface Place {
  readonly scopes: readonly Scope[];
  readonly calls: readonly Found[];
  readonly depth: number;
  /** What one call gives the function that makes the error. */
  readonly bound: {
    readonly scope: Scope | undefined;
    readonly texts: ReadonlyMap<string, readonly string[]>;
  } | null;
}

/** The texts that an expression can be. */
function textsOf(node: unknown, place: Place): readonly string[] {
  if (!isNode(node) || place.depth > MAX_DEPTH) return [UNKNOWN];
  switch (node['type']) {
    case 'Literal':
      return typeof node['value'] === 'string' ? [node['value']] : [UNKNOWN];
    case 'TemplateLiteral':
      return templateTexts(node, place);
    case 'ConditionalExpression':
      // A part that may be left out is always there.
      return few(
        [...textsOf(node['consequent'], place), ...textsOf(node['alternate'], place)].filter(
          (one) => one !== '',
        ),
      );
    case 'LogicalExpression': {
      // What stands in for a value that is not known is hardly ever said.
      const left = textsOf(node['left'], place);
      return left.includes(UNKNOWN) ? [UNKNOWN] : left;
    }
    case 'Identifier':
      return namedTexts(nameOf(node) ?? '', place);
    default:
      return [UNKNOWN];
  }
}

function templateTexts(node: Node, place: Place): readonly string[] {
  const [quasis, expressions] = [listOf(node['quasis']), listOf(node['expressions'])];
  return quasis.reduce<readonly string[]>(
    (texts, quasi, at) => {
      const value = isNode(quasi) ? textOf(quasi['value']) : '';
      const between =
        at === 0 ? [''] : few(textsOf(expressions[at - 1], place).map((text) => text || UNKNOWN));
      return texts.flatMap((text) => between.map((one) => `${text}${one}${value}`));
    },
    [''],
  );
}

/** @param value of a part of a template, which is no node */
function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'cooked' in value ? String(value.cooked) : '';
}

/** Each once; where they are too many to be sentences, they are values. */
function few(texts: readonly string[]): readonly string[] {
  const unique = [...new Set(texts)];
  return unique.length === 0 || unique.length > MAX_TEXTS ? [UNKNOWN] : unique;
}

/** What a constant was set to, or a parameter is given. */
function namedTexts(name: string, place: Place): readonly string[] {
  const { scopes, calls, depth } = place;
  for (let at = scopes.length - 1; at >= 0; at--) {
    const scope = scopes[at];
    const constant = scope?.constants.get(name);
    if (constant !== undefined) return textsOf(constant, { ...place, depth: depth + 1 });
    const index = scope?.parameters.indexOf(name) ?? -1;
    if (scope === undefined || index < 0) continue;
    if (scope === place.bound?.scope) return place.bound.texts.get(name) ?? [UNKNOWN];
    if (scope.name === null) return [UNKNOWN];
    return few(
      callersOf(scope, calls).flatMap((call) => argumentTexts(scope, call, calls, depth + 1).get(name) ?? []),
    );
  }
  return [UNKNOWN];
}

function callersOf({ name, file }: Scope, calls: readonly Found[]): readonly Found[] {
  if (name === null) return [];
  return calls.filter(({ node, source }) => calledName(node) === name && source.reaches(name, file));
}

/** What a call gives each parameter. */
function argumentTexts(
  scope: Scope | undefined,
  { node, scopes }: Found,
  calls: readonly Found[],
  depth: number,
): ReadonlyMap<string, readonly string[]> {
  const given = argumentsOf(node);
  const place = { scopes, calls, depth, bound: null };
  const texts = (scope?.parameters ?? []).map((name, at) => {
    const argument = given[at];
    return [name, argument === undefined ? [UNKNOWN] : few(textsOf(argument, place))] as const;
  });
  return new Map(texts);
}

function calledName({ callee }: Node): string | null {
  if (!isNode(callee) || callee['type'] !== 'MemberExpression') return nameOf(callee);
  const isOwn = isNode(callee['object']) && callee['object']['type'] === 'ThisExpression';
  return isOwn ? nameOf(callee['property']) : null;
}

function nameOf(node: unknown): string | null {
  return isNode(node) && typeof node['name'] === 'string' ? node['name'] : null;
}

function argumentsOf(node: Node): readonly unknown[] {
  return listOf(node['arguments']);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** Values next to each other are one. */
function shortened(text: string): string {
  return text.replace(/…+/g, UNKNOWN).replaceAll('\n', ' ');
}

const UNKNOWN = '…';
const MAX_DEPTH = 2;
const MAX_TEXTS = 40;
