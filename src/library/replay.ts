import { TrueConfFilesError } from '../errors.js';
import { Monitor } from '../monitor/monitor.js';
import { decode } from '../protocol/decode.js';
import { type Item, type Line, LineTooLongError, readLines, Source } from '../recording/source.js';
import type { RoomRecord } from '../records/types.js';
import type { Entry, Link } from '../room/entry.js';
import { type FilterOptions, Selection } from '../rules/filter.js';
import { readFilter } from './connect.js';
import { RecordMaker } from './records.js';

/** What is reported of a recording; everything is optional. */
export interface ReplayOptions {
  /** Only transfers that match are reported; records about the link, warnings and heartbeats always are. */
  readonly filter?: FilterOptions | undefined;
  /** Tell of what was there at the start; default true. */
  readonly snapshot?: boolean | undefined;
  /** The Room's name in the records, where the recording names none; default `recording`. */
  readonly room?: string | undefined;
}

/**
 * The records of a recording, which `trueconf-files watch --record FILE` makes: those of the watch that was recorded,
 * times included, as fast as they are asked for. A text with a Room's messages, one a line, is read too; it tells no
 * times, so the time of reading stands for them.
 *
 * ```ts
 * for await (const record of replay(createReadStream('room.ndjson'))) report(record);
 * ```
 *
 * A line that can't be read gives a `warning` record, and the rest goes on. Leaving the loop ends the input.
 * @param input the text, in pieces
 * @throws TrueConfFilesError `usage` if it is not a recording: not lines of text, nothing that comes from a Room, or of an unknown version
 * @throws what the input throws
 */
export async function* replay(
  input: AsyncIterable<Uint8Array | string>,
  options: ReplayOptions = {},
): AsyncGenerator<RoomRecord, void, undefined> {
  const { room: label = 'recording', filter, snapshot } = options;
  const selection = new Selection({ ...readFilter(filter), snapshot });
  const rooms = new Map<string, { readonly monitor: Monitor; readonly maker: RecordMaker }>();
  try {
    for await (const { name, entry } of entries(readLines(bytesOf(input)), label)) {
      const room = rooms.get(name) ?? { monitor: new Monitor(), maker: new RecordMaker(name, selection) };
      rooms.set(name, room);
      for (const notice of room.monitor.feed(entry)) {
        const record = room.maker.make(notice);
        if (record !== null) yield record;
      }
    }
  } catch (error) {
    if (!(error instanceof LineTooLongError)) throw error;
    throw new TrueConfFilesError('usage', `This is not a recording: ${error.message}.`, HINT);
  }
}

interface NamedEntry {
  /** The Room's. */
  readonly name: string;
  readonly entry: Entry;
}

async function* entries(lines: AsyncGenerator<readonly Line[]>, room: string): AsyncGenerator<NamedEntry> {
  try {
    const source = await Source.open(lines);
    if (source === null) throw new TrueConfFilesError('usage', 'The recording is empty.', HINT);
    const { beginning } = source;
    if (!source.isReadable) {
      throw new TrueConfFilesError(
        'usage',
        'This is not a recording: nothing in it comes from a Room.',
        HINT,
      );
    }
    if (beginning.kind === 'newer') {
      const message = `The recording is of version ${beginning.version}, which is not known.`;
      throw new TrueConfFilesError('usage', message, 'Read it with a newer version of trueconf-files.');
    }
    const isRecording = beginning.kind === 'recording';
    const name = (isRecording ? beginning.rooms[0] : undefined) ?? room;
    if (!isRecording) yield { name, entry: linkEntry({ state: 'live', attempt: 1 }) };
    let at = isRecording ? beginning.time : null;
    do {
      for (let item = source.take(); item !== undefined; item = source.take()) {
        if (item.kind === 'entry') at = item.entry.at;
        yield item.kind === 'entry'
          ? { name: item.room, entry: item.entry }
          : { name, entry: entryOf(item, at ?? Date.now()) };
      }
    } while (await source.more());
    if (!isRecording) yield { name, entry: linkEntry({ state: 'closed', reason: `${name} has ended` }) };
  } finally {
    await lines.return(undefined);
  }
}

function entryOf(item: Exclude<Item, { kind: 'entry' }>, at: number): Entry {
  if (item.kind === 'fault') return { kind: 'warning', at, code: item.code, message: item.message };
  const { text } = item;
  return { kind: 'received', at, text, message: decode(text) };
}

/** Plain messages are reported as those of a Room that is connected from the first to the last. */
function linkEntry(link: Link): Entry {
  return { kind: 'link', at: Date.now(), link };
}

async function* bytesOf(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for await (const piece of input) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

const HINT = "Give what 'trueconf-files watch --record FILE' has written, or a Room's messages, one a line.";
