import { type ConfiguredRoom, NO_CONFIG, roomsNamed } from '../config/config.js';
import { TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import { isServerAddress, parseServerAddress } from '../relay/server-address.js';
import { identityOf, isUnsettled, parseAddress, type RoomAddress, showAddress } from '../room/address.js';
import { settle } from '../room/discovery.js';

/** The options that name a Room beside the arguments. */
interface Naming {
  readonly room?: string | undefined;
  readonly demo?: boolean | undefined;
}

/**
 * The addresses that the arguments, `--room` and `--demo` name, each once; without any, the one in the environment.
 * `@TAG` and `@all` of the config file become the `@NAME` of each of their Rooms.
 * @param example an argument or option that names a Room on this very command
 * @throws TrueConfFilesError `usage` where there is none
 */
export function namedAddresses(
  given: readonly string[],
  naming: Naming,
  example: string,
  host: Host,
): readonly string[] {
  return [...new Set(namesGiven(given, naming, example, host).flatMap((one) => expand(one, host)))];
}

function namesGiven(
  given: readonly string[],
  { room, demo }: Naming,
  example: string,
  host: Host,
): readonly [string, ...string[]] {
  const named = [...given, ...(room === undefined ? [] : [room]), ...(demo === true ? [DEMO] : [])];
  const fromEnv = host.env['TRUECONF_FILES_ROOM'];
  const [first, ...others] = new Set(named.length === 0 && fromEnv ? [fromEnv] : named);
  if (first !== undefined) return [first, ...others];
  throw new TrueConfFilesError(
    'usage',
    'No Room is named.',
    `Give its address (trueconf-files ${example}), set TRUECONF_FILES_ROOM, or try the address "demo".`,
  );
}

/**
 * The one address that a command is about.
 * @throws TrueConfFilesError `usage` where there is none or more than one
 */
export function namedAddress(given: string | undefined, naming: Naming, example: string, host: Host): string {
  const [name, ...others] = namesGiven(given === undefined ? [] : [given], naming, example, host);
  if (others.length === 0) {
    const [address = name, ...more] = expand(name, host);
    if (more.length === 0) return address;
    throw new TrueConfFilesError(
      'usage',
      `"${name}" names ${more.length + 1} Rooms, and this command asks one.`,
      "Give the name of one of them: 'trueconf-files rooms' lists them.",
    );
  }
  // Neither is quoted: it may be a secret in the wrong place.
  throw new TrueConfFilesError(
    'usage',
    'Two Rooms are named, and this command asks one.',
    'Give one of them.',
  );
}

function expand(given: string, { config = NO_CONFIG }: Host): readonly string[] {
  return given.startsWith('@') ? roomsNamed(given, config).map(({ name }) => `@${name}`) : [given];
}

/** What a Room is called before its address is read, without what may be secret in it. */
export function shownName(given: string): string {
  return given.startsWith('@') ? given.slice(1) : showAddress(given);
}

/** Rooms to talk to, and the simulated one among them, if there is one. */
export interface OpenRooms {
  readonly addresses: readonly RoomAddress[];
  /** Those of them that the config file names, by label. */
  readonly configured: ReadonlyMap<string, ConfiguredRoom>;
  close(): Promise<void>;
}

/**
 * Reads addresses, and starts the simulated Room if one of them is `demo`.
 * @param given addresses, and `@NAME` of the config file, whose label is its name
 * @throws TrueConfFilesError `usage` where an address is wrong
 */
export async function openRooms(given: readonly string[], host: Host): Promise<OpenRooms> {
  const { config = NO_CONFIG } = host;
  const names = given.filter((one) => one.startsWith('@'));
  const configured = new Map(
    names.flatMap((name) => roomsNamed(name, config)).map((room) => [room.name, room] as const),
  );
  const others = given.filter((one) => !one.startsWith('@') && one !== DEMO);
  const named = [...[...configured.values()].map(configuredAddress), ...others.map(parseAddress)];
  const addresses = await settleAll(named, host);
  for (const address of addresses) if (configured.has(address.label)) refusePin(address);
  if (!given.includes(DEMO)) return { addresses, configured, close: async () => {} };
  const { DEMO_RATE, RoomSimulator } = await import('../simulator/index.js');
  const simulator = await RoomSimulator.start({ rate: DEMO_RATE, seed: DEMO_SEED });
  const demoAddress: RoomAddress = { ...parseAddress(simulator.url), label: DEMO };
  return { addresses: [...addresses, demoAddress], configured, close: () => simulator.close() };
}

/**
 * Each Room once, by a label of its own; where an address may end with a PIN, its host is asked, and what that last
 * part was taken for is said on stderr.
 */
async function settleAll(given: readonly RoomAddress[], host: Host): Promise<readonly RoomAddress[]> {
  const settled = await Promise.all(given.map((address) => settle(address, host.signal)));
  const rooms = new Map<string, RoomAddress>();
  const labels = new Set<string>();
  for (const address of settled) {
    const identity = identityOf(address);
    if (rooms.has(identity)) continue;
    const label = freeLabel(address.label, labels);
    labels.add(label);
    rooms.set(identity, { ...address, label });
    if (address.kind === 'socket' || address.pin === null) continue;
    // From here on other users can't read it in the list of processes.
    process.title = 'trueconf-files';
    const what = isUnsettled(address) ? MAY_BE_PIN : IS_PIN;
    host.stderr.write(`${safeText(address.label)}: ${what}\n`);
  }
  return [...rooms.values()];
}

/** Addresses that differ only in what is not shown of them are numbered. */
function freeLabel(label: string, taken: ReadonlySet<string>): string {
  for (let nth = 1; ; nth++) {
    const numbered = nth === 1 ? label : `${label} (${nth})`;
    if (!taken.has(numbered)) return numbered;
  }
}

function configuredAddress({ name, address }: ConfiguredRoom): RoomAddress {
  if (isServerAddress(address) || address === DEMO) {
    throw new TrueConfFilesError(
      'usage',
      `The address of "${name}" in the config file is not that of a Room.`,
      'Give host, host:port or ws://host:port there, and "demo" or a NATS server on the command line.',
    );
  }
  return { ...parseAddress(address), label: name };
}

/** An address with a PIN is a secret, which may not stand in the config file. */
function refusePin(address: RoomAddress): void {
  if (address.kind === 'socket' || address.pin === null || isUnsettled(address)) return;
  throw new TrueConfFilesError(
    'usage',
    `The address of "${address.label}" in the config file ends with a PIN, which may not stand there.`,
    'Leave it out, and name a file with it in credentialsFile.',
  );
}

const IS_PIN =
  'the last part of the address is used as the PIN. --credentials-file FILE keeps it from other users of this machine.';
const MAY_BE_PIN =
  "the host can't be asked yet whether the last part of the address, not shown here, is a Room's name or its PIN.";

const DEMO = 'demo';
const DEMO_SEED = 7;

export interface OpenRoom {
  readonly address: RoomAddress;
  /** What the config file says of it, where it names it. */
  readonly configured: ConfiguredRoom | undefined;
  close(): Promise<void>;
}

/**
 * The one Room at an address.
 * @throws TrueConfFilesError `usage` where the address is wrong, or that of a NATS server
 */
export async function openRoom(label: string, host: Host): Promise<OpenRoom> {
  if (isServerAddress(label)) {
    // Parsed for its own faults first: credentials in it are never repeated.
    throw new TrueConfFilesError(
      'usage',
      `The address "${parseServerAddress(label).label}" names a NATS server, and this command asks a Room itself.`,
      'Give the address of the Room. To see what relays share: trueconf-files watch nats://HOST --once.',
    );
  }
  const { addresses, configured, close } = await openRooms([label], host);
  const [address] = addresses;
  if (address === undefined) throw new Error('no Room was opened');
  return { address, configured: configured.get(address.label), close };
}
