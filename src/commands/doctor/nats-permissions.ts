import { headers, NoRespondersError, RequestError } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../../errors.js';
import { isoTime, RECORD_VERSION, toLine } from '../../records/line.js';
import type { ProgressRecord } from '../../records/types.js';
import { describeNatsFault, violationOf } from '../../relay/faults.js';
import { LEASE_STREAM, leaseSubject } from '../../relay/lease-bucket.js';
import {
  commandSubject,
  decodeToken,
  encodeToken,
  progressFilter,
  RoomSubjects,
  roomSubject,
} from '../../relay/subjects.js';
import { type CheckResult, fine, unchecked, wrong } from './check.js';
import { counted, type NatsCheckup } from './nats-checkup.js';

export async function judgeWatching(checkup: NatsCheckup): Promise<CheckResult> {
  const { stream } = checkup.options;
  const { address } = checkup;
  const denied = await probe(checkup, [
    ...[stream, LEASE_STREAM].map((name) => api(`STREAM.INFO.${name}`)),
    ...readingOf(stream),
    { subscribes: progressFilter(address.room) },
  ]);
  const needed = denied.filter((one) => !one.includes('subscribe'));
  if (needed.length > 0) throw new TrueConfFilesError('refused', sentenceOf(needed), PERMISSION_HINT);
  const what = address.room === null ? 'all Rooms' : `"${address.room}"`;
  if (denied.length === 0) return fine(`this user may watch ${what}`);
  // A relay's user need not see the progress of others.
  const unpublished = await probe(checkup, [{ publishes: roomSubject(address.room ?? NO_ROOM, 'link') }]);
  if (unpublished.length === 0) return fine(`this user may watch ${what}, without progress`);
  return wrong(`${sentenceOf(denied)} Progress is not shown.`, PERMISSION_HINT);
}

/** A user that may neither publish records nor renew leases is a watcher, and lacks nothing. */
export async function judgeRelaying(checkup: NatsCheckup): Promise<CheckResult> {
  const { stream } = checkup.options;
  const room = checkup.address.room ?? roomIn(checkup) ?? NO_ROOM;
  const records = { publishes: roomSubject(room, 'link') };
  const leases = { publishes: leaseSubject(encodeToken(room)) };
  const working = await probe(checkup, [records, leases]);
  if (working.length === 2) return unchecked(`${sentenceOf(working)} This user can't run a relay.`);
  const missing = checkup.stream === null ? [stream, LEASE_STREAM] : [];
  const denied = await probe(checkup, [
    { publishes: new RoomSubjects(room).progress(NO_ROOM), body: unknownProgress(room) },
    ...[stream, LEASE_STREAM].map((name) => api(`STREAM.INFO.${name}`)),
    ...missing.map((name) => api(`STREAM.CREATE.${name}`)),
    ...['GET', 'DELETE'].map((what) => api(`STREAM.MSG.${what}.${LEASE_STREAM}`)),
    ...readingOf(stream),
  ]);
  const lacking = [...working, ...denied];
  if (lacking.length > 0) return wrong(sentenceOf(lacking), PERMISSION_HINT);
  const commands = await probe(checkup, [{ subscribes: commandSubject(room) }]);
  const without = commands.length === 0 ? '' : ', without --allow-commands: it may not subscribe to them';
  return fine(`this user may relay${without}`);
}

/** A request without content changes nothing, and a relay that takes requests answers it. */
export async function askForCommands(checkup: NatsCheckup): Promise<CheckResult> {
  const { held, reported } = checkup;
  const rooms = reported.filter((room) => held?.has(encodeToken(room))).slice(0, MAX_ASKED);
  if (rooms.length === 0) return unchecked('no relay is known to hold a Room');
  const { connection } = checkup.link;
  let taken = 0;
  for (const room of rooms) {
    try {
      await connection.request(commandSubject(room), '', { timeout: checkup.options.stepMs });
      taken++;
    } catch (error) {
      if (violationOf(error) !== null) return unchecked('this user may not accept and reject');
      const isUntaken =
        error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders());
      if (!isUntaken) return wrong(`a relay does not answer: ${describeNatsFault(error)}`, null);
    }
  }
  if (taken === 0) return unchecked('relays take no requests to accept and reject, without --allow-commands');
  return fine(`relays of ${taken} of ${counted(rooms.length, 'Room')} take requests to accept and reject`);
}

/** Something that a user may be allowed to do or not. */
type Probe = { readonly publishes: string; readonly body?: string } | { readonly subscribes: string };

/**
 * Tries what leaves nothing behind: a request that can't be read, a record for another stream.
 * @returns what is denied, as `publish to "SUBJECT"`
 */
async function probe({ link }: NatsCheckup, probes: readonly Probe[]): Promise<readonly string[]> {
  const { connection } = link;
  const denied: string[] = [];
  const stopListening = link.listen({
    onUp: () => {},
    onDown: () => {},
    onViolation: ({ operation, subject }) =>
      denied.push(`${operation === 'publish' ? 'publish to' : 'subscribe to'} "${subject}"`),
  });
  const head = headers();
  head.set('Nats-Expected-Stream', NO_STREAM);
  const subscriptions = probes.flatMap((one) =>
    'subscribes' in one ? [connection.subscribe(one.subscribes, { callback: () => {} })] : [],
  );
  for (const one of probes) {
    if ('publishes' in one) connection.publish(one.publishes, one.body ?? '', { headers: head });
  }
  // The server refuses in the order in which it was asked.
  await connection.flush();
  await connection.flush();
  stopListening();
  for (const one of subscriptions) one.unsubscribe();
  return [...new Set(denied)];
}

function api(subject: string): Probe {
  return { publishes: `$JS.API.${subject}` };
}

/** What reading a stream takes, of a consumer that is not there. */
function readingOf(stream: string): readonly Probe[] {
  const one = `${stream}.${NO_ROOM}`;
  return ['CREATE', 'INFO', 'DELETE', 'MSG.NEXT'].map((what) => api(`CONSUMER.${what}.${one}`));
}

/** A record that watchers take without showing anything: of a transfer that none knows. */
function unknownProgress(room: string): string {
  const record: ProgressRecord = {
    type: 'progress',
    v: RECORD_VERSION,
    time: isoTime(Date.now()),
    room,
    id: NO_ROOM,
    percent: null,
    bytes: null,
    bytesPerSecond: null,
    etaSeconds: null,
  };
  return toLine(record).trimEnd();
}

/** A Room that is held; long names can't be read from their tokens. */
function roomIn({ held }: NatsCheckup): string | null {
  return [...(held ?? [])].map(decodeToken).find((room) => room !== null) ?? null;
}

function sentenceOf(denied: readonly string[]): string {
  return `This user may not ${denied.join(', nor ')}.`;
}

const MAX_ASKED = 100;
/** Names a Room, a transfer, a consumer and a stream that are not there. */
const NO_ROOM = 'doctor';
const NO_STREAM = 'trueconf-files-doctor';
const PERMISSION_HINT = 'Add the permission to the user (docs/relay.md lists all), or sign in as another.';
