import type { Look } from '../output/look.js';
import { formatBytes, formatDuration, formatEta, formatRate } from '../output/text.js';
import { firstThatFits, fitWidth, type Piece, piecesWidth, spaced } from '../output/width.js';
import { availabilityMeaning, availabilityOf, roomState } from '../records/record.js';
import { STATUSES, type Status } from '../transfers/transfer.js';
import { roomText } from './cell-text.js';
import { isStale, type Model, type RoomState, roomsOf } from './model.js';
import { isMoving } from './row.js';
import type { Amounts } from './rows.js';

const MIN_ROOM_COLUMNS = 8;

/** The first line: Room, link, counts by status, total rate; what has no room leaves from the right. */
export function header(model: Model, width: number, now: number, look: Look): string {
  const long = countPieces(model, look, (status) => `${model.rows.count(status)} ${status}`, true);
  const short = countPieces(model, look, (status) => String(model.rows.count(status)), false);
  const total = totalRate(model, now);
  const rate: Piece[] = [{ text: formatRate(total), paint: look.style.strong }];
  const amounts = amountPieces(model.rows.amounts, total);
  const [linkNamed, linkLong, linkShort] = linkPieces(model, now, look);
  const name = roomsText(model, look);
  const spare = width - piecesWidth(spaced([[{ text: '' }], linkShort, ...short]));
  const cutName = fitWidth(name, Math.max(MIN_ROOM_COLUMNS, spare), look.symbols.ellipsis);
  const room: Piece[] = [{ text: name, paint: look.style.strong }];
  const cutRoom: Piece[] = [{ text: cutName, paint: look.style.strong }];
  return firstThatFits(
    [
      spaced([room, linkNamed, ...long, rate, amounts]),
      spaced([room, linkNamed, ...short, rate, amounts]),
      spaced([room, linkNamed, ...short, rate]),
      spaced([room, linkLong, ...short, rate, amounts]),
      spaced([room, linkLong, ...long, rate]),
      spaced([room, linkLong, ...short, rate]),
      spaced([room, linkShort, ...short, rate]),
      spaced([room, linkShort, ...short]),
      spaced([cutRoom, linkShort, ...short]),
      spaced([linkShort, ...short]),
      spaced([linkShort]),
    ],
    width,
    look.symbols.ellipsis,
  );
}

function countPieces(model: Model, look: Look, text: (status: Status) => string, gap: boolean): Piece[][] {
  const shown = STATUSES.filter((status) => status !== 'unknown' || model.rows.count(status) > 0);
  const pieces = shown.map((status): Piece[] => [
    {
      text: `${look.symbols.status[status]}${gap ? ' ' : ''}${text(status)}`,
      paint: model.rows.count(status) > 0 ? look.style.status[status] : look.style.faint,
    },
  ]);
  // The short form stands together, one space between.
  return gap ? pieces : [pieces.flatMap((piece, at) => (at === 0 ? piece : [{ text: ' ' }, ...piece]))];
}

/** `120 MiB of 1.2 GiB, 5m left`: of what runs now. Nothing where that is nothing. */
function amountPieces({ done, left }: Amounts, rate: number): Piece[] {
  if (left <= 0) return [];
  const time = rate > 0 ? `, ${formatEta(left / rate)} left` : '';
  return [{ text: `${formatBytes(done)} of ${formatBytes(done + left)}${time}` }];
}

/** Bytes a second of all transfers that move; what has stalled or can't be heard adds nothing. */
function totalRate(model: Model, now: number): number {
  let sum = 0;
  for (const row of model.rows.moving()) {
    if (isMoving(row, { now, stale: isStale(model, row) })) sum += row.transfer.bytesPerSecond ?? 0;
  }
  return sum;
}

/** The window's title: `2↓ 1↑ 1✗ lobby`. */
export function titleText(model: Model, look: Look): string {
  const { rows } = model;
  const { direction, status } = look.symbols;
  const counts = [
    [rows.active('inbound'), direction.inbound],
    [rows.active('outbound'), direction.outbound],
    [rows.count('failed'), status.failed],
  ] as const;
  const parts = counts.filter(([count]) => count > 0).map(([count, sign]) => `${count}${sign}`);
  return [...parts, roomsText(model, look).replace(/:$/, '')].join(' ');
}

function roomsText(model: Model, look: Look): string {
  const rooms = roomsOf(model);
  const [room = '', ...others] = rooms.keys();
  return others.length === 0 ? roomText(room, look) : `${rooms.size} Rooms:`;
}

/** The states of all links, at three lengths; the first names the Rooms that are not live. */
type LinkPieces = readonly [named: Piece[], long: Piece[], short: Piece[]];

function linkPieces(model: Model, now: number, look: Look): LinkPieces {
  const { style, symbols } = look;
  const paints = { good: style.good, busy: style.notice, bad: style.alarm };
  const rooms = roomsOf(model);
  const [state, ...others] = [...rooms.values()];
  if (state === undefined) return [[], [], []];
  if (others.length > 0 || lostServers(model).length > 0) return severalRooms(model, now, look);
  const { tone, long, short } = linkText(state, now);
  const signs = {
    good: symbols.status.processing,
    busy: symbols.status.waiting,
    bad: symbols.status.failed,
  };
  const piece = (text: string): Piece[] => [{ text: `${signs[tone]} ${text}`, paint: paints[tone] }];
  return [piece(long), piece(long), piece(short)];
}

/** `2 live, 1 connecting, 1 retrying in 4s`: of several that wait, the time of the next. */
function severalRooms(model: Model, now: number, look: Look): LinkPieces {
  const { style } = look;
  const rooms = roomsOf(model);
  const lost = namedRooms(lostServers(model), now, look);
  const states = [...rooms.values()];
  const live = states.filter(({ link }) => link.state === 'live').length;
  const closed = states.filter(({ link }) => link.state === 'closed').length;
  const waiting = states.flatMap(({ link, linkAt }) =>
    link.state === 'waiting' ? [{ until: linkAt + link.retryInMs, retryInMs: link.retryInMs, linkAt }] : [],
  );
  const busy = states.length - live - closed - waiting.length;
  const next = waiting.sort((a, b) => a.until - b.until)[0];
  const parts: Piece[] = [];
  if (live > 0) parts.push({ text: `${live} live`, paint: style.good });
  const named = [...parts, ...namedRooms([...rooms], now, look), ...lost];
  if (busy > 0) parts.push({ text: `${busy} connecting`, paint: style.notice });
  if (next !== undefined) {
    const left = retryIn(next.retryInMs, next.linkAt, now);
    const when = left === null ? '' : ` in ${left}`;
    parts.push({ text: `${waiting.length} retrying${when}`, paint: style.alarm });
  }
  if (closed > 0) parts.push({ text: `${closed} closed`, paint: style.alarm });
  const isWell = live === states.length && lost.length === 0;
  return [
    listed(named),
    listed([...parts, ...lost]),
    [{ text: `${live}/${states.length} live`, paint: isWell ? style.good : style.alarm }],
  ];
}

/** Servers that are not live, beside the Rooms that they reported. */
function lostServers(model: Model): (readonly [string, RoomState])[] {
  const rooms = roomsOf(model);
  return [...model.rooms].filter(([room, { link }]) => !rooms.has(room) && link.state !== 'live');
}

/** Each Room that is not live, by its name. */
function namedRooms(rooms: readonly (readonly [string, RoomState])[], now: number, look: Look): Piece[] {
  return rooms
    .filter(([, { link }]) => link.state !== 'live')
    .map(([room, state]) => {
      const { tone, short } = linkText(state, now);
      return {
        text: `${roomText(room, look)} ${short}`,
        paint: tone === 'busy' ? look.style.notice : look.style.alarm,
      };
    });
}

function listed(parts: readonly Piece[]): Piece[] {
  return parts.flatMap((piece, at) => (at === 0 ? [piece] : [{ text: ', ' }, piece]));
}

type LinkTone = 'good' | 'busy' | 'bad';

interface LinkText {
  readonly tone: LinkTone;
  readonly long: string;
  readonly short: string;
}

/** The state of a link in words, with its attempt and the time to the next one. */
export function linkText({ link, linkAt, code }: RoomState, now: number): LinkText {
  switch (link.state) {
    case 'connecting':
      return { tone: 'busy', long: `connecting${attempt(link.attempt)}`, short: 'connecting' };
    case 'signing-in':
      return { tone: 'busy', long: `signing in${attempt(link.attempt)}`, short: 'signing in' };
    case 'listing':
      return { tone: 'busy', long: `listing${attempt(link.attempt)}`, short: 'listing' };
    case 'live': {
      const state = code === null ? null : roomState(code);
      if (state === null || state.canTransfer) return { tone: 'good', long: 'live', short: 'live' };
      return { tone: 'bad', long: `${state.text}: no files can arrive`, short: 'no files' };
    }
    case 'waiting': {
      const left = retryIn(link.retryInMs, linkAt, now);
      const what = link.wasLive ? 'connection lost' : `attempt ${link.attempt} failed`;
      if (left === null) return { tone: 'bad', long: `${what}, retrying`, short: 'retrying' };
      return { tone: 'bad', long: `${what}, retrying in ${left}`, short: `retry ${left}` };
    }
    case 'closed':
      return { tone: 'bad', long: 'closed', short: 'closed' };
  }
}

/** Why a Room is not connected, as the link says it: text from outside. */
export function linkReason({ link }: RoomState): string | null {
  return link.state === 'waiting' || link.state === 'closed' ? link.reason : null;
}

/** Why files can't be transferred although the Room is connected; `null` where they can, or it is not known. */
export function unavailability({ availability }: RoomState): string | null {
  if (availability === null || availabilityOf(availability) === 'available') return null;
  const meaning = availabilityMeaning(availability);
  return meaning === null ? null : `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`;
}

/**
 * Whole seconds, rounded up. `null` once they are over: the retries of a relay or a server are not announced, and a
 * countdown would stand at 0s.
 */
function retryIn(retryInMs: number, since: number, now: number): string | null {
  const leftMs = Math.max(0, Math.min(retryInMs, retryInMs - (now - since)));
  return leftMs === 0 ? null : formatDuration(Math.ceil(leftMs / 1_000) * 1_000);
}

function attempt(count: number): string {
  return count > 1 ? ` (attempt ${count})` : '';
}
