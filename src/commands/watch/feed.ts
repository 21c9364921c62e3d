import type { Notice } from '../../monitor/notice.js';
import type { Response } from '../../room/respond.js';

export interface FeedHandlers {
  /** Called synchronously and in order. `room` is what the user gave as the Room's address. */
  onNotice(notice: Notice, room: string): void;
  /**
   * What was there at the start was told. Said once.
   * @param isWhole `false` where a list did not come: nothing is not the same as nothing known
   */
  onListed(isWhole: boolean): void;
}

/** Where notices come from: a Room, a recording, or a relay that shares what it sees of Rooms. */
export interface Feed {
  /** What the user gave: the Room's name until notices come with names of their own. */
  readonly label: string;
  /**
   * Gives notices until the signal is aborted or there are no more, and then resolves.
   * @throws TrueConfFilesError where it ends otherwise
   */
  run(signal: AbortSignal): Promise<void>;
  /** Whether it tells of this Room; without it, of the one that `label` names. */
  tells?(room: string): boolean;
  /** Stops reading, for as long as what came can't be written. */
  pause(): void;
  resume(): void;
  /** Accepts or rejects a request, and says in a sentence what came of it. */
  respond(response: Response, room: string, id: string): Promise<string>;
}
