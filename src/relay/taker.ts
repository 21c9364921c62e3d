import { type Clock, delay } from '../room/timers.js';
import type { Leases } from './leases.js';
import type { NatsLink } from './nats-link.js';

/** Who took a Room from its relay. */
export type Taker = 'a relay' | 'a person' | 'unknown';

export interface TakerOptions {
  readonly clock: Clock;
  readonly leases: Pick<Leases, 'areInDoubt' | 'confirm' | 'doubt' | 'lifeMs'>;
  readonly link: Pick<NatsLink, 'isUp'>;
  /** Something is wrong with NATS. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * The client that took a Room may be a relay: one that holds the lease by now, by which the signal is aborted, or one
 * that held it for a while, and has announced itself. Only NATS knows; it may be down, and for one lease life after
 * that its answers prove nothing.
 */
export async function takerOf(
  relay: { wasOvertaken(): Promise<boolean> },
  { clock, leases, link, onTrouble }: TakerOptions,
  signal: AbortSignal,
): Promise<Taker> {
  let wasInDoubt = false;
  /** Since when NATS has answered each time, though it may contradict itself. */
  let answersSince: number | null = null;
  while (!signal.aborted) {
    try {
      if (link.isUp) {
        await leases.confirm();
        if (await relay.wasOvertaken()) return 'a relay';
        if (!leases.areInDoubt) return wasInDoubt ? 'unknown' : 'a person';
        answersSince ??= clock.now();
        if (clock.now() - answersSince > leases.lifeMs) return 'unknown';
      }
    } catch (error) {
      answersSince = null;
      leases.doubt();
      onTrouble(error);
    }
    wasInDoubt = true;
    await delay(RETRY_MS, signal, clock).catch(() => {});
  }
  return 'a relay';
}

const RETRY_MS = 500;
