import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import { openInput } from '../input.js';
import { type File, findFiles, READABLE_HINT, refuse, subjectOf } from './find.js';
import { type Beginning, readEntry } from './format.js';
import { MergedSource, type RecordedFile } from './merge.js';
import { type Item, type Line, LineTooLongError, readLines, Source } from './source.js';
import { unpack } from './unpack.js';
import { faultOf, noRecordings, notAlone } from './unplayable.js';

/** Recordings, or one text of messages, opened to be read. The caller closes them. */
export interface Recordings {
  /** What they are called: stdin, the path of the only file, or how many there are. */
  readonly label: string;
  /** What they are called in a sentence. */
  readonly subject: string;
  /** When the first began, and all Rooms in them; `null` for messages without times. */
  readonly recorded: { readonly time: number; readonly rooms: readonly string[] } | null;
  /** Files in the folders given that were left out, as they are no recordings. */
  readonly skipped: readonly string[];
  /** What comes next of what has been read; `undefined` where more must be read first. */
  take(): Item | undefined;
  /** Reads more, once `take` gave nothing. Gives whether there was any. */
  more(): Promise<boolean>;
  /** When the last entry was seen, milliseconds since 1970; `null` where that shows only in reading. */
  endsAt(): Promise<number | null>;
  close(): void;
}

/** How recordings are read where not all of them is wanted. */
export interface Reading {
  /** Whether what `--json` wrote is read as well, each record as a message. */
  readonly takesRecords: boolean;
  /** Whether messages without times are read. */
  readonly takesMessages: boolean;
  /** Lines that are not wanted, told by their text alone. */
  readonly skips: (line: string) => boolean;
}

const READ_ALL: Reading = { takesRecords: false, takesMessages: true, skips: () => false };

/**
 * Opens files and folders (with all recordings in them) to be read as one, in order of time: each file has its place by
 * the time at which it begins, then by its name, and what overlaps is merged. gzip and zstd are read.
 * @param paths at least one; `-` alone is stdin
 * @throws TrueConfFilesError `usage`; the signal's reason once it is aborted
 */
export async function openRecordings(
  paths: readonly string[],
  stdin: Readable,
  signal: AbortSignal,
  reading: Reading = READ_ALL,
): Promise<Recordings> {
  const inputs = new Set<Readable>();
  const close = () => inputs.forEach((input) => void input.destroy());
  signal.addEventListener('abort', close, { once: true });
  try {
    const files = await findFiles(paths, signal);
    const skipped: string[] = [];
    const isAlone = files.length === 1;
    const opened: Opened[] = [];
    for (const file of files) {
      const one = await openFile(file, isAlone, stdin, signal, inputs, reading);
      if (one === null) skipped.push(file.path);
      else opened.push(one);
    }
    const [first] = opened;
    if (first === undefined) throw noRecordings(paths, skipped);
    const recorded = opened.filter(isDated);
    if (!isAlone && recorded.length < opened.length)
      throw notAlone(opened.find((one) => !isDated(one))?.file.path ?? '');
    const source = isAlone ? await first.open() : new MergedSource(inOrder(recorded));
    return {
      label: isAlone ? first.file.label : `${opened.length} recordings`,
      subject: isAlone ? subjectOf(first.file) : `The last of the ${opened.length} recordings`,
      recorded: recorded.length === 0 ? null : beginningOf(recorded),
      skipped,
      take: () => source.take(),
      more: () => source.more(),
      endsAt: () => lastMoment(opened),
      close,
    };
  } catch (error) {
    close();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
  }
}

/**
 * Reads recordings to their end, and closes them.
 * @param take gets each item, in order
 * @param rest waited for whenever all that was read has been taken
 * @throws TrueConfFilesError `usage` where they can't be read on; the signal's reason once it is aborted
 */
export async function readItems(
  recordings: Recordings,
  signal: AbortSignal,
  take: (item: Item) => void,
  rest?: () => Promise<unknown>,
): Promise<void> {
  const close = () => recordings.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    do {
      for (let item = recordings.take(); item !== undefined; item = recordings.take()) take(item);
      await rest?.();
      signal.throwIfAborted();
    } while (await recordings.more());
  } finally {
    signal.removeEventListener('abort', close);
    close();
    // What was closed can't be read on.
    signal.throwIfAborted();
  }
}

/** A file, and how it begins. */
interface Opened<B extends Beginning = Beginning> {
  readonly file: File;
  readonly beginning: B;
  open(): Promise<Source>;
}

/** Of a kind that has times. */
type Dated = Opened<Extract<Beginning, { kind: 'recording' | 'records' }>>;

function isDated(opened: Opened): opened is Dated {
  return opened.beginning.kind === 'recording' || opened.beginning.kind === 'records';
}

/** Reads how a file begins. Gives `null` for a file in a folder that is not a recording. */
async function openFile(
  file: File,
  isAlone: boolean,
  stdin: Readable,
  signal: AbortSignal,
  inputs: Set<Readable>,
  reading: Reading,
): Promise<Opened | null> {
  // To open it may wait for ever, as for files of the system that only seem to be empty.
  if (file.isEmpty && !file.isNamed) return null;
  const openSource = async () => {
    const input = file.kind === 'stdin' ? stdin : await openInput(file.path).catch(refuse(file.path));
    inputs.add(input);
    // The signal may have come while it was opened.
    if (signal.aborted) input.destroy();
    signal.throwIfAborted();
    input.once('close', () => inputs.delete(input));
    const name = isAlone ? null : `"${file.path}"`;
    const lines = inWords(readLines(unpack(input)), file);
    const source = await Source.open(wanted(lines, reading), name);
    signal.throwIfAborted();
    return { input, source };
  };
  const { input, source } = await openSource().catch((error: unknown) => {
    if (file.isNamed || signal.aborted) throw error;
    return { input: null, source: null };
  });
  const fault = source === null ? 'is empty: there is nothing to play' : faultOf(source, file, reading);
  if (source === null || fault !== null) {
    input?.destroy();
    if (!file.isNamed) return null;
    throw fault instanceof TrueConfFilesError
      ? fault
      : new TrueConfFilesError('usage', `${subjectOf(file)} ${fault}.`, READABLE_HINT);
  }
  const { beginning } = source;
  if (!file.isNamed && beginning.kind === 'messages') {
    input?.destroy();
    return null;
  }
  // Of many files only those are open that are being read; a pipe can't be opened again.
  if (isAlone || file.kind !== 'regular') return { file, beginning, open: async () => source };
  input?.destroy();
  const open = async () => {
    const { source: again } = await openSource();
    if (again === null) throw new TrueConfFilesError('usage', `${subjectOf(file)} was emptied.`);
    return again;
  };
  return { file, beginning, open };
}

/** @throws TrueConfFilesError `usage` if the input can't be read or has no lines of text */
async function* inWords<T>(batches: AsyncGenerator<T>, file: File): AsyncGenerator<T> {
  try {
    yield* batches;
  } catch (error) {
    const what =
      error instanceof LineTooLongError
        ? `is not a recording: ${error.message}`
        : `can't be read: ${fileFault(error)}`;
    throw new TrueConfFilesError('usage', `${subjectOf(file)} ${what}.`, READABLE_HINT);
  }
}

/** Leaves out what is not wanted, but for the first line, which shows what the text is. */
async function* wanted(
  batches: AsyncGenerator<readonly Line[]>,
  { skips }: Reading,
): AsyncGenerator<readonly Line[]> {
  for await (const lines of batches) {
    const kept = lines.filter(({ text, number }) => number === 1 || !skips(text));
    if (kept.length > 0) yield kept;
  }
}

/** In the order in which they begin; of a part that is there twice, as while it is packed, only the plain file. */
function inOrder(recorded: readonly Dated[]): readonly RecordedFile[] {
  const names = new Intl.Collator('en', { numeric: true });
  const sorted = [...recorded].sort(
    (a, b) =>
      a.beginning.time - b.beginning.time || names.compare(basename(a.file.path), basename(b.file.path)),
  );
  const seen = new Set<string>();
  return sorted.flatMap(({ beginning, open }) => {
    const { time } = beginning;
    const part = beginning.kind === 'recording' ? beginning.part : null;
    const id = part === null ? null : `${part.id} ${part.number}`;
    if (id !== null && seen.has(id)) return [];
    if (id !== null) seen.add(id);
    return [{ time, part, open }];
  });
}

function beginningOf(recorded: readonly Dated[]): Recordings['recorded'] {
  const time = Math.min(...recorded.map(({ beginning }) => beginning.time));
  const rooms = recorded.flatMap(({ beginning }) => (beginning.kind === 'recording' ? beginning.rooms : []));
  return { time, rooms: [...new Set(rooms)] };
}

async function lastMoment(opened: readonly Opened[]): Promise<number | null> {
  let last: number | null = null;
  for (const { file } of opened) {
    const moment = file.kind === 'regular' ? await lastMomentOf(file.path) : null;
    if (moment === null) return null;
    last = Math.max(last ?? moment, moment);
  }
  return last;
}

/** When the last entry in a file was seen; `null` where its end does not say. */
async function lastMomentOf(path: string): Promise<number | null> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString('utf8').trimEnd().split('\n');
    const last = readEntry(lines.at(-1) ?? '');
    return 'entry' in last ? last.entry.at : null;
  } finally {
    await file.close();
  }
}

/** Few last lines are longer, and then only the total is not shown. */
const TAIL_BYTES = 65_536;
