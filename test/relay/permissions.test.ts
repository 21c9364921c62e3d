import { readFileSync } from 'node:fs';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { sendCommand } from '../../src/relay/command-desk.js';
import { encodeToken } from '../../src/relay/subjects.js';
import { useRooms } from '../simulator/rooms.js';
import { hasNatsServer, JETSTREAM } from '../support/nats-server.js';
import { settled, statusesOf, useRelays } from './support.js';

/** The very lines that the page tells people to configure. */
const [, DOCUMENTED = ''] =
  /```\n(accounts \{\n.*?\n\}\n)```/s.exec(readFileSync('docs/relay.md', 'utf8')) ?? [];

const RELAY = { TRUECONF_FILES_NATS_USER: 'relay', TRUECONF_FILES_NATS_PASSWORD: 'change me' };
const WATCHER = { TRUECONF_FILES_NATS_USER: 'watcher', TRUECONF_FILES_NATS_PASSWORD: 'change me too' };

describe.skipIf(!hasNatsServer)('the permissions in docs/relay.md', () => {
  const rooms = useRooms();
  const { run, natsServer, relay, startRelay, watcher } = useRelays();
  const server = (config = DOCUMENTED) => natsServer(() => `${JETSTREAM}${config}`);

  it('suffice for a relay and a watcher, and the watcher can do nothing else', async () => {
    const nats = await server();
    const room = await rooms.room();
    const { webSocketUrl: name } = room;
    const holder = await relay(nats, [name], { env: RELAY, options: ['--allow-commands'] });
    const watching = await watcher(nats, { env: WATCHER });
    const one = await watcher(nats, { env: WATCHER, room: name });
    room.receive({ id: 'a', size: 1_000 });
    room.setStatus('a', 2);
    for (const each of [watching, one]) await settled(each, { a: 'processing' });
    room.progress('a', 50);
    for (const each of [watching, one]) {
      await each.record(({ type }) => type === 'progress');
      expect(each.stderr.text).not.toContain('may not');
    }
    // It comes back as well, and reads what the stream told before.
    holder.kill('SIGKILL');
    await holder.ended;
    room.setStatus('a', 3);
    await relay(nats, [name], { env: RELAY });
    await settled(watching, { a: 'complete' });
    expect(statusesOf(watching, 'a')).toEqual(['waiting', 'processing', 'complete']);
    const user = { user: 'watcher', pass: 'change me too' };
    const connection = await connect({ servers: nats.address, ...user });
    await expect(sendCommand(connection, name, 'accept', 'a')).resolves.toMatchObject({
      ok: false,
      reason: expect.stringContaining('this NATS user may not publish to'),
    });
    for (const subject of [
      `trueconf.files.${encodeToken(name)}.transfer.a`,
      `$KV.trueconf-leases.${encodeToken(name)}`,
      '$JS.API.STREAM.DELETE.TCFILES',
      '$JS.API.STREAM.PURGE.TCFILES',
      '$JS.API.STREAM.CREATE.OTHER',
    ]) {
      await expect(connection.request(subject, '{}')).rejects.toThrow(/permission|Permissions/i);
    }
    await connection.close();
  });

  it('let a watcher accept where it may publish commands', async () => {
    const nats = await server(
      DOCUMENTED.replace(
        '"$JS.API.STREAM.INFO.TCFILES"',
        '"trueconf.command.*", "$JS.API.STREAM.INFO.TCFILES"',
      ),
    );
    const room = await rooms.room();
    await relay(nats, [room.webSocketUrl], { env: RELAY, options: ['--allow-commands'] });
    const connection = await connect({ servers: nats.address, user: 'watcher', pass: 'change me too' });
    const { id } = room.receive();
    expect(await sendCommand(connection, room.webSocketUrl, 'accept', id)).toEqual({ ok: true });
    await connection.close();
  });

  it('what is missing is said: to end with, or once where the rest goes on', async () => {
    const without = (...permissions: readonly string[]) =>
      server(permissions.reduce((config, permission) => config.replaceAll(permission, '"none"'), DOCUMENTED));
    const refused = async (
      args: readonly string[],
      env: Readonly<Record<string, string>>,
      subject: string,
    ) => {
      const program = run(args, { env });
      expect(await program.ended).toBe(4);
      expect(program.stderr.text).toContain(`this NATS user may not publish to "${subject}"`);
    };
    const nats = await without('"$JS.API.STREAM.INFO.*"', '"$JS.API.STREAM.INFO.TCFILES"');
    await refused(['relay', 'demo', '--to', nats.url], RELAY, '$JS.API.STREAM.INFO.TCFILES');
    await refused(['watch', nats.url, '--json'], WATCHER, '$JS.API.STREAM.INFO.TCFILES');
    const room = await rooms.room();
    const quiet = await without('"trueconf.progress.>"', '"trueconf.command.*"');
    const holder = startRelay(quiet, [room.webSocketUrl], { env: RELAY, options: ['--allow-commands'] });
    await holder.stderrHas(`${room.webSocketUrl}: connected`);
    const watching = await watcher(quiet, { env: WATCHER });
    room.receive({ id: 'a', size: 1_000 });
    room.setStatus('a', 2);
    for (const percent of [10, 20]) room.progress('a', percent);
    await holder.stderrHas('progress is not shared: this NATS user may not publish to');
    await holder.stderrHas('no command can be taken through NATS: this NATS user may not subscribe to');
    await watching.record(({ code }) => code === 'no-progress');
    await settled(watching, { a: 'processing' });
    expect(holder.stderr.text.split('progress is not shared')).toHaveLength(2);
  });
});
