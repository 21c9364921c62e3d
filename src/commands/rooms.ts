import { TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import { isServerAddress, parseServerAddress } from '../relay/server-address.js';
import { identityOf, isUnsettled, parseAddress, type RoomAddress } from '../room/address.js';
import { settle } from '../room/discovery.js';

/** Rooms to talk to, and the simulated one among them, if there is one. */
export interface Targets {
  readonly addresses: readonly RoomAddress[];
  close(): Promise<void>;
}

/**
 * The Rooms that the arguments name, else the one in the environment.
 * @throws TrueConfFilesError `usage` where there is none, or an address is wrong
 */
export async function openTargets(given: readonly string[], demo: boolean, host: Host): Promise<Targets> {
  const fromEnv = host.env['TRUECONF_FILES_ROOM'];
  const named = given.length === 0 && !demo && fromEnv ? [fromEnv] : given;
  const labels = [...new Set(demo ? [...named, DEMO] : named)];
  if (labels.length === 0) {
    throw new TrueConfFilesError(
      'usage',
      'No Room is named.',
      'Give its address (trueconf-files watch 10.0.0.5), set TRUECONF_FILES_ROOM, or try the address "demo".',
    );
  }
  const addresses = await settleAll(labels.filter((label) => label !== DEMO).map(parseAddress), host);
  if (!labels.includes(DEMO)) return { addresses, close: async () => {} };
  const { DEMO_RATE, RoomSimulator } = await import('../simulator/index.js');
  const simulator = await RoomSimulator.start({ rate: DEMO_RATE, seed: DEMO_SEED });
  const demoAddress: RoomAddress = { ...parseAddress(simulator.url), label: DEMO };
  return { addresses: [...addresses, demoAddress], close: () => simulator.close() };
}

/**
 * Each Room once, by a label of its own; where an address may end with a PIN, its host is asked, and what that last
 * part was taken for is said on stderr.
 */
async function settleAll(given: readonly RoomAddress[], host: Host): Promise<readonly RoomAddress[]> {
  const settled = await Promise.all(given.map((address) => settle(address, host.signal)));
  const rooms = new Map<string, RoomAddress>();
  for (const address of settled) {
    const identity = identityOf(address);
    if (rooms.has(identity)) continue;
    const same = [...rooms.values()].filter(({ label }) => label === address.label).length;
    rooms.set(identity, same === 0 ? address : { ...address, label: `${address.label} (${same + 1})` });
    if (address.kind === 'socket' || address.pin === null) continue;
    // From here on other users can't read it in the list of processes.
    process.title = 'trueconf-files';
    const what = isUnsettled(address) ? MAY_BE_PIN : IS_PIN;
    host.stderr.write(`${safeText(address.label)}: ${what}\n`);
  }
  return [...rooms.values()];
}

const IS_PIN =
  'the last part of the address is used as the PIN. --credentials-file FILE keeps it from other users of this machine.';
const MAY_BE_PIN =
  "the host can't be asked yet whether the last part of the address, not shown here, is a Room's name or its PIN.";

const DEMO = 'demo';
const DEMO_SEED = 7;

export interface NamedRoom {
  readonly address: RoomAddress;
  close(): Promise<void>;
}

/**
 * The one address that the argument, `--room` or `--demo` names, else the one in the environment.
 * @throws TrueConfFilesError `usage` where there is none or more than one
 */
export function namedAddress(
  given: string | undefined,
  options: { readonly room?: string; readonly demo?: boolean },
  host: Host,
): string {
  const named = [given, options.room, options.demo === true ? 'demo' : undefined];
  const [label, other] = new Set(named.filter((one) => one !== undefined));
  if (other !== undefined) {
    // Neither is quoted: what is no address may be a secret in the wrong place.
    throw new TrueConfFilesError(
      'usage',
      'Two Rooms are named, and this command asks one.',
      'Give one of them.',
    );
  }
  const room = label ?? host.env['TRUECONF_FILES_ROOM'];
  if (room !== undefined && (room !== '' || label !== undefined)) return room;
  throw new TrueConfFilesError(
    'usage',
    'No Room is named.',
    'Give its address with --room 10.0.0.5, set TRUECONF_FILES_ROOM, or try --room demo.',
  );
}

/**
 * The one Room that is named like that.
 * @throws TrueConfFilesError `usage` where there is none or more than one, or the address is wrong
 */
export async function openRoom(
  given: string | undefined,
  options: { readonly room?: string; readonly demo?: boolean },
  host: Host,
): Promise<NamedRoom> {
  const label = namedAddress(given, options, host);
  if (isServerAddress(label)) {
    // Parsed for its own faults first: credentials in it are never repeated.
    throw new TrueConfFilesError(
      'usage',
      `The address "${parseServerAddress(label).label}" names a NATS server, and this command asks a Room itself.`,
      'Give the address of the Room. What relays share shows: trueconf-files watch nats://HOST --once.',
    );
  }
  const { addresses, close } = await openTargets([label], false, host);
  const [address] = addresses;
  if (address === undefined) throw new Error('no Room was opened');
  return { address, close };
}
