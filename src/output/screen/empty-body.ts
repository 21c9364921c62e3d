import { formatAge } from '../format.js';
import { wrap } from '../width.js';
import type { Layout } from './layout.js';
import { linkReason, linkText, unavailability } from './link-text.js';
import type { Look } from './look.js';
import { type Model, type RoomState, roomsOf } from './model.js';

/** What stands in the place of rows where there are none: why, and that the Room is alive. */
export function emptyBody(model: Model, layout: Layout, now: number, look: Look): string[] {
  const { filter, hideEnded } = model.rows.arrangement;
  const sentences: string[] = [];
  if (model.rows.size > 0) {
    const why = filter === '' ? '' : ` that match "${look.text(filter)}"`;
    sentences.push(`No ${hideEnded ? 'active ' : ''}transfers${why}; ${model.rows.size} hidden.`);
  } else {
    const rooms = roomsOf(model);
    const told = [...model.rooms].filter(([room, { link }]) => rooms.has(room) || link.state !== 'live');
    for (const [room, state] of told) sentences.push(...roomSentences(model, room, state, now, look));
    if (model.rooms.size === 0) sentences.push('Starting.');
  }
  const room = Math.max(1, layout.width - 2 * MARGIN_COLUMNS);
  const lines = sentences.flatMap((sentence) => wrap(sentence, room)).slice(0, layout.body);
  const above = layout.tiny ? 0 : Math.max(0, Math.floor((layout.body - lines.length) / 3));
  const margin = ' '.repeat(Math.min(MARGIN_COLUMNS, Math.max(0, layout.width - room)));
  return [...Array<string>(above).fill(''), ...lines.map((text) => margin + text)];
}

const MARGIN_COLUMNS = 2;

function roomSentences(model: Model, room: string, state: RoomState, now: number, look: Look): string[] {
  const where = model.rooms.size > 1 ? `${look.text(room)}: ` : '';
  const reason = linkReason(state);
  if (state.link.state === 'live') {
    const life = state.aliveAt === null ? '' : `; last sign of life ${formatAge(now - state.aliveAt)} ago`;
    const barred = unavailability(state);
    return [`${where}Quiet: no transfers yet${life}.`, ...(barred === null ? [] : [barred])];
  }
  const words = linkText(state, now).long;
  const sentence = `${where}${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return [
    `${sentence}${look.symbols.ellipsis}`.replace(/closed\W+$/, 'closed.'),
    ...(reason === null ? [] : [look.text(reason)]),
  ];
}
