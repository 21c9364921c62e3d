import type { LinkState } from './room-tally.js';
import type { Tally } from './tally.js';

/** What `/healthz` says, as JSON. */
export interface Health {
  readonly status: 'up' | 'down';
  /** NATS servers; empty where none is used. */
  readonly nats: readonly { readonly server: string; readonly up: boolean; readonly reason: string | null }[];
  /** The links to Rooms that this process holds itself. */
  readonly links: {
    readonly total: number;
    readonly up: number;
    /** The first `MAX_DOWN` that are not up. */
    readonly down: readonly {
      readonly room: string;
      readonly state: LinkState | null;
      readonly reason: string | null;
    }[];
  };
}

/** Up is who has every link of its own, and every NATS server it was given. Pure. */
export function healthOf({ own, servers }: Pick<Tally, 'own' | 'servers'>): Health {
  const nats = [...servers].map(([server, { reason }]) => ({ server, up: reason === null, reason }));
  const down = [...own].filter(([, { linkState }]) => linkState !== 'connected');
  const isUp = down.length === 0 && nats.every(({ up }) => up);
  return {
    status: isUp ? 'up' : 'down',
    nats,
    links: {
      total: own.size,
      up: own.size - down.length,
      down: down.slice(0, MAX_DOWN).map(([room, { link, linkState }]) => {
        const reason = link !== null && 'reason' in link ? link.reason : null;
        return { room, state: linkState, reason };
      }),
    },
  };
}

const MAX_DOWN = 100;
