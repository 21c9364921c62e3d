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
    const forms = [...this.#known].flatMap((known) => [known, JSON.stringify(known).slice(1, -1)]);
    const sorted = [...new Set(forms)].sort((a, b) => b.length - a.length).map(escapePattern);
    // A PIN is a few digits: inside a longer word or number it is not the PIN.
    this.#pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${sorted.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
  }

  redact(text: string): string {
    const fields = text.replace(SECRET_FIELDS, '$1"***"');
    return this.#pattern === null ? fields : fields.replace(this.#pattern, '***');
  }
}

const SECRET_FIELDS =
  /("(?:credentials|token|tokenForHttpServer|password|pin)"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|[\d.]+)/gi;

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
