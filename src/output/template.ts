import { type Place, PlacedError } from '../errors.js';
import type { Shown } from '../monitor/monitor.js';
import { compileValue } from '../rules/expression.js';
import { type Facts, factsOf } from '../rules/fields.js';
import { timeOf } from './lines.js';
import type { Look } from './look.js';
import type { Sink, View } from './sink.js';
import { formatBytes, shownName } from './text.js';
import { jsonOf, numberOf, peerText, textOf } from './value-text.js';
import { displayWidth, fitWidth } from './width.js';

/** How a filled template looks. */
export type TemplateLook = Pick<Look, 'text' | 'times'> & {
  readonly symbols: Pick<Look['symbols'], 'ellipsis'>;
};

/** A compiled template: a text with fields in braces, such as `{status:10} {name:.40} {size:>9bytes}`. */
export interface Template {
  /**
   * The text for one transfer, without an end of line. Whatever a stranger wrote is made safe.
   * @param shownAt what `{time}` is, where that is not the time of the facts
   */
  fill(facts: Facts, look: TemplateLook, shownAt?: number | null): string;
  /**
   * Writes a line for each transfer record.
   * @param isListing whether `{time}` is when a transfer was made, as far as it was there already
   */
  view(out: Sink, look: TemplateLook, isListing: boolean): View;
}

/**
 * Reads a template: text, and in braces a field or a CEL expression over the fields, then after a colon how it is laid
 * out: width (`10`), alignment (`<`, `>`, `^`), cut (`.40`, in display columns), and `json` or `bytes`. `{{` and `}}`
 * are braces, `\t`, `\n` and `\\` what they are elsewhere.
 * @throws PlacedError with the place of what can't be used
 */
export function compileTemplate(source: string): Template {
  if (source === '')
    throw new PlacedError('The template is empty.', 'Write fields in braces: {name}.', '', placeAt(0));
  const parts: Part[] = [];
  let literal = '';
  let at = 0;
  while (at < source.length) {
    const two = source.slice(at, at + 2);
    const plain = LITERALS.get(two);
    if (plain !== undefined) {
      literal += plain;
      at += 2;
    } else if (two.startsWith('}')) {
      throw new PlacedError('A } closes nothing.', 'A brace itself is written }}.', source, placeAt(at));
    } else if (two.startsWith('{')) {
      const scanned = scanField(source, at);
      parts.push(literal, compileField(source, scanned));
      literal = '';
      at = scanned.end + 1;
    } else {
      literal += source.charAt(at);
      at += 1;
    }
  }
  parts.push(literal);
  const template: Template = {
    fill: (facts, look, shownAt = facts.at) => {
      let text = '';
      for (const part of parts) text += typeof part === 'string' ? part : part(facts, look, shownAt);
      return text;
    },
    view: (out, look, isListing) => new TemplateView(out, template, look, isListing),
  };
  return template;
}

class TemplateView implements View {
  readonly #sink: Sink;
  readonly #template: Template;
  readonly #look: TemplateLook;
  readonly #isListing: boolean;

  constructor(sink: Sink, template: Template, look: TemplateLook, isListing: boolean) {
    this.#isListing = isListing;
    this.#sink = sink;
    this.#template = template;
    this.#look = look;
  }

  show(notice: Shown, room: string | null): void {
    if (notice.kind !== 'transfer') return;
    const facts = factsOf(notice.transfer, notice.at, room, notice);
    this.#sink.write(`${this.#template.fill(facts, this.#look, timeOf(notice, this.#isListing))}\n`);
  }

  async close(): Promise<void> {}
}

type Part = string | ((facts: Facts, look: TemplateLook, shownAt: number | null) => string);

const LITERALS: ReadonlyMap<string, string> = new Map([
  ['{{', '{'],
  ['}}', '}'],
  ['\\t', '\t'],
  ['\\n', '\n'],
  ['\\\\', '\\'],
]);

/** Where a field's expression and its layout stand, UTF-16 units from the start of the template. */
interface Scanned {
  /** After the opening brace. */
  readonly start: number;
  /** Of the colon before the layout; the closing brace where there is none. */
  readonly colon: number;
  /** Of the closing brace. */
  readonly end: number;
}

/** Finds the end of a field: braces, brackets and quotes of the expression, and the colons of its `?:`, are its own. */
function scanField(source: string, open: number): Scanned {
  let depth = 0;
  let choices = 0;
  let colon = -1;
  for (let at = open + 1; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (colon < 0 && (character === '"' || character === "'")) at = endOfText(source, at);
    else if ('([{'.includes(character)) depth += 1;
    else if (character === '}' && depth === 0) {
      return { start: open + 1, colon: colon < 0 ? at : colon, end: at };
    } else if (')]}'.includes(character)) depth -= 1;
    else if (depth > 0 || colon >= 0) continue;
    else if (character === '?' && source.charAt(at - 1) !== '.') choices += 1;
    else if (character === ':' && choices > 0) choices -= 1;
    else if (character === ':') colon = at;
  }
  const hint = 'End it with }; a brace itself is written {{.';
  throw new PlacedError('The { is never closed.', hint, source, placeAt(open));
}

/** The place of the quote that ends a text of CEL's; of one that is never closed the end. */
function endOfText(source: string, open: number): number {
  const quote = source.charAt(open);
  const mark = source.startsWith(quote.repeat(3), open) ? quote.repeat(3) : quote;
  for (let at = open + mark.length; at < source.length; at += 1) {
    if (source.charAt(at) === '\\') at += 1;
    else if (source.startsWith(mark, at)) return at + mark.length - 1;
  }
  return source.length;
}

function compileField(source: string, { start, colon, end }: Scanned): Part {
  const text = source.slice(start, colon);
  if (text.trim() === '') {
    const hint = 'Write a field, as in {name}; a brace itself is written {{.';
    throw new PlacedError('Nothing stands in the braces.', hint, source, { start: start - 1, end: end + 1 });
  }
  const { type, evaluate } = placed(source, start, () => compileValue(text));
  const layout = readLayout(source, colon + 1, end);
  const { as } = layout;
  if (as === 'bytes' && !NUMBERS.has(type)) {
    const hint = 'Use it for a number, as in {size:bytes}.';
    throw new PlacedError('bytes is for numbers.', hint, source, { start, end });
  }
  const isTime = text.trim() === 'time';
  const isNumber = NUMBERS.has(type) && type !== 'dyn';
  const arrange = arrangement(layout, isNumber ? '>' : '<');
  if (isTime) {
    const show = as === 'json' ? jsonOf : textOf;
    return (_, look, at) => arrange(show(at === null ? null : new Date(at), look), look);
  }
  if (as === 'json') return (facts, look) => arrange(jsonOf(evaluate(facts)), look);
  if (as === 'bytes') return (facts, look) => arrange(formatBytes(numberOf(evaluate(facts))), look);
  if (type === 'Peer') return (facts, look) => arrange(peerText(evaluate(facts), look), look);
  if (text.trim() === 'name') {
    return ({ transfer }, look) => arrange(shownName(transfer.name, look.text), look);
  }
  return (facts, look) => arrange(textOf(evaluate(facts), look), look);
}

/** What is wrong with a part, shown in the whole template. */
function placed<T>(source: string, start: number, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof PlacedError)) throw error;
    const place = { start: start + error.place.start, end: start + error.place.end };
    throw new PlacedError(error.message, error.hint, source, place);
  }
}

type Align = '<' | '>' | '^';

interface Layout {
  readonly align: Align | null;
  /** Columns at least. */
  readonly width: number;
  /** Columns at most. */
  readonly cut: number | null;
  readonly as: 'json' | 'bytes' | null;
}

const LAYOUT_PART = /\s*(?:(?<align>[<>^])|\.(?<cut>\d+)|(?<width>\d+)|(?<as>json|bytes)(?![a-z]))\s*/y;
const LAYOUT_HINT =
  'After the colon stand a width (10), an alignment (<, > or ^), a cut (.40), and json or bytes, each at most once.';

function readLayout(source: string, start: number, end: number): Layout {
  const found = new Map<string, string>();
  const part = new RegExp(LAYOUT_PART);
  for (let at = start; at < end; at = part.lastIndex) {
    part.lastIndex = at;
    const [name, value] =
      Object.entries(part.exec(source.slice(0, end))?.groups ?? {}).find(([, text]) => text !== undefined) ??
      [];
    if (name === undefined || value === undefined || found.has(name)) {
      const message = `"${source.slice(at, end)}" is not a layout of a field.`;
      throw new PlacedError(message, LAYOUT_HINT, source, { start: at, end });
    }
    found.set(name, value);
  }
  const columns = (name: string): number | null => {
    const text = found.get(name);
    if (text !== undefined && Number(text) > MAX_COLUMNS) {
      throw new PlacedError(`A field has at most ${MAX_COLUMNS} columns.`, null, source, { start, end });
    }
    return text === undefined ? null : Number(text);
  };
  // The expression lets nothing else through.
  const layout = { align: found.get('align') ?? null, as: found.get('as') ?? null } as Pick<
    Layout,
    'align' | 'as'
  >;
  const cut = columns('cut');
  if (layout.as === 'json' && cut !== null) {
    throw new PlacedError("JSON can't be cut.", 'Leave out the cut or json.', source, {
      start,
      end,
    });
  }
  return { ...layout, cut, width: columns('width') ?? 0 };
}

function arrangement(
  { align, width, cut }: Layout,
  usual: Align,
): (text: string, look: Pick<TemplateLook, 'symbols'>) => string {
  const side = align ?? usual;
  return (text, { symbols }) => {
    const kept = cut === null ? text : fitWidth(text, cut, symbols.ellipsis);
    const gap = width === 0 ? 0 : width - displayWidth(kept);
    if (gap <= 0) return kept;
    const before = side === '<' ? 0 : side === '>' ? gap : Math.floor(gap / 2);
    return `${' '.repeat(before)}${kept}${' '.repeat(gap - before)}`;
  };
}

function placeAt(start: number): Place {
  return { start, end: start + 1 };
}

const NUMBERS: ReadonlySet<string> = new Set(['int', 'uint', 'double', 'dyn']);
const MAX_COLUMNS = 1_000;
