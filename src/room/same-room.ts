import type { Role } from '../protocol/requests.js';
import { identityOf } from './address.js';

/** A Room was named twice, under addresses that only its page shows to be the same. */
export class SameRoomError extends Error {
  constructor(label: string, other: string) {
    super(`${label} is the same Room as ${other}, which is watched already`);
  }
}

/** The endpoints that this process connects to: a Room that was named twice must not be its own rival for the seat. */
export class Endpoints {
  /** By Room, the endpoint and the seat. */
  readonly #claims = new Map<string, string>();

  /**
   * Called before each sign-in.
   * @param label what the user gave as the Room's address
   * @param url of its WebSocket
   * @param role the seat; a Room may be watched from two of them
   * @throws SameRoomError where another address leads to the same seat
   */
  claim(label: string, url: string, role: Role | null): void {
    const claim = `${identityOf({ kind: 'socket', label, url })} ${role ?? ''}`;
    for (const [other, claimed] of this.#claims) {
      if (other !== label && claimed === claim) throw new SameRoomError(label, other);
    }
    this.#claims.set(label, claim);
  }

  release(label: string): void {
    this.#claims.delete(label);
  }
}
