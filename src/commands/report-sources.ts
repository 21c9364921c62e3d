import { EXIT, TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import { namesFile } from '../recording/find.js';
import { openRecordings, readItems } from '../recording/open.js';
import { isServerAddress, parseServerAddress } from '../relay/server-address.js';
import { type Intake, saysNothing } from '../report/intake.js';
import type { Rows } from '../report/rows.js';
import { asSeen } from '../transfers/change.js';
import { incomplete } from '../visit/visit.js';
import { atEachRoom } from './at-room.js';
import type { OptionsOf } from './command-options.js';
import { historyOf } from './list.js';
import { skippedNote } from './printer.js';

type ReportOptions = OptionsOf<'report'>;
type SourceKind = 'file' | 'server' | 'room';

/**
 * Reads what a report is about: files and folders, the stream of a relay, or what Rooms hold now.
 * @returns the exit code: of several Rooms one may not be reached
 * @throws TrueConfFilesError
 */
export async function readSources(
  sources: readonly string[],
  rows: Rows,
  intake: Intake,
  options: ReportOptions,
  host: Host,
): Promise<number> {
  const kinds = await Promise.all(sources.map(kindOf));
  const [kind = 'room', ...others] = new Set(kinds);
  if (others.length > 0) {
    const named = [kind, ...others].map((one) => `${KINDS[one]} ("${sources[kinds.indexOf(one)]}")`);
    const message = `A report is about files, or a relay, or Rooms: here are ${named.join(' and ')}.`;
    const hint = 'Run it once for each. A name that no file has is taken for a Room.';
    throw new TrueConfFilesError('usage', message, hint);
  }
  switch (kind) {
    case 'file':
      await readFiles(sources, intake, options, host);
      return EXIT.done;
    case 'server':
      for (const source of sources) await readStream(source, intake, options, host);
      return EXIT.done;
    case 'room':
      return readRooms(sources, rows, options, host);
  }
}

async function kindOf(source: string): Promise<SourceKind> {
  if (isServerAddress(source)) return 'server';
  return (await namesFile(source, true)) ? 'file' : 'room';
}

async function readFiles(
  paths: readonly string[],
  intake: Intake,
  { quiet }: ReportOptions,
  host: Host,
): Promise<void> {
  const reading = { takesRecords: true, takesMessages: false, skips: saysNothing };
  const recordings = await openRecordings(paths, host.stdin, host.signal, reading).catch(forReports);
  await readItems(recordings, host.signal, (item) => intake.item(item)).catch(forReports);
  const skipped = skippedNote(recordings, 'neither a recording nor records');
  if (skipped !== null && quiet !== true) host.stderr.write(`${skipped}\n`);
}

/** What can be read here is not what can be played. */
function forReports(error: unknown): never {
  if (!(error instanceof TrueConfFilesError) || error.code !== 'usage') throw error;
  const message = error.message.replace(': there is nothing to play', '');
  throw new TrueConfFilesError(error.code, message, FILE_HINT, { cause: error });
}

/** The client of NATS is loaded only here. */
async function readStream(
  source: string,
  intake: Intake,
  options: ReportOptions,
  { signal, ...host }: Host,
): Promise<void> {
  const address = parseServerAddress(source);
  const { label } = address;
  const { jetstream, jetstreamManager } = await import('@nats-io/jetstream');
  const { NatsLink } = await import('../relay/nats-link.js');
  const { natsEnding } = await import('../relay/faults.js');
  const { findStream, readAllRecords } = await import('../relay/stream.js');
  const { readNatsAuth } = await import('./nats-auth.js');
  const auth = await readNatsAuth(options, { ...host, signal });
  const name = 'trueconf-files report';
  const nats = await NatsLink.open({ address, auth, name, retries: () => false, signal });
  try {
    const limits = { checkAPI: false, timeout: API_TIMEOUT_MS };
    const stream = await findStream(await jetstreamManager(nats.connection, limits), options.stream);
    if (stream === null) {
      const hint = "Start one with 'trueconf-files relay'. The stream is named by --stream.";
      const message = `Nothing to report on ${label}: there is no stream "${options.stream}".`;
      throw new TrueConfFilesError('unreachable', message, hint);
    }
    const js = jetstream(nats.connection, { timeout: API_TIMEOUT_MS });
    await readAllRecords(js, options.stream, address.room, signal, (record) => intake.record(record));
  } catch (error) {
    signal.throwIfAborted();
    throw natsEnding(label, error);
  } finally {
    await nats.close();
  }
}

/** What each Room lists, and its history, which an old one does not have. */
function readRooms(
  given: readonly string[],
  rows: Rows,
  options: ReportOptions,
  host: Host,
): Promise<number> {
  return atEachRoom(given, options, host, EXAMPLE, async (visit) => {
    const { label, ledger, listingFaults, printer } = visit;
    const at = Date.now();
    for (const transfer of ledger.values()) rows.take(asSeen(transfer, at), label);
    if (listingFaults.length > 0) throw incomplete(label, listingFaults);
    try {
      for (const transfer of await historyOf(visit, at)) {
        if (ledger.get(transfer.id) === undefined) rows.take(asSeen(transfer, at), label);
      }
    } catch (error) {
      if (!(error instanceof TrueConfFilesError) || error.code !== 'rejected') throw error;
      printer.note(`${safeText(label)}: only what it lists now: ${safeText(error.message)}`);
    }
    return EXIT.done;
  });
}

const KINDS: Readonly<Record<SourceKind, string>> = {
  file: 'a file',
  server: 'a relay',
  room: 'a Room',
};
const EXAMPLE = 'report 10.0.0.5; of recordings: trueconf-files report rec/';
const FILE_HINT =
  "Give files or folders made by 'trueconf-files watch --record FILE' or 'trueconf-files watch --json'; - is stdin.";
const API_TIMEOUT_MS = 5_000;
