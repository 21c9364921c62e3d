import { createReadStream } from 'node:fs';
import { TrueConfFilesError } from '../errors.js';
import { fileFault } from '../faults.js';
import type { Host } from '../host.js';
import { isChange } from '../monitor/notice.js';
import { Redactor } from '../protocol/secrets.js';
import { Player, type Speed } from '../recording/player.js';
import { LineTooLongError, readLines, Source } from '../recording/source.js';
import { Selection } from '../transfers/filter.js';
import { chooseMode, type OutputOptions } from '../watch/choose-view.js';
import { Endings } from '../watch/endings.js';
import { ReplayFeed } from '../watch/replay-feed.js';
import { Show } from '../watch/show.js';
import type { EndingChoices, FilterChoices } from './options.js';
import { writeDebug } from './printer.js';

export interface ReplayOptions extends OutputOptions, FilterChoices, EndingChoices {
  /** Without it: as it happened on the table, else as fast as can be. */
  readonly speed?: Speed;
  /** Ended transfers held at most. */
  readonly keep: number;
  readonly plain?: boolean;
}

/**
 * Plays a recording, or messages of a Room one a line, through the views of a watch.
 * @param path `-` is stdin
 * @returns the exit code
 * @throws TrueConfFilesError
 */
export async function replay(path: string, options: ReplayOptions, host: Host): Promise<number> {
  const isStdin = path === '-';
  const label = isStdin ? STDIN : path;
  const input = isStdin ? host.stdin : createReadStream(path);
  const onSignal = () => input.destroy();
  host.signal.addEventListener('abort', onSignal, { once: true });
  try {
    const source = await open(input, label, host.signal);
    host.signal.removeEventListener('abort', onSignal);
    // Where the recording comes from stdin, keys can't.
    return await show(source, label, isStdin ? { ...options, plain: true } : options, host);
  } finally {
    host.signal.removeEventListener('abort', onSignal);
    input.destroy();
  }
}

async function show(source: Source, label: string, options: ReplayOptions, host: Host): Promise<number> {
  const { beginning } = source;
  const recorded = beginning.kind === 'recording' ? beginning : null;
  const mode = chooseMode(options, host);
  const isTable = mode === 'table';
  const player = new Player(options.speed ?? (isTable ? 1 : 'max'), recorded?.time ?? null);
  const selection = new Selection({ ...options, statuses: options.status, ids: options.id });
  const shown = new Show({
    mode,
    output: options,
    host,
    labels: recorded === null ? [label] : recorded.rooms,
    selection,
    endings: new Endings({
      once: options.once === true,
      count: options.count ?? null,
      until: options.until ?? null,
      ids: options.id ?? [],
      feeds: 1,
    }),
    timeoutMs: null,
    keep: options.keep,
    player,
  });
  const redactor = new Redactor();
  const { until } = options;
  return shown.run([
    (handlers) =>
      new ReplayFeed(
        {
          label,
          source,
          player,
          monitor: { keep: options.keep, keepsDetails: isTable },
          rooms: recorded?.rooms ?? null,
          isChange: (notice) =>
            isChange(notice)
              ? notice.kind !== 'progress' && selection.watches(notice) && selection.writes(notice)
              : notice.kind !== 'heartbeat',
          stays: isTable,
          listsFirst: options.once !== true,
          endsAs: until === undefined ? null : unmet(label, until),
          onEntry: (entry, room) => {
            if (options.debug) writeDebug(entry, room, redactor, shown.err);
          },
        },
        handlers,
      ),
  ]);
}

/** Reads the first line, which shows what it is. */
async function open(input: AsyncIterable<Uint8Array>, label: string, signal: AbortSignal): Promise<Source> {
  const source = await Source.open(withWords(readLines(input), label)).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  signal.throwIfAborted();
  if (source === null) {
    throw new TrueConfFilesError('usage', `${quoted(label)} is empty: there is nothing to play.`, HINT);
  }
  const { beginning } = source;
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
    `${quoted(label)} is a recording of version ${beginning.version}, which this program does not know.`,
    'Play it with a newer version of trueconf-files.',
  );
}

/** @throws TrueConfFilesError `usage` where the input can't be read, or is no text of lines */
async function* withWords<T>(batches: AsyncGenerator<T>, label: string): AsyncGenerator<T> {
  try {
    yield* batches;
  } catch (error) {
    const what =
      error instanceof LineTooLongError
        ? `is no recording: ${error.message}`
        : `can't be read: ${fileFault(error)}`;
    throw new TrueConfFilesError('usage', `${quoted(label)} ${what}.`, HINT);
  }
}

function unmet(label: string, until: string): TrueConfFilesError {
  return new TrueConfFilesError('lost', `${quoted(label)} has ended before what --until ${until} waits for.`);
}

function quoted(label: string): string {
  return label === STDIN ? 'What came on stdin' : `The file "${label}"`;
}

const STDIN = 'stdin';
const HINT =
  "Give a file made by 'trueconf-files watch --record FILE', or one with a Room's messages, one a line; - is stdin.";
