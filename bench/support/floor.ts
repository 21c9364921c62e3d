// What the floor programs share: the least that makes the same records of the same messages, and writes them by the
// program's own rule. They know nothing of a transfer's past, of filters, of broken frames or of a reader that went away.

/** What can be paused while stdout is full. */
export interface Source {
  pause(): void;
  resume(): void;
}

const STATUSES = ['failed', 'waiting', 'processing', 'complete'];
/** As much as the program holds before it writes within a turn of the event loop. */
const ENOUGH_UNITS = 65_536;

/**
 * Lines on their way to stdout: written once per turn of the event loop, or as soon as there are enough of them. While
 * stdout is full they are held and the sources paused.
 */
export class FloorLines {
  readonly #sources: readonly Source[];
  #held: string[] = [];
  #heldUnits = 0;
  #isScheduled = false;
  #isFull = false;

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
    process.stdout.on('drain', () => {
      this.#isFull = false;
      this.#write();
      if (!this.#isFull) for (const source of sources) source.resume();
    });
  }

  write(line: string): void {
    this.#held.push(line);
    this.#heldUnits += line.length;
    if (this.#isFull) return;
    if (this.#heldUnits >= ENOUGH_UNITS) this.#write();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        this.#write();
      });
    }
  }

  #write(): void {
    if (this.#isFull || this.#held.length === 0) return;
    const text = this.#held.join('');
    this.#held = [];
    this.#heldUnits = 0;
    if (process.stdout.write(text)) return;
    this.#isFull = true;
    for (const source of this.#sources) source.pause();
  }
}

/** The record of a message of the bench's Room, as a line. */
// biome-ignore lint/suspicious/noExplicitAny: the floor takes the wire at its word
export function toFloorLine(message: any, room: string, time: string): string {
  if (message.processedPercents !== undefined) {
    const { fileRequestId: id, processedPercents: percent } = message;
    const record = { type: 'progress', v: 1, time, room, id, percent, bytes: null };
    return `${JSON.stringify({ ...record, bytesPerSecond: null, etaSeconds: null })}\n`;
  }
  return `${JSON.stringify({
    type: 'transfer',
    v: 1,
    time,
    room,
    id: message.fileRequestId,
    direction: message.directionType === 0 ? 'inbound' : 'outbound',
    status: STATUSES[message.status],
    statusCode: message.status,
    previousStatus: null,
    name: message.fileName,
    size: message.fileSize ?? message.size,
    peer: { id: message.peerId, name: message.peerDisplayName ?? message.peerDn },
    conferenceId: message.confId ?? null,
    fileId: message.fileId ?? null,
    createdAt: new Date(message.timestamp).toISOString(),
    progress: null,
    origin: message.event === undefined ? 'snapshot' : 'event',
    event: message.event ?? null,
  })}\n`;
}
