import { afterEach } from 'vitest';
import { RoomSimulator, type SimulatorOptions } from '../../src/simulator/index.js';
import { type Frame, TestClient } from './client.js';

/** Rooms and clients that end with the test they were made in. */
export function useRooms() {
  const rooms: RoomSimulator[] = [];
  const clients: TestClient[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await Promise.all(rooms.splice(0).map((room) => room.close()));
  });

  return {
    async room(options: SimulatorOptions = {}): Promise<RoomSimulator> {
      const room = await RoomSimulator.start(options);
      rooms.push(room);
      return room;
    },
    async client(room: RoomSimulator): Promise<TestClient> {
      const client = await TestClient.open(room.webSocketUrl);
      clients.push(client);
      return client;
    },
    async signedIn(room: RoomSimulator, fields?: Frame): Promise<TestClient> {
      const client = await TestClient.signedIn(room.webSocketUrl, fields);
      clients.push(client);
      return client;
    },
  };
}
