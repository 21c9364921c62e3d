import { fstatSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { WriteStream } from 'node:tty';
import { TrueConfFilesError } from '../errors.js';
import { fileFault, newFileError } from '../faults.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import type { Keep } from '../recording/keeper.js';
import { createFile, LineFile, type LineWriter, openDevice } from '../recording/line-file.js';
import { NamePattern, NULL_DEVICE, windowsNameFault } from '../recording/names.js';
import { type Parts, Recorder } from '../recording/recorder.js';
import { Series } from '../recording/series.js';
import { VERSION } from '../version.js';
import type { Tap } from './feed.js';
import { FORMAT_OPTIONS, FORMATS, type OutputOptions } from './formats.js';
import { openFifo, PipeLines, SharedLines, UntakenError } from './pipe-lines.js';
import type { Show } from './show.js';

/** A recording in progress. */
export interface Recording {
  readonly tap: Required<Pick<Tap, 'room' | 'entry'>>;
  /**
   * Writes the rest, and notes where the file is and whether it is complete.
   * @throws TrueConfFilesError `output` where a reader did not take all in time
   */
  close(): Promise<void>;
}

export interface RecordingOptions {
  /** A name, in which codes may stand for the time; `-` is stdout. */
  readonly record: string;
  /** Bytes. */
  readonly recordMaxSize?: number | undefined;
  readonly recordKeep?: Keep | undefined;
  readonly recordGzip?: boolean | undefined;
}

type ShowPart = Pick<Show, 'flow' | 'warn' | 'sayLast' | 'out'>;
type HostPart = Pick<Host, 'onLastResort' | 'platform' | 'signal' | 'stdout' | 'stderr'>;

/** Where a recording goes. */
interface Goal {
  readonly parts: Parts;
  /** What was written, for the last note; `null` where there is nothing to say. */
  finish(): Promise<string | null>;
}

/**
 * Begins a recording, before anything else happens. Trouble with it is reported through `show`, which pauses while it
 * is slow.
 * @throws TrueConfFilesError `usage` if it exists already, or can't be created; the signal's reason while it waits for
 *   a reader
 */
export async function openRecording(
  options: RecordingOptions & OutputOptions,
  rooms: readonly string[],
  show: ShowPart,
  host: HostPart,
): Promise<Recording> {
  const trouble = new Trouble(show);
  const goal = await openGoal(options, show, trouble, host);
  const { record } = options;
  let recorder: Recorder;
  try {
    recorder = new Recorder(goal.parts, `trueconf-files ${VERSION}`, rooms, Date.now());
  } catch (error) {
    refuse(record, error);
  }
  const takeBack = host.onLastResort(() => recorder.flushNow());
  return {
    tap: {
      room: (room, standing) => recorder.room(room, standing),
      entry: (entry, room, redactor) => recorder.take(entry, room, redactor),
    },
    close: async () => {
      await recorder.close();
      takeBack();
      const written = await goal.finish();
      if (trouble.lost !== null) await show.sayLast(trouble.lost, true);
      else if (written !== null) await show.sayLast(`Recorded to ${written}.`, false);
      if (trouble.untaken !== null) throw new TrueConfFilesError('output', trouble.untaken);
    },
  };
}

/** What goes wrong with a recording: each thing is said once. */
class Trouble {
  /** What is missing, for the last note. */
  lost: string | null = null;
  /** The same, where a reader did not take it in time. */
  untaken: string | null = null;
  readonly #said = new Set<string>();
  readonly #show: ShowPart;

  constructor(show: ShowPart) {
    this.#show = show;
  }

  report(what: string, error: unknown, outcome: string): void {
    const message = `${what}: ${fileFault(error)}. ${outcome}`;
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#show.warn('recording-failed', message);
  }

  lose(path: string, error: unknown, outcome: string): void {
    const lost = `The recording "${safeText(path)}" is incomplete: ${fileFault(error)}.`;
    if (error instanceof UntakenError) {
      this.untaken = lost;
      return;
    }
    this.lost = lost;
    this.report(`The recording "${path}" can't be written`, error, outcome);
  }
}

async function openGoal(
  options: RecordingOptions & OutputOptions,
  show: ShowPart,
  trouble: Trouble,
  host: HostPart,
): Promise<Goal> {
  const { record } = options;
  const pattern = new NamePattern(record);
  const split = SPLITTING.find(([name]) => options[name] !== undefined)?.[1] ?? null;
  if (record === '-') {
    const format = FORMAT_OPTIONS.find((name) => options[name] !== undefined);
    if (split !== null) throw notInParts(split, 'stdout');
    if (format !== undefined) throw mixes(FORMATS[format].flags.split(' ')[0] ?? format);
    return single(new SharedLines(show.out), null);
  }
  const name = pattern.at(Date.now());
  const wrong = host.platform === 'win32' ? windowsNameFault(name) : null;
  if (wrong !== null) {
    const message = `The file "${name}" of --record can't be made: ${wrong}.`;
    throw new TrueConfFilesError('usage', message, 'Give another name.');
  }
  const stats = pattern.hasCodes ? null : await stat(name).catch(() => null);
  const special = stats === null ? null : openSpecial(name, stats, trouble, show, host);
  const isDevice = special !== null || (host.platform === 'win32' && NULL_DEVICE.test(name));
  if (isDevice && split !== null) throw notInParts(split, `"${name}"`);
  if (pattern.hasCodes || split !== null) return series(options, pattern, show, trouble);
  const writer = (await special) ?? fileLines(name, isDevice, trouble, show);
  return single(writer, name);
}

function single(writer: LineWriter, name: string | null): Goal {
  return {
    parts: { isDue: () => false, begin: () => writer, onFault: () => {} },
    finish: async () => (name === null ? null : `"${safeText(name)}"`),
  };
}

function series(options: RecordingOptions, pattern: NamePattern, show: ShowPart, trouble: Trouble): Goal {
  const { recordMaxSize: maxBytes = null, recordKeep: keep = null, recordGzip: packs = false } = options;
  const parts = new Series(
    { pattern, maxBytes, keep, packs },
    {
      gate: () => show.flow.gate(),
      onLost: (path, error) => trouble.lose(path, error, 'The next part is tried when it is due.'),
      onFault: (what, error) => trouble.report(what, error, 'The recording goes on.'),
    },
  );
  return {
    parts,
    finish: async () => {
      const last = `"${safeText(await parts.finish())}"`;
      return parts.count === 1 ? last : `${parts.count} parts, the last of them ${last}`;
    },
  };
}

/** A pipe, a socket or a device, which is written as it is; `null` for what only a new file could replace. */
function openSpecial(
  name: string,
  stats: Stats,
  trouble: Trouble,
  show: ShowPart,
  host: HostPart,
): Promise<LineWriter> | null {
  const lines = (output: WriteStream | Socket) =>
    new PipeLines(output, { ...show.flow.gate(), onFault: (error) => trouble.lose(name, error, WITHOUT) });
  for (const [fd, stream] of [
    [1, host.stdout],
    [2, host.stderr],
  ] as const) {
    const own = fstatSync(fd);
    if (own.dev === stats.dev && own.ino === stats.ino) return Promise.resolve(lines(stream));
  }
  if (stats.isFIFO()) {
    const onWait = () => void show.sayLast(`Waiting for "${safeText(name)}" to be read.`, true);
    return openFifo(name, host.signal, onWait).then(lines, (error: unknown) => {
      host.signal.throwIfAborted();
      return refuse(name, error);
    });
  }
  return stats.isCharacterDevice() ? Promise.resolve(fileLines(name, true, trouble, show)) : null;
}

function fileLines(name: string, isDevice: boolean, trouble: Trouble, show: ShowPart): LineFile {
  try {
    return new LineFile(isDevice ? openDevice(name) : createFile(name), {
      ...show.flow.gate(),
      onFault: (error) => trouble.lose(name, error, WITHOUT),
    });
  } catch (error) {
    refuse(name, error);
  }
}

const WITHOUT = 'The watch goes on without it.';

/** Options that put a recording in parts, and how they are written. */
export const SPLITTING = [
  ['recordMaxSize', '--record-max-size'],
  ['recordKeep', '--record-keep'],
  ['recordGzip', '--record-gzip'],
] as const;

function notInParts(option: string, goal: string): TrueConfFilesError {
  const message = `${option} puts a recording in several files, and ${goal} is not a file.`;
  return new TrueConfFilesError(
    'usage',
    message,
    'Give --record the name of a file, or leave that option out.',
  );
}

function mixes(option: string): TrueConfFilesError {
  return new TrueConfFilesError(
    'usage',
    `--record - writes the recording to stdout, where it would mix with what ${option} writes.`,
    'Leave one of them out, or record into a file.',
  );
}

function refuse(name: string, error: unknown): never {
  if (error instanceof TrueConfFilesError) throw error;
  throw newFileError(name, '--record', error, NAME_HINT);
}

const NAME_HINT = 'Give the name of a new file, or one with codes for the time, such as rec/%F.ndjson.';
