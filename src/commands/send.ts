import { EXIT, TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { formatBytes, formatEta, formatRate } from '../output/format.js';
import { safeText } from '../output/text.js';
import { displayWidth, fitWidth, middleEllipsis } from '../output/width.js';
import { answerRecord, isoTime, RECORD_VERSION } from '../records/record.js';
import { advance, etaSeconds, NO_PACE, type Pace } from '../transfers/rate.js';
import {
  nameOf,
  notOffered,
  offer,
  openSource,
  type Recipient,
  type SourceFile,
  uploadFile,
} from '../visit/send.js';
import { type AtRoom, atRoom } from './at-room.js';
import type { OptionsOf, PrintOptions } from './command-options.js';
import type { Printer } from './printer.js';

type SendOptions = OptionsOf<'send'>;

/** Uploads a file to a Room, which then offers it. Gives the exit code. */
export async function send(path: string, options: SendOptions, host: Host): Promise<number> {
  const to = recipientOf(options);
  const file = await openSource(path);
  try {
    return await atRoom(undefined, options, host, 'send FILE --to PEER --room 10.0.0.5', async (at) => {
      const fileId = await upload(file, at, options, host);
      const offered = await offer(fileId, to, at);
      if (!offered.ok) {
        tell(at, null, fileId, offered.reason);
        throw notOffered(file, fileId, to, at, offered.reason);
      }
      const { id } = offered;
      tell(at, id, fileId, null);
      if (!at.printer.isJson) {
        const known = id === null ? 'the Room gave no id' : `id ${safeText(id)}`;
        const who = `to ${safeText(nameOf(to))}`;
        at.printer.line(['sent', safeText(file.name), formatBytes(file.size), who, known].join('  '));
      }
      return EXIT.done;
    });
  } finally {
    await file.handle.close();
  }
}

function recipientOf({ to, conference }: SendOptions): Recipient {
  if (to !== undefined && conference !== true && to !== '') return to;
  if (conference === true && to === undefined) return null;
  throw new TrueConfFilesError(
    'usage',
    to === '' ? 'The peer to send to is empty.' : 'A file goes either to a peer or to the conference.',
    'Give --to PEER (a TrueConf ID such as user@server) or --conference.',
  );
}

async function upload(file: SourceFile, at: AtRoom, options: SendOptions, host: Host): Promise<number> {
  const { label, printer } = at;
  const progress = new UploadProgress(file, label, printer, options, host);
  const debug = (text: string) => {
    if (options.debug) printer.err.write(`${isoTime(Date.now())} ${safeText(label)} ${safeText(text)}\n`);
  };
  try {
    return await uploadFile(file, at, {
      onStart: (url) => debug(`> POST ${url}?token=*** (${file.size} bytes, "${file.name}")`),
      onProgress: (bytes) => progress.tell(bytes),
      onAnswer: ({ status, fileId }) => debug(`< HTTP ${status}, FileId ${fileId ?? 'missing'}`),
    });
  } finally {
    progress.clear();
  }
}

function tell({ printer, label }: AtRoom, id: string | null, fileId: number, error: string | null): void {
  if (!printer.isJson) return;
  const fields = { action: 'send', id, fileId: String(fileId), error } as const;
  printer.record(answerRecord(fields, Date.now(), label));
}

/** Tells how far an upload has come: as records, or as one line that is drawn anew on a terminal's stderr. */
export class UploadProgress {
  readonly #file: SourceFile;
  readonly #label: string;
  readonly #printer: Printer;
  readonly #host: Host;
  readonly #isDrawn: boolean;
  #pace: Pace = NO_PACE;
  #toldAt = Number.NEGATIVE_INFINITY;
  #takeBack: (() => void) | null = null;

  constructor(file: SourceFile, label: string, printer: Printer, options: PrintOptions, host: Host) {
    this.#file = file;
    this.#label = label;
    this.#printer = printer;
    this.#host = host;
    const { stderr, env } = host;
    const isWanted = !printer.isJson && options.quiet !== true && options.debug !== true;
    this.#isDrawn = isWanted && stderr.isTTY === true && env['TERM'] !== 'dumb';
  }

  /** @param bytes handed over so far */
  tell(bytes: number): void {
    const { size } = this.#file;
    const now = Date.now();
    if (bytes < size && now - this.#toldAt < EVERY_MS) return;
    this.#toldAt = now;
    this.#pace = advance(this.#pace, Math.floor((bytes / size) * 100), bytes, size, now);
    if (this.#printer.isJson) this.#record(now);
    else if (this.#isDrawn) this.#draw();
  }

  /** Takes the line off the terminal. */
  clear(): void {
    if (this.#takeBack === null) return;
    this.#takeBack();
    this.#takeBack = null;
    this.#host.stderr.write(CLEAR);
  }

  #record(at: number): void {
    const { progress: percent, bytes, bytesPerSecond } = this.#pace;
    const eta = etaSeconds(this.#pace, this.#file.size);
    this.#printer.record({
      type: 'progress',
      v: RECORD_VERSION,
      time: isoTime(at),
      room: this.#label,
      // The request is made only once the file has arrived.
      id: null,
      percent,
      bytes,
      bytesPerSecond: bytesPerSecond === null ? null : Math.round(bytesPerSecond),
      etaSeconds: eta === null ? null : Math.round(eta),
    });
  }

  #draw(): void {
    const { stderr } = this.#host;
    this.#takeBack ??= this.#host.onLastResort(() => stderr.write(CLEAR));
    const { name, size } = this.#file;
    stderr.write(`\r${uploadLine(name, this.#pace, size, (stderr.columns || 80) - 1)}\x1b[K`);
  }
}

/** Often enough to be seen moving, and seldom enough to be read. */
const EVERY_MS = 500;
const CLEAR = '\r\x1b[K';

/** How far an upload has come, in at most `columns`; the name gives way first. */
export function uploadLine(name: string, pace: Pace, size: number, columns: number): string {
  const { progress, bytes, bytesPerSecond } = pace;
  const eta = etaSeconds(pace, size);
  const left = eta === null || bytes === size ? '' : `  ${formatEta(eta)} left`;
  const rate = bytesPerSecond === null ? '' : `  ${formatRate(bytesPerSecond)}`;
  const facts = `${progress ?? 0}%  ${formatBytes(bytes)} of ${formatBytes(size)}${rate}${left}`;
  const room = columns - displayWidth(facts) - 2;
  return room < 1 ? fitWidth(facts, columns) : `${middleEllipsis(safeText(name), room)}  ${facts}`;
}
