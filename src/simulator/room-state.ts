import { APP_STATE } from './options.js';

/** The Room's number for a status: 0 failed, 1 waiting, 2 processing, 3 complete. */
export type StatusCode = 0 | 1 | 2 | 3;

/** One file request held by the simulated Room. A value: each change makes a new one. */
export interface SimulatedTransfer {
  /** `fileRequestId` on the wire. */
  readonly id: string;
  /** As the Room sees it. */
  readonly direction: 'inbound' | 'outbound';
  /** The status it has now. */
  readonly status: StatusCode;
  /** The file's name. */
  readonly name: string;
  /** Bytes; 0 where the size is not known. */
  readonly size: number;
  /** TrueConf ID; `null` for an outbound request to a group conference. */
  readonly peerId: string | null;
  /** Display name. */
  readonly peerName: string | null;
  /** `null` outside a group conference. */
  readonly conferenceId: string | null;
  /** On the built-in HTTP server: for outbound requests, and inbound ones already processed. */
  readonly fileId: number | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Progress last told, percent. */
  readonly percent: number;
}

/** A file on the built-in HTTP server. */
export interface StoredFile {
  readonly fileId: number;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** What happened in the Room, before it is put into words of the wire. */
export type RoomEvent =
  | {
      readonly kind: 'received' | 'sent' | 'accepted' | 'rejected' | 'status' | 'progress';
      readonly transfer: SimulatedTransfer;
    }
  | { readonly kind: 'deleted'; readonly transfer: SimulatedTransfer; readonly removedFromDisk: boolean }
  | { readonly kind: 'cleared' }
  | { readonly kind: 'availability'; readonly code: number }
  | { readonly kind: 'app-state'; readonly code: number; readonly httpPort: number };

/** A request as it is made; the rest of a transfer follows from it. */
export type NewRequest = Omit<SimulatedTransfer, 'direction' | 'status' | 'percent' | 'fileId'>;

/** The first file id of the pages' examples. */
const FIRST_FILE_ID = 260_618_251;

const AVAILABLE = 3;

/**
 * What the Room holds, and the transitions between what it can hold; each gives the events that it causes, in order.
 * No clock, no timer, no chance: those come in as arguments.
 */
export class RoomState {
  /** By id; outbound ones whose id is a number as `>1`, as before 4.1 an inbound one may have the same. */
  readonly #transfers = new Map<string, SimulatedTransfer>();
  readonly #files = new Map<number, StoredFile>();
  #nextFileId = FIRST_FILE_ID;
  /** `appState`. */
  appState: number = APP_STATE.idle;
  #availability = AVAILABLE;

  /** Oldest first. */
  get transfers(): readonly SimulatedTransfer[] {
    return [...this.#transfers.values()];
  }

  get files(): readonly StoredFile[] {
    return [...this.#files.values()];
  }

  /** 0 forbidden by the server, 1 by the licence, 2 needs signing in to the server, 3 available. */
  get availability(): number {
    return this.#availability;
  }

  /** @param first which of two with one number is meant */
  find(id: string, first: SimulatedTransfer['direction'] = 'inbound'): SimulatedTransfer | undefined {
    const both = [this.#transfers.get(id), this.#transfers.get(`>${id}`)];
    return both.find((one) => one?.direction === first) ?? both.find((one) => one !== undefined);
  }

  file(fileId: number): StoredFile | undefined {
    return this.#files.get(fileId);
  }

  /** @throws Error where no such request is held */
  get(id: string, first?: SimulatedTransfer['direction']): SimulatedTransfer {
    const transfer = this.find(id, first);
    if (transfer === undefined) throw new Error(`The simulated Room holds no file request "${id}"`);
    return transfer;
  }

  /** Puts a file on the built-in HTTP server, as an upload does. */
  store(name: string, size: number): StoredFile {
    const file: StoredFile = { fileId: this.#nextFileId, name, size };
    this.#nextFileId += 1;
    this.#files.set(file.fileId, file);
    return file;
  }

  receive(request: NewRequest): readonly RoomEvent[] {
    const transfer = this.#hold({ ...request, direction: 'inbound', status: 1, percent: 0, fileId: null });
    return [
      { kind: 'received', transfer },
      { kind: 'status', transfer },
    ];
  }

  /** @param fileId of a stored file; several requests may send the same one */
  send(request: NewRequest, fileId: number): readonly RoomEvent[] {
    const transfer = this.#hold({ ...request, direction: 'outbound', status: 1, percent: 0, fileId });
    return [
      { kind: 'sent', transfer },
      { kind: 'status', transfer },
    ];
  }

  accept(id: string): readonly RoomEvent[] {
    const accepted = this.#inbound(id);
    const transfer = this.#hold({ ...accepted, status: 2 });
    return [
      { kind: 'accepted', transfer },
      { kind: 'status', transfer },
    ];
  }

  /** A rejected request is no longer listed: the list is of "downloaded files and new inbound file requests". */
  reject(id: string): readonly RoomEvent[] {
    const transfer = this.#inbound(id);
    this.#transfers.delete(id);
    return [{ kind: 'rejected', transfer }];
  }

  setStatus(id: string, status: StatusCode): readonly RoomEvent[] {
    const before = this.get(id);
    const percent = status === 3 ? 100 : before.percent;
    const fileId =
      status === 3 && before.fileId === null ? this.store(before.name, before.size).fileId : before.fileId;
    return [{ kind: 'status', transfer: this.#hold({ ...before, status, percent, fileId }) }];
  }

  progress(id: string, percent: number): readonly RoomEvent[] {
    return [{ kind: 'progress', transfer: this.#hold({ ...this.get(id), percent }) }];
  }

  delete(id: string, removedFromDisk: boolean): readonly RoomEvent[] {
    const transfer = this.get(id);
    this.#transfers.delete(keyOf(transfer));
    if (removedFromDisk && transfer.fileId !== null) this.#files.delete(transfer.fileId);
    return [{ kind: 'deleted', transfer, removedFromDisk }];
  }

  /** Every request with this file leaves the history, and the file leaves the disk. */
  deleteFile(fileId: number): readonly RoomEvent[] {
    const events = this.transfers
      .filter((transfer) => transfer.fileId === fileId)
      .flatMap((transfer) => this.delete(transfer.id, true));
    this.#files.delete(fileId);
    return events;
  }

  /** What has ended leaves; what is waiting or running is not history yet, and stays. */
  clear(deleteFilesFromDisk: boolean): readonly RoomEvent[] {
    for (const transfer of this.transfers.filter((one) => one.status === 0 || one.status === 3)) {
      this.delete(transfer.id, deleteFilesFromDisk);
    }
    return [{ kind: 'cleared' }];
  }

  setAppState(code: number, httpPort: number): readonly RoomEvent[] {
    this.appState = code;
    return [{ kind: 'app-state', code, httpPort }];
  }

  setAvailability(code: number): readonly RoomEvent[] {
    this.#availability = code;
    return [{ kind: 'availability', code }];
  }

  #hold(transfer: SimulatedTransfer): SimulatedTransfer {
    this.#transfers.set(keyOf(transfer), transfer);
    return transfer;
  }

  #inbound(id: string): SimulatedTransfer {
    const transfer = this.get(id);
    if (transfer.direction !== 'inbound') throw new Error(`File request "${id}" is not an inbound one`);
    return transfer;
  }
}

function keyOf({ id, direction }: SimulatedTransfer): string {
  return direction === 'outbound' && /^\d+$/.test(id) ? `>${id}` : id;
}
