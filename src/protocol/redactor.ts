import type { Secret } from './secret.js';

/** Takes secrets out of text before it is shown or written: by the wire's field names, and by known values. */
export class Redactor {
  readonly #known = new Set<string>();
  #pattern: RegExp | null = null;

  add(secret: Secret | null): void {
    if (secret === null) return;
    const value = secret.reveal();
    if (value === '' || this.#known.has(value)) return;
    this.#known.add(value);
    // Longest first, so that a secret that begins like another is taken out whole; as JSON writes it, too.
    const forms = new Set([...this.#known].flatMap(formsOf));
    const sorted = [...forms].sort((a, b) => b.length - a.length).map(toPattern);
    this.#pattern = new RegExp(sorted.join('|'), 'giu');
  }

  redact(text: string): string {
    const fields = text.replace(SECRET_FIELDS, '$1"***"');
    return this.#pattern === null ? fields : fields.replace(this.#pattern, '***');
  }
}

const SECRET_FIELDS =
  /("(?:credentials|token|tokenForHttpServer|password|pin)"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|[\d.]+)/gi;

/** As it is, as JSON writes it, and as JSON writes it in ASCII. */
function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [secret, json, ascii];
}

/** A PIN is a few digits: inside a longer word or number it is not the PIN. What is long is no chance. */
function toPattern(form: string): string {
  const pattern = form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return form.length < LONG_UNITS ? `(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])` : pattern;
}

const LONG_UNITS = 10;
