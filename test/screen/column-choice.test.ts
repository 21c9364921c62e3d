import { describe, expect, it } from 'vitest';
import { COLUMNS, type ColumnName } from '../../src/screen/columns.js';
import { transferTable } from '../../src/screen/list.js';
import type { Model } from '../../src/screen/model.js';
import { TableDoor } from '../support/table-door.js';
import { makeTransfer, NOW } from './sample.js';
import { modelWith, PLAIN } from './sample-model.js';

const TRANSFER = makeTransfer({
  name: 'plan.docx',
  size: 2_048,
  peer: { id: 'ann@some.server', name: 'Ann' },
  conferenceId: 'c@s',
});

const model = (asked: readonly ColumnName[] | null = null, isWide = false): Model => ({
  ...modelWith([TRANSFER]),
  columns: { asked, isWide },
});

const titles = (screen: string) => screen.split('\n')[1]?.trim().split(/ {2,}/);

describe('the table', () => {
  it('has the columns that are asked for, in their order', () => {
    const door = new TableDoor(model(['size', 'peer-id', 'name']));
    expect(titles(door.screen())).toEqual(['Size', 'Peer id', 'Name']);
    expect(door.screen()).toMatch(/ 2\.0 KiB {2}ann@some\.server {2}plan\.docx/);
  });

  it.each(COLUMNS.map(({ name }) => name))('can have %s alone', (name) => {
    const door = new TableDoor(model([name]));
    expect(door.screen().split('\n')[3]?.trim()).not.toBe('');
  });

  it('keeps those first that were asked for first, where there is little room', () => {
    const narrow = new TableDoor(model(['peer-id', 'conference', 'name', 'path']), { width: 40, height: 12 });
    expect(titles(narrow.screen())?.slice(0, 2)).toEqual(['Peer id', 'Conference']);
  });

  it('has the ids of peers where it is to be wide', () => {
    const wide = new TableDoor(model(null, true), { width: 160, height: 12 });
    expect(titles(wide.screen())?.join()).toContain(
      'Peer,Peer id,Conference'.replace(',Conference', ',Size'),
    );
    expect(titles(new TableDoor(model(), { width: 160, height: 12 }).screen())).not.toContain('Peer id');
  });
});

describe('C', () => {
  it('shows and hides columns by the names of the option, at once', () => {
    const door = new TableDoor(model(), { width: 200, height: 24 });
    expect(door.press('C')).toMatch(/▸ \[x\] status/);
    expect(door.screen()).toMatch(/\[ \] peer-id +Peer id/);
    expect(door.screen()).toContain('Space show or hide');
    expect(titles(door.press(' ', '<esc>'))).not.toContain('Status');
    expect(titles(door.press('C', 'G', 'k', ' ', '<enter>'))?.at(-1)).toBe('Peer id');
  });

  it('moves a column, and goes back to the usual ones', () => {
    const door = new TableDoor(model(['name', 'size', 'peer']));
    expect(titles(door.press('C', 'J', '<esc>'))).toEqual(['Size', 'Name', 'Peer']);
    expect(titles(door.press('C', 'G', 'g', 'J', 'J', 'J', 'K', '<esc>'))).toEqual(['Name', 'Size', 'Peer']);
    expect(titles(door.press('C', 'd', '<esc>'))?.[0]).toBe('Status');
  });

  it('never hides the last one, and every line fits', () => {
    const door = new TableDoor(model(['name']), { width: 40, height: 8 });
    expect(titles(door.press('C', ' ', ' ', '<esc>'))).toEqual(['Name']);
    for (const line of door.press('C', 'G').split('\n')) expect(line.length).toBeLessThanOrEqual(40);
    expect(door.screen()).toContain('▸');
  });
});

describe('a list', () => {
  const choice = { asked: ['name', 'peer-id', 'size'] as const, isWide: false };

  it('has the columns that are asked for', () => {
    const { lines } = transferTable([TRANSFER], { columns: 80, rows: 5, now: NOW, look: PLAIN, choice });
    expect(lines[0]?.trim()).toMatch(/^Name +Peer id +Size$/);
    expect(lines[2]?.trim()).toMatch(/^plan\.docx +ann@some\.server +2\.0 KiB$/);
  });

  it('has nothing that only a terminal knows where there is none, and cuts nothing', () => {
    const name = `${'文'.repeat(200)}שלום.pdf`;
    const { lines, hidden } = transferTable([TRANSFER, { ...TRANSFER, id: 'b', name }], {
      now: NOW,
      look: PLAIN,
      choice,
    });
    expect(hidden).toBe(0);
    expect(lines.join('\n')).toContain(name);
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u2066-\u2069]/u);
    expect(lines).toHaveLength(3);
  });
});
