import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it, vi } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { hasNatsServer } from '../support/nats-server.js';
import { settled, statusesOf, useRelays } from './support.js';

describe.skipIf(!hasNatsServer)('a relay that signs in by itself', () => {
  const { room: startRoom } = useRooms();
  const { natsServer, startRelay, watcher } = useRelays();
  const { newPath } = useFolder();

  it('holds Rooms by their names, each with its own PIN, answers by rule and runs hooks', async () => {
    const nats = await natsServer();
    const [lobby, hall, open] = [
      await startRoom({ pin: '1111' }),
      await startRoom({ pin: '2222' }),
      await startRoom(),
    ];
    const folder = newPath('config');
    mkdirSync(folder, { mode: 0o700 });
    const config = join(folder, 'config.json');
    writeFileSync(join(folder, 'lobby.pin'), '1111\n', { mode: 0o600 });
    const rooms = {
      lobby: { address: lobby.url, credentialsFile: 'lobby.pin' },
      hall: { address: `${hall.url}/default`, credentialsCommand: 'printf 2222' },
      open: { address: open.webSocketUrl },
    };
    writeFileSync(config, JSON.stringify({ rooms }), { mode: 0o600 });

    const out = newPath('out');
    const relay = startRelay(nats, ['@all'], {
      env: { TRUECONF_FILES_CONFIG: config },
      options: [
        ...['--accept', 'peer.id == "ada@example.com"', '--reject', 'name.endsWith(".exe")'],
        ...['--exec', `processing=sh -c 'echo "$TCF_ROOM $TCF_ID" >> ${out}'`, '--exec-jobs', '1'],
      ],
    });
    for (const name of ['lobby', 'hall', 'open']) await relay.stderrHas(`${name}: connected`);
    const watching = await watcher(nats);

    lobby.receive({ id: 'from-ada', peerId: 'ada@example.com' });
    hall.receive({ id: 'a-program', peerId: 'ada@example.com', name: 'setup.exe' });
    open.receive({ id: 'from-eve', peerId: 'eve@example.com' });
    await settled(watching, { 'from-ada': 'complete', 'a-program': 'rejected', 'from-eve': 'waiting' });
    open.setStatus('from-eve', 2);
    await settled(watching, { 'from-eve': 'processing' });
    expect(statusesOf(watching, 'from-ada')).toEqual(['waiting', 'processing', 'complete']);
    expect(new Set(watching.transfers.map(({ room }) => room))).toEqual(new Set(['lobby', 'hall', 'open']));
    const ran = () => readFileSync(out, 'utf8').trim().split('\n').sort();
    await vi.waitFor(() => expect(ran()).toEqual(['lobby from-ada', 'open from-eve']), { timeout: 20_000 });
    expect(relay.stdout.text + relay.stderr.text + watching.stdout.text).not.toMatch(/1111|2222/);
  });

  it("to the link on a Room's screen leaves its PIN out of subjects, records and what watchers see", async () => {
    const pin = 'Q7XW93';
    const nats = await natsServer();
    const connection = await connect({ servers: nats.address });
    const seen: string[] = [];
    connection.subscribe('>', {
      callback: (_, message) => void seen.push(message.subject, message.string()),
    });
    await connection.flush();
    const room = await startRoom({ pin });
    const relay = startRelay(nats, [`${room.url}/${pin}`]);
    await relay.stderrHas(`${room.url}: connected`);
    const watching = await watcher(nats);
    room.receive({ id: 'through-1' });
    await settled(watching, { 'through-1': 'waiting' });
    await connection.close();
    expect(seen.length).toBeGreaterThan(5);
    const all = [...seen, relay.stdout.text, relay.stderr.text, watching.stdout.text, watching.stderr.text];
    expect(all.join('\n').toUpperCase()).not.toContain(pin);
  });
});
