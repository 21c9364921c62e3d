import type { JetStreamAccountStats, JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { millis, TimeoutError } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../../errors.js';
import type { Host } from '../../host.js';
import { formatBytes, formatDuration } from '../../output/text.js';
import { isStreamMissing, QUORUM_HINT, violationOf } from '../../relay/faults.js';
import { bucketShortfalls, mending, type Shortfall, streamShortfalls } from '../../relay/inspection.js';
import { holderOf, LEASE_STREAM, readLeases } from '../../relay/lease-bucket.js';
import { findStream, hasQuorum, readLastRecords, replicasFor } from '../../relay/stream.js';
import { encodeToken, linkFilter } from '../../relay/subjects.js';
import type { Link } from '../../room/entry.js';
import type { OptionsOf } from '../command-options.js';
import { readNatsAuth } from '../nats-auth.js';
import { type Check, type CheckName, type CheckResult, fine, runTasks, unchecked, wrong } from './check.js';
import { counted, NatsCheckup } from './nats-checkup.js';
import { askForCommands, judgeRelaying, judgeWatching } from './nats-permissions.js';

/**
 * Checks a NATS server, or several of a cluster, and what relays share through it.
 * @returns the exit code
 * @throws TrueConfFilesError `usage` where an option is wrong; the signal's reason
 */
export async function examineNats(
  given: string,
  options: OptionsOf<'doctor'>,
  host: Host,
  onCheck: (check: Check) => void,
): Promise<number> {
  const auth = await readNatsAuth(options, host);
  const { signal } = host;
  const checkup = new NatsCheckup(
    { given, auth, stream: options.stream, stepMs: options.stepTimeout },
    signal,
  );
  const tasks = makeSteps().map(({ check, goesOn, needsSignIn, run }) => ({
    check,
    goesOn,
    run: async () => {
      if (needsSignIn && !options.signIn) return unchecked(NOT_SIGNED_IN);
      try {
        return await run(checkup);
      } catch (error) {
        throw checkup.fault(error);
      }
    },
  }));
  const describe = (error: unknown) => {
    const { message, hint } = checkup.fault(error);
    return wrong(message, hint);
  };
  try {
    return await runTasks(tasks, { onCheck, describe }, signal);
  } finally {
    await checkup.close();
  }
}

interface NatsStep {
  readonly check: CheckName;
  /** It needs a connection that is signed in. */
  readonly needsSignIn: boolean;
  /** Whether the steps after it go on where it fails. */
  readonly goesOn: boolean;
  /** @throws what keeps a watch from working */
  run(checkup: NatsCheckup): Promise<CheckResult> | CheckResult;
}

/** From the name of the server to the Rooms that relays share through it. */
function makeSteps(): readonly NatsStep[] {
  const link = { needsSignIn: false, goesOn: false };
  const signedIn = { needsSignIn: true, goesOn: false };
  const free = { needsSignIn: true, goesOn: true };
  return [
    { ...link, check: 'address', run: (checkup) => checkup.readAddress() },
    { ...link, check: 'name', run: (checkup) => checkup.lookUpNames() },
    { ...link, check: 'port', run: (checkup) => checkup.openPorts() },
    { ...link, check: 'server', run: (checkup) => checkup.describeServers() },
    { ...signedIn, check: 'sign-in', run: (checkup) => checkup.signIn() },
    { ...signedIn, check: 'ping', run: (checkup) => checkup.ping() },
    { ...signedIn, check: 'jetstream', run: askJetStream },
    { ...free, check: 'stream', run: judgeStream },
    { ...free, check: 'leases', run: judgeBucket },
    { ...free, check: 'may-watch', run: judgeWatching },
    { ...free, check: 'may-relay', run: judgeRelaying },
    { ...free, check: 'relays', run: nameRelays },
    { ...free, check: 'rooms', run: judgeRooms },
    { ...free, check: 'commands', run: askForCommands },
  ];
}

async function askJetStream(checkup: NatsCheckup): Promise<CheckResult> {
  const { manager } = await checkup.js();
  const begunAt = performance.now();
  const took = () => performance.now() - begunAt;
  try {
    const account = await accountOf(manager);
    if (account === null) {
      await findStream(manager, checkup.options.stream);
      return fine('JetStream answers', took());
    }
    const { streams, storage, limits } = account;
    const { max_storage: most } = limits;
    const bytes = most > 0 ? `${formatBytes(storage)} of ${formatBytes(most)}` : formatBytes(storage);
    const detail = `JetStream answers: ${counted(streams, 'stream')}, ${bytes} stored`;
    return most > 0 && storage > most * FULL ? wrong(detail, FULL_HINT, took()) : fine(detail, took());
  } catch (error) {
    if (error instanceof TimeoutError) throw new TrueConfFilesError('unreachable', NO_ANSWER, QUORUM_HINT);
    throw error;
  }
}

/** The account's figures; `null` where the user may not see them: relays and watchers do without. */
async function accountOf(manager: JetStreamManager): Promise<JetStreamAccountStats | null> {
  try {
    return await manager.getAccountInfo();
  } catch (error) {
    if (violationOf(error) === null) throw error;
    return null;
  }
}

async function judgeStream(checkup: NatsCheckup): Promise<CheckResult> {
  const { stream: name } = checkup.options;
  const { manager } = await checkup.js();
  const info = await findStream(manager, name);
  if (info === null) {
    throw new TrueConfFilesError(
      'unreachable',
      `There is no stream "${name}": no relay has published here yet.`,
      `${startRelay(checkup)} Where one runs, sign in as a user of its account, or name its stream with --stream.`,
    );
  }
  checkup.stream = info;
  const { messages, bytes, last_ts } = info.state;
  const last = messages === 0 ? '' : `, the last of ${last_ts.slice(0, SECONDS_UNITS)}Z`;
  const detail = `"${name}" holds ${counted(messages, 'record')} in ${formatBytes(bytes)}${last}${copiesOf(info)}`;
  return judge(checkup, info, detail, (copies) => streamShortfalls(info.config, copies));
}

async function judgeBucket(checkup: NatsCheckup): Promise<CheckResult> {
  const { manager } = await checkup.js();
  let leases: Awaited<ReturnType<typeof readLeases>>;
  try {
    leases = await readLeases(manager, checkup.address.room);
  } catch (error) {
    if (!isStreamMissing(error)) throw error;
    checkup.held = new Set();
    return wrong(`there is no stream "${LEASE_STREAM}": no relay has run here`, startRelay(checkup));
  }
  const { tokens, info } = leases;
  // Without most of its servers no lease is renewed, and those there are expire.
  if (hasQuorum(info)) checkup.held = tokens;
  const held = `${counted(tokens.size, 'Room')} held`;
  const detail = `${held}, each for ${formatDuration(millis(info.config.max_age))} without renewal${copiesOf(info)}`;
  // A relay that is to come has one Room at least.
  const rooms = Math.max(1, tokens.size);
  return judge(checkup, info, detail, (copies) => bucketShortfalls(info.config, copies, rooms));
}

/** What is short of what is needed, with what mends it. */
function judge(
  { link }: NatsCheckup,
  info: StreamInfo,
  detail: string,
  shortfalls: (copies: number) => readonly Shortfall[],
): CheckResult {
  if (!hasQuorum(info)) return wrong(`${detail}; ${NO_QUORUM}`, QUORUM_HINT);
  const short = shortfalls(replicasFor(link.connection, null)[0] ?? 1);
  if (short.length === 0) return fine(detail);
  const [what, mend] = [short.map((one) => one.what), short.map((one) => mending(info.config.name, one))];
  return wrong(`${detail}; ${what.join('; ')}`, `${mend.join('. ')}.`);
}

async function nameRelays(checkup: NatsCheckup): Promise<CheckResult> {
  const { held } = checkup;
  const { room } = checkup.address;
  if (held === null) return unchecked('the leases do not tell');
  if (held.size === 0)
    return wrong(`no relay holds ${room === null ? 'a Room' : `"${room}"`} now`, startRelay(checkup));
  const { manager } = await checkup.js();
  const rooms = counted(held.size, 'Room');
  try {
    const owners = new Map<string, number>();
    for (const token of [...held].slice(0, MAX_ASKED)) {
      const owner = (await holderOf(manager, token))?.owner.split(':').slice(0, 2).join(':');
      if (owner !== undefined) owners.set(owner, (owners.get(owner) ?? 0) + 1);
    }
    const names = [...owners].map(([owner, count]) => `${owner} (${count})`);
    return fine(`${counted(owners.size, 'relay')} of ${rooms}: ${names.join(', ')}`);
  } catch (error) {
    if (violationOf(error) === null) throw error;
    return fine(`${rooms} held; by which relay this user may not see`);
  }
}

async function judgeRooms(checkup: NatsCheckup): Promise<CheckResult> {
  const { held, stream } = checkup;
  if (stream === null) return unchecked('without a stream there are no Rooms');
  const { client } = await checkup.js();
  const { room } = checkup.address;
  const { records } = await readLastRecords(client, checkup.options.stream, linkFilter(room), checkup.signal);
  const rooms = [...records.values()].flatMap(({ record }) =>
    record.type === 'connection' ? [{ name: record.room, link: record.link }] : [],
  );
  checkup.reported = rooms.map(({ name }) => name);
  if (rooms.length === 0) {
    return room === null
      ? unchecked('no relay has reported a Room yet')
      : wrong(
          `no relay has reported "${room}"`,
          `Give the Room's address as its relay got it: trueconf-files watch ${checkup.server} --once shows them all.`,
        );
  }
  const faults = rooms.flatMap(({ name, link }) => {
    const fault = faultOf(link, held === null || held.has(encodeToken(name)));
    return fault === null ? [] : [`${name}: ${fault}`];
  });
  const connected = `${rooms.length - faults.length} of ${counted(rooms.length, 'Room')} connected`;
  if (faults.length === 0) return fine(connected);
  const more = faults.length > SHOWN ? `; and ${faults.length - SHOWN} more` : '';
  return wrong(`${connected}; ${faults.slice(0, SHOWN).join('; ')}${more}`, ROOM_HINT);
}

function faultOf(link: Link, isHeld: boolean): string | null {
  if (!isHeld) return link.state === 'closed' ? `no relay holds it (${link.reason})` : 'its relay is down';
  if (link.state === 'live') return null;
  return link.state === 'waiting' || link.state === 'closed' ? link.reason : 'it is being connected';
}

function copiesOf({ config: { num_replicas: copies = 1 }, cluster }: StreamInfo): string {
  const leader = cluster?.leader ? `, led by "${cluster.leader}"` : '';
  return copies > 1 ? `, ${copies} copies${leader}` : '';
}

function startRelay({ address: { room }, server }: NatsCheckup): string {
  return `Start one: trueconf-files relay ${room ?? 'ROOM'} --to ${server}.`;
}

const SECONDS_UNITS = '2022-07-31T16:17:03'.length;
/** Of the account's storage. */
const FULL = 0.9;
/** Relays or Rooms that are asked or named one by one. */
const MAX_ASKED = 1_000;
const SHOWN = 10;
const NOT_SIGNED_IN = 'skipped: it needs a sign-in';
const NO_QUORUM = 'too few of its servers are there to store anything';
const NO_ANSWER = 'JetStream does not answer in time: a cluster needs more than half of its servers';
const FULL_HINT = "Raise the limit of the account's storage, or store less: nats stream edit --max-bytes";
const ROOM_HINT =
  'Where its relay is down, start one. Else check the Room, from the machine of its relay: trueconf-files doctor ROOM';
