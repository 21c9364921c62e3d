import type { Notice } from '../../monitor/notice.js';
import { type Model, newRoom, type RoomState } from './model.js';

/** The model after a notice of a Room. Costs the same whatever the number of transfers. */
export function applyNotice(model: Model, notice: Notice, room: string): Model {
  const state = model.rooms.get(room) ?? newRoom(notice.at);
  switch (notice.kind) {
    case 'transfer':
      model.rows.change(room, notice);
      return withSignOfLife(model, room, state, notice.at);
    case 'progress':
      model.rows.progress(room, notice.transfer);
      return withSignOfLife(model, room, state, notice.at);
    case 'removed':
      model.rows.remove(room, notice);
      return withSignOfLife(model, room, state, notice.at);
    case 'availability':
      return withRoom(model, room, { ...state, aliveAt: notice.at, availability: notice.code });
    case 'heartbeat':
      return withRoom(model, room, notice.connected ? { ...state, aliveAt: notice.at } : state);
    case 'link': {
      const isLive = notice.link.state === 'live';
      const linked = { ...state, link: notice.link, linkAt: notice.at };
      const told = withRoom(model, room, isLive ? { ...linked, aliveAt: notice.at } : linked);
      return isLive && told.flash?.room === room ? { ...told, flash: null } : told;
    }
    case 'warning':
      return {
        ...withRoom(model, room, state),
        flash: { text: notice.message, at: notice.at, tone: 'alarm', room },
      };
  }
}

/** Many events share a millisecond, and say no more of their Room than that it lives. */
function withSignOfLife(model: Model, room: string, state: RoomState, at: number): Model {
  return state.aliveAt === at ? model : withRoom(model, room, { ...state, aliveAt: at });
}

function withRoom(model: Model, room: string, state: RoomState): Model {
  return { ...model, rooms: new Map(model.rooms).set(room, state) };
}
