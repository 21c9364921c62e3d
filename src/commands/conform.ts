import { Census } from '../conform/census.js';
import { conformLines, conformRecords } from '../conform/output.js';
import { report } from '../conform/report.js';
import { PLAIN, SHARED } from '../conform/share.js';
import { EXIT, TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { lookOf } from '../output/look.js';
import { safeText } from '../output/text.js';
import type { Request } from '../protocol/requests.js';
import type { Redactor } from '../protocol/secrets.js';
import { READING_METHODS } from '../protocol/wire.js';
import { namesFile } from '../recording/find.js';
import { openRecordings, readItems } from '../recording/open.js';
import { NoAnswerError } from '../room/ask.js';
import type { Entry } from '../room/entry.js';
import { delay } from '../room/timers.js';
import { VERSION } from '../version.js';
import { type AtRoom, atRoom } from './at-room.js';
import type { OptionsOf } from './command-options.js';
import { Printer } from './printer.js';
import { namedAddress, shownName } from './rooms.js';

type ConformOptions = OptionsOf<'conform'>;

/**
 * Holds a recording, or what a Room answers and sends, against the documented API.
 * @param given a recording, a folder of them, `-` for stdin, or a Room's address
 * @returns the exit code: 6 where something is to be reported
 * @throws TrueConfFilesError; the signal's reason, with what came until then reported
 */
export async function conform(
  given: string | undefined,
  options: ConformOptions,
  host: Host,
): Promise<number> {
  if (given !== undefined && (await namesFile(given))) {
    if (options.room !== undefined || options.demo === true) throw twoThings();
    return conformFile(given, options, host);
  }
  const census = new Census();
  const listening = {
    keepsAll: true,
    onEntry: (entry: Entry, redactor: Redactor) => census.take(withoutSecrets(entry, redactor), ''),
  };
  let label = shownName(namedAddress(given, options, EXAMPLE, host));
  const listen = async (at: AtRoom) => {
    label = at.label;
    at.printer.note(`listening to ${safeText(at.label)}; Ctrl-C ends it early`);
    await Promise.all([askAll(at), delay(options.listen ?? LISTEN_MS, at.signal, host.clock)]);
    return EXIT.done;
  };
  let exitCode: number = EXIT.done;
  try {
    await atRoom(given, options, host, EXAMPLE, listen, listening);
  } finally {
    census.end(Date.now());
    // What a Room said when it refused the sign-in is worth knowing, too.
    if (census.frames > 0) {
      const printer = new Printer(options, host);
      exitCode = write(census, label, printer, options, host);
      await printer.close();
    }
  }
  return exitCode;
}

/** As a recording has it. */
function withoutSecrets(entry: Entry, redactor: Redactor): Entry {
  if (entry.kind !== 'received' && entry.kind !== 'sent') return entry;
  return { ...entry, text: redactor.redactFrame(entry.text, true) };
}

async function conformFile(path: string, options: ConformOptions, host: Host): Promise<number> {
  const recordings = await openRecordings([path], host.stdin, host.signal);
  const printer = new Printer(options, host);
  const census = new Census();
  let left = 0;
  try {
    await readItems(recordings, host.signal, (item) => {
      if (item.kind === 'entry') census.take(item.entry, item.room);
      else if (item.kind === 'fault') left++;
      else census.takeMessage(item.text);
    });
    if (left > 0)
      printer.note(`${left} ${left === 1 ? 'line' : 'lines'} could not be read, and were left out`);
    if (census.frames === 0) throw noFrames();
    const [room, ...others] = recordings.recorded?.rooms ?? [];
    const label = room === undefined || others.length > 0 ? recordings.label : room;
    return write(census, label, printer, options, host);
  } finally {
    await printer.close();
  }
}

/** Everything that only asks; what is not answered shows in the census. */
async function askAll({ room, ledger }: AtRoom): Promise<void> {
  const isOld = room.isOld === true;
  const ids = (['inbound', 'outbound'] as const).flatMap((direction) => {
    const listed = [...ledger.values()].find((transfer) => transfer.direction === direction);
    return listed === undefined ? [] : [listed.id];
  });
  const requests: readonly Request[] = [
    ...READING_METHODS[isOld ? 'legacy' : 'current'].map((method) => ({ method })),
    ...ids.map((fileRequestId) => ({
      method: isOld ? ('getFileInfo' as const) : ('getFileRequestInfo' as const),
      fileRequestId,
    })),
  ];
  await Promise.all(
    requests.map((request) =>
      room.request(request).catch((error: unknown) => {
        if (!(error instanceof NoAnswerError)) throw error;
      }),
    ),
  );
}

function write(census: Census, label: string, printer: Printer, options: ConformOptions, host: Host): number {
  const isShared = options.share === true;
  const made = report(census, isShared ? SHARED : PLAIN);
  const about = {
    at: Date.now(),
    room: isShared ? null : label,
    program: `trueconf-files ${VERSION}`,
  };
  if (printer.isJson) for (const record of conformRecords(made, about)) printer.record(record);
  else {
    const { symbols } = lookOf({ color: false, ascii: options.ascii }, host);
    for (const line of conformLines(made, about, printer.style, symbols)) printer.line(line);
  }
  return made.findings.length === 0 ? EXIT.done : EXIT.failed;
}

function twoThings(): TrueConfFilesError {
  return new TrueConfFilesError(
    'usage',
    'A recording and a Room are named, and this command looks at one of them.',
    'Give one of them.',
  );
}

function noFrames(): TrueConfFilesError {
  return new TrueConfFilesError(
    'usage',
    'There is no frame of a Room in the recording: nothing can be held against the API.',
    "Give a recording that was made while a Room sent something: 'trueconf-files watch ROOM --record FILE'.",
  );
}

const EXAMPLE = 'conform 10.0.0.5; of a recording: trueconf-files conform room.ndjson';
const LISTEN_MS = 10_000;
