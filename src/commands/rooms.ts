import { TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { isServerAddress, parseServerAddress } from '../relay/server-address.js';
import { parseAddress, type RoomAddress } from '../room/address.js';

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
  const addresses = new Map(
    labels.filter((label) => label !== DEMO).map((label) => [label, parseAddress(label)]),
  );
  if (!labels.includes(DEMO)) return { addresses: [...addresses.values()], close: async () => {} };
  const { DEMO_RATE, RoomSimulator } = await import('../simulator/index.js');
  const simulator = await RoomSimulator.start({ rate: DEMO_RATE, seed: DEMO_SEED });
  const demoAddress: RoomAddress = { ...parseAddress(simulator.url), label: DEMO };
  return {
    addresses: labels.map((label) => addresses.get(label) ?? demoAddress),
    close: () => simulator.close(),
  };
}

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
