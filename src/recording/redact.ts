import { decode } from '../protocol/decode.js';
import { isObject, type JsonObject, parseExact } from '../protocol/json.js';
import { WIRE } from '../protocol/wire.js';
import type { Entry } from '../room/entry.js';
import { Pseudonyms, type Subject } from './pseudonyms.js';

/**
 * Takes out of recordings and records whatever a person, a file or a place could be known by. Nothing passes but what a
 * table names: other fields are left out, other texts replaced. What follows from a frame stays: the same transfers
 * with the same statuses, sizes and times.
 */
export class RecordingRedactor {
  readonly #pseudonyms = new Pseudonyms();

  room(label: string): string {
    return this.#pseudonyms.of('room', label);
  }

  entry(entry: Entry): Entry {
    switch (entry.kind) {
      case 'received':
      case 'held':
      case 'sent':
        return { ...entry, text: this.frame(entry.text) };
      case 'link': {
        const { link } = entry;
        return 'reason' in link ? { ...entry, link: { ...link, reason: wordsOnly(link.reason) } } : entry;
      }
      case 'warning': {
        const { kind, at, code, message } = entry;
        return { kind, at, code: plain(code), message: wordsOnly(message) };
      }
      case 'listing-asked':
      case 'listing-answered':
      case 'heartbeat':
        return entry;
    }
  }

  /** A frame of a Room, or a record as `--json` writes it. */
  frame(text: string): string {
    let value: unknown;
    try {
      value = parseExact(text);
    } catch {
      return `(${text.length} characters that are not JSON)`;
    }
    if (!isObject(value)) return JSON.stringify(withoutContent(value));
    return JSON.stringify(this.#object(value, fieldsOf(value, text)));
  }

  #object(from: JsonObject, fields: Fields): object {
    const kept = Object.entries(from).flatMap(([field, value]) => {
      const treatment = fields.get(field);
      return treatment === undefined ? [] : [[field, this.#treat(value, treatment)] as const];
    });
    return Object.fromEntries(kept);
  }

  #treat(value: unknown, treatment: Treatment): unknown {
    if (typeof treatment !== 'string') {
      if (isObject(value)) return this.#object(value, treatment);
      return Array.isArray(value) ? value.map((item) => this.#treat(item, treatment)) : withoutContent(value);
    }
    switch (treatment) {
      case 'plain':
        return typeof value === 'number'
          ? value
          : typeof value === 'string'
            ? plain(value)
            : withoutContent(value);
      case 'words':
        return typeof value === 'string' ? wordsOnly(value) : withoutContent(value);
      case 'hidden':
        return withoutContent(value);
      default:
        return this.#named(value, treatment);
    }
  }

  #named(value: unknown, subject: Subject): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#named(item, subject));
    if (typeof value === 'string') return this.#pseudonyms.of(subject, value);
    // Ids come as numbers, too; a name that is one is not read.
    if (typeof value === 'number' && IDS.has(subject)) return this.#pseudonyms.of(subject, String(value));
    return withoutContent(value);
  }
}

/** What is kept of a record, of a message about files, and of any other message. */
function fieldsOf(value: JsonObject, text: string): Fields {
  if (typeof value['type'] === 'string' && 'v' in value && 'time' in value) return RECORD_FIELDS;
  return OTHERS.has(decode(text).kind) ? OTHER_FIELDS : FRAME_FIELDS;
}

/** A value of the same type that says nothing. */
function withoutContent(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? '' : '***';
  if (typeof value === 'number') return 0;
  if (Array.isArray(value)) return [];
  return typeof value === 'object' && value !== null ? {} : value;
}

/** A number, a time, or a word of the API or the program; else `***`. */
function plain(text: string): string {
  const isPlain =
    text === '' ||
    /^\d{1,16}(?:\.\d{1,16})?$/.test(text) ||
    RFC_3339.test(text) ||
    isApiName(text) ||
    isWord(text);
  return isPlain ? text : '***';
}

function isApiName(text: string): boolean {
  return WIRE.events.has(text) || WIRE.answers.has(text);
}

/** A sentence with all but ordinary words of the program's own replaced: it may quote a Room, a person or an address. */
function wordsOnly(text: string): string {
  const words = text.split(/\s+/).map((chunk) => {
    const [, before = '', word = '', after = ''] = /^(["'(]*)(.*?)(["').,:;!?]*)$/s.exec(chunk) ?? [];
    const isKept = word === '' || /^\d{1,3}$/.test(word) || isWord(word) || isApiName(word);
    return isKept ? chunk : `${before}…${after}`;
  });
  return words.join(' ');
}

function isWord(text: string): boolean {
  return text
    .toLowerCase()
    .split('-')
    .every((part) => WORDS.has(part));
}

type Treatment =
  | Subject
  /** Numbers, times and words of the API stay. */
  | 'plain'
  /** A sentence. */
  | 'words'
  | 'hidden'
  | Fields;
type Fields = ReadonlyMap<string, Treatment>;

const IDS: ReadonlySet<Subject> = new Set<Subject>(['request', 'file', 'conference', 'peer']);

const PLAIN_FIELDS = `method event type v time at kind result resultCode requestId previleges fileSize size totalSize
  processedSize processedPercents status statusCode previousStatus directionType direction timestamp availability
  available cause appState embeddedHttpPort removedFromDisk omittedBytes createdAt progress percent bytes bytesPerSecond
  etaSeconds origin state attempt retryInMs code count connected httpPort exitCode signal durationMs decision action ok
  dryRun role uploadedAt`;

/** Of a file request, as frames and records have it. */
const FILE_FIELDS: readonly (readonly [string, Treatment])[] = [
  ...PLAIN_FIELDS.trim()
    .split(/\s+/)
    .map((field) => [field, 'plain'] as const),
  ['fileRequestId', 'request'],
  ['sentFileRequestId', 'request'],
  ['id', 'request'],
  ['fileId', 'file'],
  ['file', 'file'],
  ['confId', 'conference'],
  ['conferenceId', 'conference'],
  ['callId', 'conference'],
  ['peerId', 'peer'],
  ['peerDn', 'person'],
  ['peerDisplayName', 'person'],
  ['fileName', 'name'],
  ['name', 'name'],
  ['error', 'words'],
  ['token', 'hidden'],
  ['tokenForHttpServer', 'hidden'],
  ['credentials', 'hidden'],
];

const ROWS: Fields = new Map(FILE_FIELDS);

const FRAME_FIELDS: Fields = new Map<string, Treatment>([
  ...FILE_FIELDS,
  ['incomingFilesRequests', ROWS],
  ['outgoingFilesRequests', ROWS],
  ['files', ROWS],
  ['filesRequests', ROWS],
]);

const PEER: Fields = new Map<string, Treatment>([
  ['id', 'peer'],
  ['name', 'person'],
]);

const RECORD_FIELDS: Fields = new Map<string, Treatment>([
  ...FILE_FIELDS,
  ['room', 'room'],
  ['peer', PEER],
  ['to', 'peer'],
  ['requests', 'request'],
  ['reason', 'words'],
  ['message', 'words'],
  ['fault', 'words'],
  ['command', 'hidden'],
  ['stderr', 'hidden'],
  ['rule', 'hidden'],
  ['hook', 'hidden'],
]);

/** Messages that are not about files. */
const OTHERS: ReadonlySet<string> = new Set(['other-event', 'other-answer', 'settings-answer']);
const OTHER_FIELDS: Fields = new Map<string, Treatment>(
  ['method', 'event', 'requestId', 'result', 'resultCode', 'omittedBytes'].map((field) => [field, 'plain']),
);

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Words that the program's own sentences, codes and states are made of. */
const WORDS: ReadonlySet<string> = new Set(
  `a accept accepted access address again allowed already an and answer answered answers anything app app-state array as
  asked at auth authorization availability available be began before being between binary boolean broken busy bytes calling
  came can't cancelled cause certificate characters clear cleared client close closed code complete conference config
  connect connected connecting connection could cut damaged data deleted denied did discovery disconnected does done down
  drop dropped during ended ending error event events expected expired failed failure false file files for forbidden found
  frame frames from gone has held history hook hooks host http https id idle in inbound incomplete internal interval invalid
  is it its json kind large larger left life limit line link list listed listing lists live local login long lost method
  milliseconds missing more name need needed network nested network no none not nothing number object of off offline on one
  open opened or other out outbound page part partly pending permission port processing progress protocol read reason reached
  received record recording records refused reject rejected removed request requests reset resync role room route s secured
  seat second seconds sent server session show sign signed signing silence silent snapshot some speak state status stopped
  string support taken takes than that the there these time timed timeout times timestamp to token too took transfer
  transfers tried true trying type unexpected unknown unreachable unreadable unsecured unsupported until up update user users
  valid waiting warning was web websocket well were which while will with within without words wrong wss ws yes yet`
    .trim()
    .split(/\s+/),
);
