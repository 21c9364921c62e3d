import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { useFileServers } from '../support/file-server.js';
import { useFolder } from '../support/folder.js';
import { ended, type PseudoTerminal, useTerminals } from '../support/pseudo-terminal.js';
import { useScriptedWebRooms } from '../support/scripted-web-room.js';

const { room: startRoom } = useRooms();
const scripted = useScriptedWebRooms();
const serve = useFileServers();

const { type } = useTerminals();

const { write } = useFolder();

it('list prints a table that fits the screen, and says how much more there is', async () => {
  const room = await startRoom();
  for (let at = 1; at <= 9; at += 1) room.receive({ name: `${at}.bin`, createdAt: Date.now() - at * 60_000 });
  const screen = await ended(type(`list ${room.url}`));
  const lines = screen.split('\n');
  expect(lines[0]).toMatch(/^ Id +Status +Name +Peer +Size +Time *$/);
  expect(lines.slice(2, 10).map((line) => /\d\.bin/.exec(line)?.[0])).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((at) => `${at}.bin`),
  );
  expect(lines[10]).toBe('…and 1 more; --plain lists all of them');
  expect(lines[11]).toBe('code=0');
});

it('list --format prints its lines, in which no name can move the cursor', async () => {
  const room = await startRoom();
  room.receive({ name: 'a\x1b[2Jb\u009b.bin' });
  const screen = await ended(type(`list ${room.url} --format '<{name:<24}>'`));
  expect(screen.split('\n')[0]).toBe(String.raw`<a\x1b[2Jb\x9b.bin       >`);
});

it.each(['list', 'history'])('%s --plain prints lines', async (command) => {
  const room = await startRoom();
  room.setStatus(room.receive({ name: 'a.bin' }).id, 3);
  const screen = await ended(type(`${command} ${room.url} --plain --no-color`, 160));
  expect(screen).toMatch(/^\S+Z {2}inbound {3}complete {4}a\.bin {2}/m);
});

it('asks for the PIN where the Room wants one, and shows nothing of it', async () => {
  const room = await startRoom({ pin: '4711-hidden' });
  // With its hyphen: a prefix may not be a number.
  const { id } = room.receive({ name: 'behind-the-pin.bin' });
  const terminal = type(`info ${id.slice(0, 9)} --room ${room.url}`, 160, 24);
  await terminal.until((screen) => /^PIN or password of \S+: *$/m.test(screen));
  terminal.type('4711-hidden\r');
  expect(await ended(terminal)).toMatch(/^Name +behind-the-pin\.bin$/m);
  expect(terminal.written).not.toMatch(/(?<!\d)4711(?!\d)/);
});

describe('send shows on one line how far it is', () => {
  const path = write(Buffer.alloc(30_000_000), 'a file with quite a long name.bin');

  /** A Room that takes the rest of the file only when it is let. */
  async function sending(columns: number, more = '', file = path, prepare = (_: PseudoTerminal) => {}) {
    let request: IncomingMessage | undefined;
    let isTaking = false;
    const { port, asked } = await serve((asking, response) => {
      request = isTaking ? asking.resume() : asking.pause();
      asking.once('end', () => response.writeHead(200, { FileId: '7' }).end());
    });
    const room = await scripted({
      answers: {
        getAppState: () => ({ embeddedHttpPort: port, result: true }),
        sendFile: () => ({ sentFileRequestId: 'new', result: true }),
      },
    });
    const terminal = type(`send "${file}" ${more} --to a@b --room ${room.webSocketUrl}`, columns);
    prepare(terminal);
    await asked();
    const takeTheRest = () => {
      isTaking = true;
      request?.resume();
    };
    return { terminal, takeTheRest };
  }

  it.each([100, 60, 24])('in %i columns, and takes it away', async (columns) => {
    const { terminal, takeTheRest } = await sending(columns);
    await terminal.until((screen) => /\d% {2}[\d.]+ .iB of 28/.test(screen));
    takeTheRest();
    const screen = await ended(terminal);
    expect(screen).not.toContain('%');
    expect(screen.replaceAll('\n', '')).toContain(
      'sent  a file with quite a long name.bin  28.6 MiB  to a@b  id new',
    );
    expect(screen).toMatch(/code=0$/m);
  });

  it('and takes one line, also where the terminal draws a name wider than it is counted', async () => {
    const wide = write(Buffer.alloc(30_000_000), 'отчёт за первый квартал.bin');
    const { terminal, takeTheRest } = await sending(60, '', wide, ({ emulator }) => emulator.drawWide());
    await terminal.until((screen) => screen.includes('отчёт'));
    takeTheRest();
    const screen = await ended(terminal);
    expect(screen).toContain('sent  отчёт');
    expect(screen.match(/отчёт/g)).toHaveLength(1);
    expect(terminal.emulator.state.wrap).toBe(true);
  });

  it('and of several files which one it is', async () => {
    const other = write('small', 'small.bin');
    const { terminal, takeTheRest } = await sending(100, `"${other}" --file-id 7`);
    await terminal.until((screen) => /^\[1\/3\] a file .*\.bin {2}\d+% {2}[\d.]+ .iB of 28/m.test(screen));
    takeTheRest();
    const screen = await ended(terminal);
    expect(screen).not.toContain('%');
    expect(screen).toContain('sent  small.bin  5 B  to a@b  id new');
    expect(screen).toContain('sent  file 7  -  to a@b  id new');
  });

  it('and, waiting, how far the transfers are', async () => {
    const room = await startRoom({ transferMs: 3_600_000 });
    const terminal = type(`send "${path}" --to a@b --to c@d --wait --room ${room.url}`, 100);
    await terminal.until((screen) => /^sent .* to c@d {2}id /m.test(screen));
    const [first, second] = room.transfers.map(({ id }) => id);
    room.setStatus(String(first), 3);
    room.setStatus(String(second), 2);
    room.progress(String(second), 48);
    await terminal.until((screen) =>
      /^a file .*\.bin to c@d {2}1 of 2 ended {2}48% {2}of 28\.6 MiB/m.test(screen),
    );
    room.setStatus(String(second), 3);
    const screen = await ended(terminal);
    expect(screen).not.toContain('%');
    expect(screen.match(/^complete {2}a file with quite a long name\.bin/gm)).toHaveLength(2);
    expect(screen).toMatch(/^code=0$/m);
  });

  it('and leaves none behind on Ctrl-C', async () => {
    const { terminal } = await sending(100);
    await terminal.until((screen) => /\d% {2}[\d.]+ .iB of 28/.test(screen));
    terminal.type('\x03');
    const screen = await terminal.until((text) => /code=130$/m.test(text));
    expect(screen).not.toContain('%');
  });
});
