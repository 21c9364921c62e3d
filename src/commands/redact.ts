import { randomUUID } from 'node:crypto';
import { EXIT, TrueConfFilesError } from '../errors.js';
import { fileFault, newFileError } from '../faults.js';
import type { Host } from '../host.js';
import { Redactor } from '../protocol/secrets.js';
import { entryLine, headerLine } from '../recording/format.js';
import { createFile, LineFile } from '../recording/line-file.js';
import { openRecordings, type Recordings, readItems } from '../recording/open.js';
import { RecordingRedactor } from '../recording/redact.js';
import type { Item } from '../recording/source.js';
import { VERSION } from '../version.js';
import type { OptionsOf } from './command-options.js';
import { Printer, skippedNote } from './printer.js';

/**
 * Writes recordings, records or messages without what a person, a file or a place could be known by.
 * @returns the exit code
 * @throws TrueConfFilesError
 */
export async function redact(
  paths: readonly string[],
  options: OptionsOf<'redact'>,
  host: Host,
): Promise<number> {
  const { output } = options;
  const recordings = await openRecordings(paths, host.stdin, host.signal, READING);
  const printer = new Printer({ color: 'never', ...options }, host);
  try {
    const skipped = skippedNote(recordings);
    if (skipped !== null) printer.note(skipped);
    const goal = output === '-' ? stdoutGoal(printer) : fileGoal(output);
    const damaged = await copy(recordings, goal, host.signal);
    await goal.close();
    if (damaged > 0)
      printer.note(`Left out ${damaged === 1 ? '1 damaged line' : `${damaged} damaged lines`}.`);
    if (output !== '-')
      printer.note('Look through it before you share it: sizes and times are as they were.');
  } finally {
    recordings.close();
    await printer.close();
  }
  return EXIT.done;
}

/** Gives how many lines could not be read. */
async function copy(recordings: Recordings, goal: Goal, signal: AbortSignal): Promise<number> {
  const redactor = new RecordingRedactor();
  let damaged = 0;
  let isRecording: boolean | null = null;
  const take = (item: Item) => {
    if (item.kind === 'fault') {
      damaged++;
      return;
    }
    if (isRecording === null && item.kind === 'entry') goal.write(headerOf(recordings, redactor));
    isRecording ??= item.kind === 'entry';
    if (isRecording !== (item.kind === 'entry')) throw mixed();
    goal.write(lineOf(item, redactor));
  };
  await readItems(recordings, signal, take, () => goal.drained());
  return damaged;
}

function headerOf({ recorded }: Recordings, redactor: RecordingRedactor): string {
  return headerLine({
    time: recorded?.time ?? 0,
    program: `trueconf-files ${VERSION}`,
    rooms: (recorded?.rooms ?? []).map((room) => redactor.room(room)),
    part: { id: randomUUID(), number: 1, held: 0 },
  });
}

function lineOf(item: Exclude<Item, { kind: 'fault' }>, redactor: RecordingRedactor): string {
  if (item.kind === 'message') return `${redactor.frame(item.text)}\n`;
  return entryLine(redactor.entry(item.entry), redactor.room(item.room), NO_SECRETS);
}

/** Where the lines go. */
interface Goal {
  write(line: string): void;
  /** Resolves once more can be written. */
  drained(): Promise<unknown>;
  /** @throws TrueConfFilesError `output` */
  close(): Promise<void>;
}

function stdoutGoal(printer: Printer): Goal {
  return {
    write: (line) => printer.out.write(line),
    drained: () => printer.flush(),
    close: async () => {},
  };
}

/** @throws TrueConfFilesError `usage` where there is such a file */
function fileGoal(path: string): Goal {
  let fault: unknown = null;
  let release = () => {};
  let full: Promise<void> | null = null;
  const handlers = {
    onFull: () => {
      full = new Promise((resolve) => {
        release = resolve;
      });
    },
    onDrain: () => release(),
    onFault: (error: unknown) => {
      fault = error;
    },
  };
  const file = new LineFile(create(path), handlers);
  const check = () => {
    if (fault === null) return;
    throw new TrueConfFilesError('output', `"${path}" can't be written: ${fileFault(fault)}.`);
  };
  return {
    write: (line) => file.write(line),
    drained: async () => {
      await full;
      check();
    },
    close: async () => {
      await file.close();
      check();
    },
  };
}

function create(path: string) {
  try {
    return createFile(path);
  } catch (error) {
    throw newFileError(path, '--output', error, 'Give the name of a new file, or - for stdout.');
  }
}

function mixed(): TrueConfFilesError {
  const message = 'Recordings and records of --json do not fit into one file.';
  return new TrueConfFilesError(
    'usage',
    message,
    'Redact them one after the other, each into a file of its own.',
  );
}

const READING = { takesRecords: true, takesMessages: true, skips: () => false };
/** What is written holds none any more. */
const NO_SECRETS = new Redactor();
