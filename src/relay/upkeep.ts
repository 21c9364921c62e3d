import { delay } from '../room/timers.js';

export interface UpkeepOptions {
  readonly everyMs: number;
  /** Sequence numbers of the first and the last record of the stream; `null` where that is no question now. */
  readonly look: () => Promise<{ readonly first_seq: number; readonly last_seq: number } | null>;
  readonly rooms: () => readonly { refresh(before: number): void }[];
  readonly onFault: (error: unknown) => void;
}

/**
 * Keeps what is true in the stream. Age, size or an operator takes the oldest records away, and with them a Room that
 * has been quiet for long. Whenever some have gone, each Room tells again what stands in the older half.
 */
export async function keepPresent(options: UpkeepOptions, signal: AbortSignal): Promise<void> {
  const { everyMs, look, rooms, onFault } = options;
  let known: number | null = null;
  while (!signal.aborted) {
    try {
      const stream = await look();
      if (stream !== null) {
        const { last_seq: last } = stream;
        // An empty stream begins at 0, though its first record will be 1.
        const first = Math.max(1, stream.first_seq);
        if (known !== null && first !== known) {
          const middle = Math.max(first, first + Math.floor((last - first) / 2));
          for (const room of rooms()) room.refresh(middle);
        }
        known = first;
      }
    } catch (error) {
      if (!signal.aborted) onFault(error);
    }
    await delay(everyMs, signal).catch(() => {});
  }
}
