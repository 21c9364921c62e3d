import { TrueConfFilesError } from '../../errors.js';
import { parseAddress, type RoomAddress } from '../../room/address.js';
import type { Host } from '../host.js';

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
  const { DEMO_RATE, RoomSimulator } = await import('../../simulator/index.js');
  const simulator = await RoomSimulator.start({ rate: DEMO_RATE, seed: DEMO_SEED });
  const demoAddress: RoomAddress = { ...parseAddress(simulator.url), label: DEMO };
  return {
    addresses: labels.map((label) => addresses.get(label) ?? demoAddress),
    close: () => simulator.close(),
  };
}

const DEMO = 'demo';
const DEMO_SEED = 7;
