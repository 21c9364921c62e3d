import { openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { ReadStream } from 'node:tty';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import type { Host } from '../host.js';
import { openInput } from '../input.js';
import { isChange } from '../monitor/monitor.js';
import { readEntry } from '../recording/format.js';
import { Player } from '../recording/player.js';
import { LineTooLongError, readLines, Source } from '../recording/source.js';
import { unpack } from '../recording/unpack.js';
import { chooseFormat, FORMATS } from '../watch/formats.js';
import { ReplayFeed } from '../watch/replay-feed.js';
import { Show } from '../watch/show.js';
import type { OptionsOf } from './command-options.js';
import { readAutomation } from './long-running.js';
import { debugTap } from './printer.js';
import { choicesOf } from './watch.js';

type ReplayOptions = OptionsOf<'replay'>;

/**
 * Plays a recording, or messages of a Room one per line, through the views of a watch.
 * @param path `-` is stdin
 * @returns the exit code
 * @throws TrueConfFilesError
 */
export async function replay(path: string, options: ReplayOptions, host: Host): Promise<number> {
  const isStdin = path === '-';
  const label = isStdin ? STDIN : path;
  const input = isStdin ? host.stdin : await openFile(path);
  const onSignal = () => input.destroy();
  host.signal.addEventListener('abort', onSignal, { once: true });
  try {
    const source = await openSource(input, label, host.signal);
    host.signal.removeEventListener('abort', onSignal);
    const endsAt = isStdin ? null : await lastMoment(path);
    if (!isStdin) return await show(source, label, endsAt, options, host);
    const keys = openKeys(host);
    try {
      const where = keys === null ? host : { ...host, stdin: keys };
      return await show(source, label, endsAt, keys === null ? { ...options, plain: true } : options, where);
    } finally {
      keys?.destroy();
    }
  } finally {
    host.signal.removeEventListener('abort', onSignal);
    input.destroy();
  }
}

async function openFile(path: string): Promise<Readable> {
  return openInput(path).catch((error: unknown) => {
    throw new TrueConfFilesError('usage', `${quoted(path)} can't be read: ${fileFault(error)}.`, HINT);
  });
}

async function show(
  source: Source,
  label: string,
  endsAt: number | null,
  options: ReplayOptions,
  host: Host,
): Promise<number> {
  const { beginning } = source;
  const recorded = beginning.kind === 'recording' ? beginning : null;
  const format = chooseFormat(options, host);
  const isTable = FORMATS[format].isRedrawn;
  const player = new Player(options.speed ?? (isTable ? 1 : 'max'), recorded?.time ?? null, endsAt);
  const { selection, endings } = choicesOf(options, 1);
  const shown = new Show({
    format,
    output: options,
    host,
    labels: recorded === null ? [label] : recorded.rooms,
    selection,
    endings,
    timeoutMs: null,
    keep: options.keep,
    automate: await readAutomation(options, host),
    player,
  });
  const { until } = options;
  const feed = new ReplayFeed({
    label,
    source,
    player,
    monitor: { keep: options.keep, keepsDetails: isTable },
    rooms: recorded?.rooms ?? null,
    isChange: (notice, room) =>
      isChange(notice)
        ? notice.kind !== 'progress' && selection.takes(notice, room)
        : notice.kind !== 'heartbeat',
    stays: isTable,
    listsFirst: options.once !== true,
    endsAs: until === undefined ? null : unmet(label, until),
    taps: options.debug === true ? [debugTap(shown.err)] : [],
  });
  return shown.run([feed]);
}

/** The terminal's keys where stdin is a pipe; `null` where there is no terminal to press them on. */
function openKeys({ stdin, stdout, platform }: Host): ReadStream | null {
  if (stdin.isTTY || !stdout.isTTY || platform === 'win32') return null;
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    return null;
  }
}

/** When the last entry of a recording was seen, milliseconds since 1970; `null` where its end does not say. */
async function lastMoment(path: string): Promise<number | null> {
  if (!(await stat(path)).isFile()) return null;
  const file = await open(path);
  try {
    const stats = await file.stat();
    const length = Math.min(stats.size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, stats.size - length);
    const lines = buffer.toString('utf8').trimEnd().split('\n');
    const last = readEntry(lines.at(-1) ?? '');
    return 'entry' in last ? last.entry.at : null;
  } finally {
    await file.close();
  }
}

/** Few last lines are longer, and then only the total is not shown. */
const TAIL_BYTES = 65_536;

/** Reads the first line, which shows what it is. */
async function openSource(
  input: AsyncIterable<Uint8Array>,
  label: string,
  signal: AbortSignal,
): Promise<Source> {
  const source = await Source.open(withWords(readLines(unpack(input)), label)).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  signal.throwIfAborted();
  if (source === null) {
    throw new TrueConfFilesError('usage', `${quoted(label)} is empty: there is nothing to play.`, HINT);
  }
  const { beginning } = source;
  if (label !== STDIN && !source.isJson) {
    const hint = `${HINT} For JSON that is spread over lines: jq -c . FILE | trueconf-files replay -`;
    throw new TrueConfFilesError(
      'usage',
      `${quoted(label)} is not a recording: its lines are not JSON.`,
      hint,
    );
  }
  if (beginning.kind === 'records') {
    throw new TrueConfFilesError(
      'usage',
      `${quoted(label)} holds records of --json, which can't be played: the Room's frames are not in them.`,
      "Record with 'trueconf-files watch --record FILE'.",
    );
  }
  if (beginning.kind !== 'newer') return source;
  throw new TrueConfFilesError(
    'usage',
    `${quoted(label)} is a recording of version ${beginning.version}, which this program can't read.`,
    'Play it with a newer version of trueconf-files.',
  );
}

/** @throws TrueConfFilesError `usage` if the input can't be read or has no lines of text */
async function* withWords<T>(batches: AsyncGenerator<T>, label: string): AsyncGenerator<T> {
  try {
    yield* batches;
  } catch (error) {
    const what =
      error instanceof LineTooLongError
        ? `is not a recording: ${error.message}`
        : `can't be read: ${fileFault(error)}`;
    throw new TrueConfFilesError('usage', `${quoted(label)} ${what}.`, HINT);
  }
}

function unmet(label: string, until: string): TrueConfFilesError {
  return new TrueConfFilesError('lost', `${quoted(label)} ended before --until ${until} was reached.`);
}

function quoted(label: string): string {
  return label === STDIN ? 'The input from stdin' : `The file "${label}"`;
}

const STDIN = 'stdin';
const HINT =
  "Give a file made by 'trueconf-files watch --record FILE', or one with a Room's messages, one per line; - is stdin.";
