import { inspect } from 'node:util';

/** Takes secrets out of text before it is shown or written: by the wire's field names, and by known values. */
export class Redactor {
  readonly #known = new Set<string>();
  #pattern: RegExp | null = null;
  /** Of secrets so long that no other text is the same by chance. */
  #longPattern: RegExp | null = null;

  add(secret: Secret | null): void {
    if (secret === null) return;
    const value = secret.reveal();
    if (value === '' || this.#known.has(value)) return;
    this.#known.add(value);
    const known = [...this.#known];
    this.#pattern = toPattern(known);
    this.#longPattern = toPattern(known.filter(({ length }) => length >= LONG_UNITS));
  }

  redact(text: string): string {
    const fields = text.replace(SECRET_FIELDS, '$1"***"');
    return this.#pattern === null ? fields : fields.replace(this.#pattern, '***');
  }

  /**
   * Takes secrets out of a frame so that JSON stays JSON. A frame without any is left exactly as it came.
   * @param isUnderstood whether names, ids and numbers in it are read and must stay: one that is the same as a short
   *   secret is so by chance, and tells nobody what the secret is. A long secret goes from everywhere.
   */
  redactFrame(text: string, isUnderstood: boolean): string {
    const named = text.replace(SECRET_FIELDS, '$1"***"');
    const pattern = this.#pattern;
    if (pattern === null || named.search(pattern) < 0) return named;
    const frame = this.#longPattern === null ? named : named.replace(this.#longPattern, '***');
    const hide = (field: string, value: unknown): unknown => {
      if (isUnderstood && (NAME_FIELDS.has(field) || (NUMBER_FIELDS.has(field) && isNumber(value))))
        return value;
      if (typeof value === 'string') return value.replace(pattern, '***');
      return typeof value === 'number' && String(value).replace(pattern, '') === '' ? '***' : value;
    };
    try {
      return JSON.stringify(JSON.parse(frame), hide);
    } catch {
      return frame.replace(pattern, '***');
    }
  }
}

const SECRET_FIELDS =
  /("(?:credentials|token|tokenForHttpServer|password|pin)"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|-?\d[\d.e+-]*)/gi;

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

/** Longest first, so that a secret that begins like another is taken out whole; as JSON writes it, too. */
function toPattern(secrets: readonly string[]): RegExp | null {
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  return forms.length === 0 ? null : new RegExp(forms.map(formPattern).join('|'), 'giu');
}

/** As it is, as JSON writes it, and as JSON writes it in ASCII. */
function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [secret, json, ascii];
}

/** A PIN is a few digits: inside a longer word or number it is not the PIN. What is long is no chance. */
function formPattern(form: string): string {
  const pattern = form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return form.length < LONG_UNITS ? `(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])` : pattern;
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
