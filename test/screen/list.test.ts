import { expect, test } from 'vitest';
import { transferTable } from '../../src/screen/list.js';
import { buildPatch } from '../../src/screen/patch.js';
import { Emulator } from '../support/emulator.js';
import { inStatus, makeTransfer, NOW } from './sample.js';
import { PLAIN } from './sample-model.js';

const TRANSFERS = [
  inStatus('complete', 60, { id: 'aaaaaaaa-1', name: '日本語の資料と中文.docx', createdAt: NOW - 90_000 }),
  inStatus('waiting', 5, { id: 'aaaaaaaa-2', name: 'photo.jpg', createdAt: NOW - 5_000 }),
  makeTransfer({ id: 'bbbbbbbb-1', name: '\x1b[2Jevil\r\n.exe', peer: null, conferenceId: 'c@s' }),
];

async function drawn(columns: number, rows = 10) {
  const { lines, hidden } = transferTable(TRANSFERS, { columns, rows, now: NOW, look: PLAIN });
  const emulator = new Emulator(columns, 12);
  await emulator.write(buildPatch(null, lines));
  return { emulator, hidden, screen: emulator.lines().filter((line) => line !== '') };
}

test('active ones first, with ids that are enough to name them', async () => {
  const { screen, hidden } = await drawn(110);
  expect(hidden).toBe(0);
  expect(screen).toMatchInlineSnapshot(`
    [
      " Id          Status           Name                     Peer          Size      Time",
      "───────────────────────────────────────────────────────────────────────────────────",
      " bbbbbbbb    ● processing  ↓  \\x1b[2Jevil\\x0d\\x0a.exe  conf c@s  32.0 MiB       15s",
      " aaaaaaaa-2  ○ waiting     ↓  photo.jpg                Anna      32.0 MiB        5s",
      " aaaaaaaa-1  ✓ complete    ↓  日本語の資料と中文.docx  Anna      32.0 MiB  11:59:00",
    ]
  `);
});

test('borders stand below each other, and no line is wider than the screen', async () => {
  for (let columns = 24; columns <= 160; columns += 1) {
    const { emulator, screen } = await drawn(columns);
    expect(screen).toHaveLength(5);
    const borders = emulator.columnsOf('│', 0);
    for (const row of [2, 3, 4]) expect(emulator.columnsOf('│', row)).toEqual(borders);
  }
});

test('what does not fit is counted', async () => {
  const { screen, hidden } = await drawn(80, 2);
  expect(screen).toHaveLength(4);
  expect(hidden).toBe(1);
});

test('ids come first where there is no room for more', async () => {
  const { screen } = await drawn(30);
  expect(screen[0]?.trim()).toMatch(/^Id +Name$/);
});
