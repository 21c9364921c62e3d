import { afterEach, expect, it } from 'vitest';
import { useRooms } from '../simulator/rooms.js';
import { NODE, PROGRAM } from '../support/program.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';

const { room: startRoom } = useRooms();
let terminal: PseudoTerminal;
afterEach(() => terminal.dispose());

const NAMES = ['plain.pdf', 'Отчёт за март.docx', '会议纪要.pdf', 'αβγ±.txt'];

async function open(): Promise<void> {
  const room = await startRoom();
  for (const name of NAMES) room.receive({ name, size: 3_200 });
  terminal = new PseudoTerminal(NODE, [PROGRAM, 'watch', room.url], 100, 12);
}

/** The columns, from 0, in which the sizes of the rows end. */
function endsOfSizes(): readonly number[] {
  return terminal.emulator.lines().flatMap((line, row) => {
    if (!line.includes('3.1 KiB')) return [];
    const [last = -1] = terminal.emulator.columnsOf('K', row).slice(-1);
    return [last];
  });
}

it('where ambiguous characters are two columns wide, that is measured: names stay whole, columns straight', async () => {
  await open();
  terminal.emulator.drawWide();
  terminal.answer();
  const screen = await terminal.until(
    (text) => / o waiting {2}< {2}/.test(text) && NAMES.every((name) => text.includes(name)),
  );
  expect(new Set(endsOfSizes()).size).toBe(1);
  // Its answer is no key: nothing is selected, asked or searched.
  expect(screen).not.toMatch(/^[▸>]|Accept|^\//m);
  expect(screen.split('\n')[2]).toMatch(/^-+$/);
  const asked = terminal.written.split('\x1b[6n');
  expect(asked).toHaveLength(2);
});

it.each([
  ['answers that they are one', true],
  ['does not answer', false],
])('a terminal that %s has the usual signs', async (_, answers) => {
  await open();
  if (answers) terminal.answer();
  await terminal.until(
    (text) => / ○ waiting {2}↓ {2}/.test(text) && NAMES.every((name) => text.includes(name)),
  );
  await terminal.press('j', (text) => /^▸/m.test(text));
  expect(terminal.emulator.lines()[2]).toMatch(/^─+$/);
});
