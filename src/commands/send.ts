import { clauseOf, EXIT, TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import type { Notice } from '../monitor/monitor.js';
import { formatBytes, safeText, shownName } from '../output/text.js';
import { isoTime } from '../records/line.js';
import { answerRecord } from '../records/record.js';
import { listFiles } from '../visit/files.js';
import { nameOf, notOffered, offer, type Recipient } from '../visit/offer.js';
import { openSource, uploadFile } from '../visit/send.js';
import { Done } from '../watch/endings.js';
import { type AtRoom, atRoom } from './at-room.js';
import type { OptionsOf } from './command-options.js';
import { ProgressLine, UploadProgress } from './send-progress.js';
import { type Awaited, OfferWatch } from './send-wait.js';

type SendOptions = OptionsOf<'send'>;

/** A file to offer: one of this machine, or one that the Room has. */
type Item = { readonly path: string } | { readonly fileId: string };

/** A file that is at the Room. */
interface Stored {
  readonly fileId: string;
  readonly name: string | null;
  /** Bytes. */
  readonly size: number | null;
  readonly isUploaded: boolean;
}

/** Why something was not sent: a clause for each, and the whole of it where it is the only one. */
interface Refusal {
  readonly clause: string;
  readonly whole: TrueConfFilesError;
}

/**
 * Uploads files to a Room, each once, and lets the Room offer each to everyone named. One refusal does not stop the
 * others. Gives the exit code.
 */
export async function send(paths: readonly string[], options: SendOptions, host: Host): Promise<number> {
  const recipients = recipientsOf(options);
  const items = itemsOf(paths, options);
  // Nothing is done before each file can be read.
  for (const item of items) if ('path' in item) await (await openSource(item.path)).handle.close();
  const waiting = options.wait === true ? new OfferWatch() : null;
  const limit = new AbortController();
  const { timeout } = options;
  const end = () => limit.abort(new Done(EXIT.timeout));
  const cancel = timeout === undefined ? () => {} : host.clock.after(timeout, end);
  const limited: Host = { ...host, signal: AbortSignal.any([host.signal, limit.signal]) };
  const act = (at: AtRoom) => sendAll(items, recipients, at, options, limited, waiting);
  const staying = waiting === null ? {} : { redials: true, onNotice: (one: Notice) => waiting.take(one) };
  try {
    return await atRoom(undefined, options, limited, 'send FILE --to PEER --room 10.0.0.5', act, staying);
  } catch (error) {
    if (error instanceof Done) return error.exitCode;
    throw error;
  } finally {
    cancel();
  }
}

async function sendAll(
  items: readonly Item[],
  recipients: readonly Recipient[],
  at: AtRoom,
  options: SendOptions,
  host: Host,
  waiting: OfferWatch | null,
): Promise<number> {
  const line = new ProgressLine(at.printer, options, host);
  const refusals: Refusal[] = [];
  const offers: Awaited[] = [];
  waiting?.begin(at, line);
  try {
    for (const [index, item] of items.entries()) {
      const place = items.length === 1 ? '' : `[${index + 1}/${items.length}] `;
      const stored = await storedOf(item, place, index === 0, at, options, line).catch((error: unknown) => {
        refusals.push(refusalOf(error, item));
        return null;
      });
      if (stored === null) continue;
      for (const to of recipients) {
        const made = await offerOne(stored, to, at);
        if ('whole' in made) refusals.push(made);
        else {
          offers.push(made);
          waiting?.follow(made);
        }
      }
    }
    const failure = (await waiting?.untilEnded()) ?? null;
    if (refusals.length > 0) throw refusedAll(refusals, at.label);
    if (failure !== null) throw failure;
    return EXIT.done;
  } finally {
    line.clear();
    const left = waiting?.left ?? 0;
    if (left > 0)
      at.printer.note(
        `${left} of ${offers.length} ${offers.length === 1 ? 'offer' : 'offers'} had not ended`,
      );
  }
}

/** A file that can't be uploaded does not stop the others, unless none can. */
function refusalOf(error: unknown, item: Item): Refusal {
  const isOwn = error instanceof TrueConfFilesError && (error.code === 'rejected' || error.code === 'usage');
  if (!isOwn || !('path' in item)) throw error;
  return { clause: clauseOf(error), whole: error };
}

/** Uploads it, where it is not at the Room yet. */
async function storedOf(
  item: Item,
  place: string,
  isFirst: boolean,
  at: AtRoom,
  options: SendOptions,
  line: ProgressLine,
): Promise<Stored> {
  if ('fileId' in item)
    return { fileId: item.fileId, isUploaded: false, ...(await aboutStored(item.fileId, at)) };
  const { label, printer } = at;
  const file = await openSource(item.path);
  const { name, size } = file;
  const progress = new UploadProgress(`${place}${name}`, size, label, printer, line);
  const debug = (text: string) => {
    if (options.debug) printer.err.write(`${isoTime(Date.now())} ${safeText(label)} ${safeText(text)}\n`);
  };
  try {
    const handlers = {
      onStart: (url: string) => debug(`> POST ${url}?token=*** (${size} bytes, "${name}")`),
      onProgress: (bytes: number) => progress.tell(bytes),
      onAnswer: ({ status, fileId }: { status: number; fileId: string | null }) =>
        debug(`< HTTP ${status}, FileId ${fileId ?? 'missing'}`),
    };
    return { fileId: await uploadFile(file, at, handlers, isFirst), name, size, isUploaded: true };
  } finally {
    line.clear();
    await file.handle.close();
  }
}

/** What is known of a file from the Room's requests, else from its list of files: only for people. */
async function aboutStored(fileId: string, at: AtRoom): Promise<Pick<Stored, 'name' | 'size'>> {
  const known = [...at.ledger.values()].find((one) => one.fileId === fileId && one.name !== null);
  if (known !== undefined) return { name: known.name, size: known.size };
  const listed = await listFiles(at).catch(() => []);
  return { name: listed.find((one) => one.fileId === fileId)?.name ?? null, size: null };
}

async function offerOne(stored: Stored, to: Recipient, at: AtRoom): Promise<Awaited | Refusal> {
  const { label, printer } = at;
  const { fileId, name, size, isUploaded } = stored;
  const offered = await offer(fileId, to, at);
  const id = offered.ok ? offered.id : null;
  const error = offered.ok ? null : offered.reason;
  if (printer.isJson)
    printer.record(answerRecord({ action: 'send', id, fileId, name, to, error }, Date.now(), label));
  const title = name ?? `file ${fileId}`;
  if (error !== null) {
    const whole = notOffered(title, fileId, to, at, error, isUploaded);
    return { clause: `"${title}" to ${nameOf(to)}: ${error}`, whole };
  }
  const what = [name === null ? title : shownName(name), formatBytes(size), `to ${safeText(nameOf(to))}`];
  const line = [...what, id === null ? 'the Room gave no id' : `id ${safeText(id)}`].join('  ');
  if (!printer.isJson) printer.line(`sent  ${line}`);
  return { id, title, to: nameOf(to), line };
}

function refusedAll(refusals: readonly Refusal[], label: string): TrueConfFilesError {
  const [first, ...others] = refusals;
  if (first === undefined) throw new Error('nothing was refused');
  if (others.length === 0) return first.whole;
  const message = `The Room ${label} refused ${refusals.length} of what was to be sent: ${refusals.map(({ clause }) => clause).join('; ')}.`;
  return new TrueConfFilesError('rejected', message, first.whole.hint);
}

function recipientsOf({ to, conference }: SendOptions): readonly Recipient[] {
  const wrong = (what: string) =>
    new TrueConfFilesError(
      'usage',
      what,
      'Give --to PEER (a TrueConf ID such as user@server), which can be repeated, or --conference.',
    );
  if (to?.includes('') === true) throw wrong('The peer to send to is empty.');
  if ((to === undefined) === (conference !== true))
    throw wrong('A file goes either to a peer or to the conference.');
  return to === undefined ? [null] : [...new Set(to)];
}

function itemsOf(paths: readonly string[], { fileId = [] }: SendOptions): readonly Item[] {
  const items: readonly Item[] = [
    ...[...new Set(paths)].map((path) => ({ path })),
    ...[...new Set(fileId)].map((one) => ({ fileId: one })),
  ];
  if (items.length > 0) return items;
  throw new TrueConfFilesError(
    'usage',
    'No file is named.',
    "Give the paths of files, or --file-id N for a file that the Room has already: 'trueconf-files files' shows them.",
  );
}
