import type { Transfer } from './transfer.js';

/**
 * How much the texts of held transfers take: names are chosen by strangers, and thousands of long ones would fill the
 * memory. Its owner reports each transfer that is added, changes or is dropped.
 */
export class HeldSize {
  #units = 0;
  readonly #maxUnits: number;

  /** @param keep ended transfers held at most: the more are asked for, the more they may take */
  constructor(keep: number) {
    this.#maxUnits = (keep + ACTIVE_COUNTED) * MEAN_UNITS;
  }

  /** Whether ended transfers have to be dropped, though there are fewer than may be held. */
  get isOver(): boolean {
    return this.#units > this.#maxUnits;
  }

  /** The transfer as it may be held now: with short texts only, where what can't be dropped takes too much. */
  fit(transfer: Transfer): Transfer {
    return asHeld(transfer, this.isOver ? SHORT_UNITS : MAX_HELD_UNITS);
  }

  replace(before: Transfer | null | undefined, after: Transfer | null | undefined): void {
    this.#units += unitsOf(after) - unitsOf(before);
  }
}

function unitsOf(transfer: Transfer | null | undefined): number {
  if (transfer === null || transfer === undefined) return 0;
  const { id, name, peer, conferenceId, fileId, raw } = transfer;
  return (
    id.length +
    (name?.length ?? 0) +
    (peer?.id?.length ?? 0) +
    (peer?.name?.length ?? 0) +
    (conferenceId?.length ?? 0) +
    (fileId?.length ?? 0) +
    (raw?.length ?? 0)
  );
}

/** A transfer with its texts cut. One without long texts is given as it is. */
export function asHeld(transfer: Transfer, maxUnits: number = MAX_HELD_UNITS): Transfer {
  if (!hasLongText(transfer, maxUnits)) return transfer;
  const { name, peer, conferenceId, fileId, raw } = transfer;
  const cut = (text: string | null) => shortened(text, maxUnits);
  return {
    ...transfer,
    name: cut(name),
    peer: peer === null ? null : { id: cut(peer.id), name: cut(peer.name) },
    conferenceId: cut(conferenceId),
    fileId: cut(fileId),
    raw: cut(raw),
  };
}

function hasLongText({ name, peer, conferenceId, fileId, raw }: Transfer, maxUnits: number): boolean {
  const isLong = (text: string | null) => text !== null && text.length > maxUnits;
  const isLongPeer = peer !== null && (isLong(peer.id) || isLong(peer.name));
  return isLongPeer || isLong(name) || isLong(conferenceId) || isLong(fileId) || isLong(raw);
}

function shortened(text: string | null, maxUnits: number): string | null {
  if (text === null || text.length <= maxUnits) return text;
  // A part of a text keeps all of it in memory, unless it is copied.
  return Buffer.from(`${text.slice(0, maxUnits)}…`).toString();
}

/** UTF-16 units; the longest name of a file is 255 bytes on common systems. */
const MAX_HELD_UNITS = 4_096;
const SHORT_UNITS = 256;
/** Twice what an ordinary transfer takes with its last frame. */
const MEAN_UNITS = 2_048;
/** Active ones that may take as much as ended ones; there are rarely more. */
const ACTIVE_COUNTED = 512;
