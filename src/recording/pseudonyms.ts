import { isNumericId } from '../protocol/requests.js';

/** What a pseudonym stands for. */
export type Subject = 'room' | 'request' | 'file' | 'conference' | 'peer' | 'person' | 'name' | 'word';

/**
 * Pseudonyms that stay: the same text of a kind always gets the same one, and no two texts share one. What can be seen
 * of a text is whether it is empty, whether it is a number, whether it is too long to be an id, of a file's name its well-known extension and
 * about how long it is, and of a TrueConf ID which ones share a server.
 */
export class Pseudonyms {
  readonly #known = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  of(subject: Subject, text: string): string {
    if (text === '') return '';
    const key = `${subject} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = this.#make(subject, text);
    this.#known.set(key, made);
    return made;
  }

  #make(subject: Subject, text: string): string {
    switch (subject) {
      case 'name':
        return this.#nameOf(text);
      case 'peer':
        return this.#peerOf(text);
      case 'person':
        return `Person ${this.#next('person')}`;
      case 'room':
      case 'word':
        return `${subject}-${this.#next(subject)}`;
      default:
        // A number may stand for two requests, one each way.
        if (isNumericId(text)) return String(this.#next(subject));
        return sized(`${subject}-${this.#next(subject)}`, text.length, [ID_UNITS]);
    }
  }

  #nameOf(name: string): string {
    const [, extension = ''] = /\.([a-z0-9]{1,5})$/i.exec(name) ?? [];
    const ending = EXTENSIONS.has(extension.toLowerCase()) ? `.${extension}` : '';
    return `${sized(`file-${this.#next('name')}`, name.length - ending.length, NAME_UNITS)}${ending}`;
  }

  #peerOf(id: string): string {
    const at = id.indexOf('@');
    if (at === -1) return sized(`user-${this.#next('peer')}`, id.length, [ID_UNITS]);
    const server = id.slice(at + 1);
    const place = this.#known.get(`server ${server}`) ?? `server-${this.#next('server')}`;
    this.#known.set(`server ${server}`, place);
    return sized(`user-${this.#next('peer')}@${place}`, id.length, [ID_UNITS]);
  }

  #next(kind: string): number {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return count;
  }
}

/** Longer than the largest of the sizes that the text is longer than. */
function sized(pseudonym: string, units: number, sizes: readonly number[]): string {
  const least = sizes.findLast((size) => units > size);
  return least === undefined ? pseudonym : pseudonym.padEnd(least + 1, '-x');
}

/** No id is longer (`readId`). */
const ID_UNITS = 1_024;
/** Where names begin to be cut: in a column, on a line, on a disk, in memory. */
const NAME_UNITS = [24, 48, 96, 255, 4_096];

const EXTENSIONS: ReadonlySet<string> = new Set(
  `7z aac avi bin bmp bz2 csv doc docx dwg eml epub exe flac gif gz htm html iso jpeg jpg json key log m4a md mkv mov mp3
  mp4 mpeg mpg msg msi numbers odp ods odt ogg pages pdf png ppt pptx psd rar rtf svg tar tgz tif tiff txt vsdx wav webm
  webp wmv xls xlsx xml xz zip zst`
    .trim()
    .split(/\s+/),
);
