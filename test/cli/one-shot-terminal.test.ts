import { afterEach, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { PROGRAM } from '../support/program.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';

const { room: startRoom } = useRooms();

const terminals: PseudoTerminal[] = [];
afterEach(async () => {
  await Promise.all(terminals.splice(0).map((terminal) => terminal.dispose()));
});

/** Runs the program on a terminal, with the arguments of a shell's line. */
function type(line: string, columns = 100, rows = 12): PseudoTerminal {
  const script = `"$0" "$1" ${line}; printf 'code=%s' $?; read wait`;
  const terminal = new PseudoTerminal('sh', ['-c', script, process.execPath, PROGRAM], columns, rows);
  terminals.push(terminal);
  return terminal;
}

const ended = (terminal: PseudoTerminal) => terminal.until((screen) => /^code=\d+$/m.test(screen));

it('list prints a table that fits the screen, and says how much more there is', async () => {
  const room = await startRoom();
  for (let at = 1; at <= 9; at += 1) room.receive({ name: `${at}.bin`, createdAt: Date.now() - at * 60_000 });
  const screen = await ended(type(`list ${room.url}`));
  const lines = screen.split('\n');
  expect(lines[0]).toMatch(/^ Id +│ Status +│ +│ Name +│ Peer +│ +Size │ +Age *$/);
  expect(lines.slice(2, 10).map((line) => line.split('│')[3]?.trim())).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((at) => `${at}.bin`),
  );
  expect(lines[10]).toBe('…and 1 more; --plain lists all of them');
  expect(lines[11]).toBe('code=0');
});

it.each(['list', 'history'])('%s --plain prints lines', async (command) => {
  const room = await startRoom();
  room.setStatus(room.receive({ name: 'a.bin' }).id, 3);
  const screen = await ended(type(`${command} ${room.url} --plain --no-color`, 160));
  expect(screen).toMatch(/^\S+Z {2}inbound {3}complete {4}a\.bin {2}/m);
});

it('asks for the PIN where the Room wants one, and shows nothing of it', async () => {
  const room = await startRoom({ pin: '4711-hidden' });
  const { id } = room.receive({ name: 'behind-the-pin.bin' });
  const terminal = type(`info ${id.slice(0, 5)} --room ${room.url}`, 160, 24);
  await terminal.until((screen) => /^PIN or password of \S+: *$/m.test(screen));
  terminal.type('4711-hidden\r');
  expect(await ended(terminal)).toMatch(/^Name +behind-the-pin\.bin$/m);
  expect(terminal.written).not.toContain('4711');
});
