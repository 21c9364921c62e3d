import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { TrueConfFilesError } from '../errors.js';
import { delay } from '../room/timers.js';
import type { RelayOptions } from './held-rooms.js';
import { NatsLink } from './nats-link.js';
import { Relay } from './relay.js';
import type { ServerAddress } from './server-address.js';

export interface Relaying extends Omit<RelayOptions, 'link' | 'server'> {
  /** Credentials and certificates, as the client takes them. */
  readonly auth: Partial<NodeConnectionOptions>;
  /** Shown by the server's own tools. */
  readonly name: string;
  /** Keep trying while NATS has not been reached yet. */
  readonly waits: boolean;
  /** @param reason why NATS is not there, a sentence; `null` where it is */
  readonly onServer: (reason: string | null) => void;
  readonly onRelay: (relay: Relay) => void;
}

/**
 * Relays until the signal is aborted, over one connection to NATS after another: once NATS was reached, none of its
 * faults ends a relay.
 * @throws TrueConfFilesError where no Room is left to hold, an option is wrong, or NATS was never reached; the signal's
 * reason
 */
export async function relayFor(
  address: ServerAddress,
  relaying: Relaying,
  signal: AbortSignal,
): Promise<never> {
  for (let { waits } = relaying; ; waits = true) {
    const fault = await relayOnce(address, relaying, waits, signal);
    relaying.note(`${fault.message} Trying again.`);
    await delay(RETRY_MS, signal, relaying.clock);
  }
}

/** @returns why the connection ended */
async function relayOnce(
  address: ServerAddress,
  relaying: Relaying,
  waits: boolean,
  signal: AbortSignal,
): Promise<TrueConfFilesError> {
  const { auth, name, note, onServer, addresses, stream } = relaying;
  let told = '';
  const retries = (fault: TrueConfFilesError) => {
    if (!waits || fault.code === 'usage' || signal.aborted) return false;
    onServer(fault.message);
    if (fault.message !== told) note(`${fault.message} Trying again.`);
    told = fault.message;
    return true;
  };
  // A relay that is refused goes on watching its Rooms: an account may come back.
  const options = { address, auth: { ...auth, ignoreAuthErrorAbort: true }, name, retries, signal };
  const link = await NatsLink.open(options);
  try {
    link.listen({ onUp: () => onServer(null), onDown: onServer });
    const relay = await open({ ...relaying, link, server: address.label }, retries, signal);
    // Not before: what its JetStream lacked at first would count as a lost connection that came back.
    if (link.isUp) onServer(null);
    relaying.onRelay(relay);
    const rooms = addresses.length === 1 ? '1 Room' : `${addresses.length} Rooms`;
    note(`relaying ${rooms} to ${address.label}, stream ${stream.name}`);
    return await relay.run(signal);
  } finally {
    await link.close();
  }
}

/** NATS may be there before its JetStream is, as while a cluster comes up. */
async function open(
  options: RelayOptions,
  retries: (fault: TrueConfFilesError) => boolean,
  signal: AbortSignal,
): Promise<Relay> {
  for (;;) {
    try {
      return await Relay.open(options);
    } catch (error) {
      if (!(error instanceof TrueConfFilesError && retries(error))) throw error;
      await delay(RETRY_MS, signal, options.clock);
    }
  }
}

const RETRY_MS = 1_000;
