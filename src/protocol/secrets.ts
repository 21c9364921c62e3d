import { inspect } from 'node:util';
import { jsonEscape } from '../encoding.js';
import { parseExact } from './json.js';

/** Takes secrets out of text before it is shown or written: by the wire's field names, and by known values. */
export class Redactor {
  readonly #kept = new Set<string>();
  /** Tokens of the newest link and of the one before: a Room that reconnects for months gives thousands. */
  #links: readonly (readonly string[])[] = [];
  #needles: readonly Needle[] = [];
  /** Those so long that no other text is the same by chance. */
  #longNeedles: readonly Needle[] = [];

  add(secret: Secret | null): void {
    if (secret === null) return;
    this.#kept.add(secret.reveal());
    this.#prepare();
  }

  /** A sign-in gave these tokens: those of the link before may still be heard of, older ones not. */
  addLink(tokens: readonly (Secret | null)[]): void {
    const values = tokens.flatMap((token) => (token === null ? [] : [token.reveal()]));
    this.#links = [...this.#links.slice(-1), values];
    this.#prepare();
  }

  /** Another token of the newest link, in each of its forms. */
  addToken(...forms: readonly Secret[]): void {
    const newest = this.#links.at(-1) ?? [];
    this.#links = [...this.#links.slice(0, -1), [...newest, ...forms.map((form) => form.reveal())]];
    this.#prepare();
  }

  redact(text: string): string {
    return hide(text.replace(SECRET_FIELDS, '$1"***"'), this.#needles);
  }

  /** A frame that is not about files: chat, links and PINs are hidden wherever they stand. */
  redactAll(text: string): string {
    try {
      const hide = (field: string, value: unknown) => {
        if (PRIVATE_FIELD.test(field)) return '***';
        // A setting is `{name, value}`.
        const isSecret =
          typeof value === 'object' &&
          value !== null &&
          'name' in value &&
          PRIVATE_FIELD.test(String(value.name));
        return isSecret ? { ...value, value: '***' } : value;
      };
      return this.redactFrame(JSON.stringify(parseExact(text), hide), false);
    } catch {
      return this.redactFrame(text, false);
    }
  }

  /**
   * Takes secrets out of a frame so that JSON stays JSON. A frame without any is left exactly as it came, and so are the
   * names of the API.
   * @param isUnderstood whether names, ids and numbers in it are read and must stay: one that is the same as a short
   *   secret is so by chance, and does not reveal the secret. A long secret goes from everywhere.
   */
  redactFrame(text: string, isUnderstood: boolean): string {
    const frame = text.replace(SECRET_FIELDS, '$1"***"');
    if (hide(frame, this.#needles) === frame) return frame;
    try {
      return JSON.stringify(this.#hideIn('', parseExact(frame), isUnderstood));
    } catch {
      return hide(frame, this.#needles);
    }
  }

  #hideIn(field: string, value: unknown, isUnderstood: boolean): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#hideIn(field, item, isUnderstood));
    if (typeof value === 'object' && value !== null) {
      const fields = Object.entries(value).map(([name, item]) => [
        API_NAME.test(name) ? name : hide(name, this.#longNeedles),
        this.#hideIn(name, item, isUnderstood),
      ]);
      return Object.fromEntries(fields);
    }
    if (isUnderstood && NUMBER_FIELDS.has(field) && isNumber(value)) return value;
    const needles = isUnderstood && NAME_FIELDS.has(field) ? this.#longNeedles : this.#needles;
    if (typeof value === 'number') return hide(String(value), needles) === '***' ? '***' : value;
    if (typeof value !== 'string' || (API_FIELDS.has(field) && API_NAME.test(value))) return value;
    return hide(value, needles);
  }

  #prepare(): void {
    const values = new Set([...this.#kept, ...this.#links.flat()]);
    values.delete('');
    this.#needles = toNeedles([...values]);
    this.#longNeedles = toNeedles([...values].filter(({ length }) => length >= LONG_UNITS));
  }
}

/** Longest credentials that are taken: passwords and tokens are far shorter. */
export const MAX_CREDENTIALS_UNITS = 4_096;

const SECRET_FIELDS =
  /("(?:credentials|token|tokenForHttpServer|password|\w*pin|message|\w*url|link)"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|-?\d[\d.e+-]*)/gi;

/** What people wrote to each other, management links, and PINs under any name. */
const PRIVATE_FIELD = /^(?:credentials|\w*token\w*|\w*password|\w*pin|message|text|\w*url|link)$/i;

/** Names that people chose, and ids; also by the names before 4.1. */
const NAME_FIELDS: ReadonlySet<string> = new Set([
  'fileRequestId',
  'fileName',
  'fileId',
  'peerId',
  'peerDn',
  'peerDisplayName',
  'confId',
  'sentFileRequestId',
  'id',
  'name',
]);

/** What is read as a number, also where it comes as text. */
const NUMBER_FIELDS: ReadonlySet<string> = new Set([
  'fileSize',
  'size',
  'totalSize',
  'processedSize',
  'processedPercents',
  'status',
  'directionType',
  'timestamp',
  'availability',
  'available',
  'cause',
  'appState',
  'embeddedHttpPort',
]);

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^[\d.]+$/.test(value));
}

/** Whose values are names of the API, and what such names look like. */
const API_FIELDS: ReadonlySet<string> = new Set(['method', 'event']);
const API_NAME = /^[a-z]+$/i;

/** One way in which a secret may be written. */
interface Needle {
  /** Folded, as the text is in which it is searched for. */
  readonly text: string;
  /** A PIN is a few digits: inside a longer word or number it is not the PIN. */
  readonly isWord: boolean;
}

/** Longest first, so that a secret that begins like another is taken out whole; as JSON writes it, too. */
function toNeedles(secrets: readonly string[]): readonly Needle[] {
  const forms = [...new Set(secrets.flatMap(formsOf).map(fold))].sort((a, b) => b.length - a.length);
  return forms.map((text) => ({ text, isWord: text.length < LONG_UNITS }));
}

/** As it is, as JSON writes it, and as JSON writes it in ASCII. */
function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[^ -~]/g, jsonEscape);
  return [secret, json, ascii];
}

/** Takes every needle out of a text, in one pass. */
function hide(text: string, needles: readonly Needle[]): string {
  if (needles.length === 0) return text;
  const folded = fold(text);
  const next = needles.map((needle) => find(folded, needle, 0));
  let shown = '';
  for (let from = 0; ; ) {
    let first = -1;
    for (const [nth, needle] of needles.entries()) {
      if ((next[nth] ?? -1) < from && next[nth] !== -1) next[nth] = find(folded, needle, from);
      const [at, best] = [next[nth] ?? -1, next[first] ?? -1];
      if (at !== -1 && (first === -1 || at < best)) first = nth;
    }
    const [at, needle] = [next[first], needles[first]];
    if (at === undefined || needle === undefined) return from === 0 ? text : shown + text.slice(from);
    shown += `${text.slice(from, at)}***`;
    from = at + needle.text.length;
  }
}

function find(folded: string, { text, isWord }: Needle, from: number): number {
  for (let at = folded.indexOf(text, from); at !== -1; at = folded.indexOf(text, at + 1)) {
    if (!isWord) return at;
    const before = folded.slice(Math.max(0, at - 2), at);
    const after = folded.slice(at + text.length, at + text.length + 2);
    if (!/[\p{L}\p{N}]$/u.test(before) && !/^[\p{L}\p{N}]/u.test(after)) return at;
  }
  return -1;
}

/**
 * In lower case, with each unit in its place: what is found must lie there in the text itself. Both small sigmas are one,
 * as it depends on the next letter which of them a capital becomes.
 */
function fold(text: string): string {
  const lower = text.toLowerCase();
  const folded = lower.length === text.length ? lower : text.replace(/[\s\S]/gu, foldAlone);
  return folded.replaceAll('ς', 'σ');
}

/** A character in lower case, where it keeps its length. */
function foldAlone(character: string): string {
  const lower = character.toLowerCase();
  return lower.length === character.length ? lower : character;
}

const LONG_UNITS = 10;

/**
 * A credential or token. It prints as `***` wherever it is turned into text (string, JSON, inspection), so that
 * it cannot reach a log by accident; only `reveal()` gives the value, and only what builds a request calls that.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  /** Always `***`. */
  toString(): string {
    return '***';
  }

  /** Always `***`. */
  toJSON(): string {
    return '***';
  }

  /** @internal */
  [inspect.custom](): string {
    return '***';
  }
}
