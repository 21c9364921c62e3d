import type { Notice } from '../monitor/notice.js';
import type { Answer } from '../protocol/message.js';
import type { Redactor } from '../protocol/redactor.js';
import type { Request } from '../protocol/requests.js';
import type { RoomAddress } from '../room/address.js';
import type { Entry } from '../room/entry.js';
import type { RoomWatcherOptions } from '../room/watcher.js';
import type { Action, CommandAnswer } from './command-desk.js';
import type { NatsLink } from './nats-link.js';
import type { StreamOptions } from './stream.js';

export interface RelayOptions {
  readonly link: NatsLink;
  /** The server as the user named it. */
  readonly server: string;
  readonly stream: StreamOptions;
  readonly addresses: readonly RoomAddress[];
  readonly watcherOf: (address: RoomAddress) => Omit<RoomWatcherOptions, 'onEntry'>;
  /** Records held at most while NATS does not take them. */
  readonly buffer: number;
  /** Rooms held at most. */
  readonly claim: number;
  /** One for each process. */
  readonly owner: string;
  readonly leaseMs: number;
  /** Accepts or rejects at a Room; `null` where nobody may from afar. */
  readonly act:
    | ((
        action: Action,
        id: string,
        send: (request: Request) => Promise<Answer>,
        redactor: Redactor,
      ) => Promise<CommandAnswer>)
    | null;
  readonly onEntry: (entry: Entry, room: string, redactor: Redactor) => void;
  readonly onNotice: (notice: Notice, room: string) => void;
  /** Another relay holds the Room now. */
  readonly onReleased: (room: string) => void;
  /** Something a person should know of the relay itself. */
  readonly note: (text: string) => void;
}

export interface RelayCounts {
  readonly published: number;
  readonly waiting: number;
  readonly leftOut: number;
  readonly held: number;
}
