import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { BUILT } from './paths.js';
import type { Plan } from './wire.js';

/** The bench's Room in a process of its own. */
export interface Room {
  readonly url: string;
  close(): void;
}

async function openRoom(plan: Plan): Promise<Room> {
  const child = spawn(process.execPath, [BUILT.room, JSON.stringify(plan)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = await once(child.stdout, 'data');
  return { url: `ws://127.0.0.1:${String(port).trim()}`, close: () => child.stdin.end() };
}

/** Does something with a Room that is closed afterwards. */
export async function withRoom<T>(plan: Plan, use: (room: Room) => Promise<T>): Promise<T> {
  const room = await openRoom(plan);
  try {
    return await use(room);
  } finally {
    room.close();
  }
}
