import { expect, it } from 'vitest';
import { TableDoor } from '../support/table-door.js';
import { inStatus, makeTransfer, NOW } from './sample.js';
import { modelWith } from './sample-model.js';

const TRANSFERS = [
  inStatus('waiting', 5, { id: 'w', name: 'small.pdf', size: 1_000 }),
  inStatus('failed', 60, { id: 'f', name: 'broken.bin', size: 9_000_000 }),
  inStatus('complete', 700, { id: 'c', name: 'done.bin', size: 5_000_000_000 }),
];

const door = (width = 100) => new TableDoor(modelWith(TRANSFERS), { width, height: 15 });

const typed = (given: TableDoor, condition: string) => given.press(':', ...condition, '<enter>');

it.each([
  ['size > 5 * MB', ['broken.bin', 'done.bin']],
  ['status == "failed"', ['broken.bin']],
  ['!ended', ['small.pdf']],
  ['glob(name, "*.pdf") || age > duration("10m")', ['small.pdf', 'done.bin']],
])(':%s shows the rows for which it is true', (condition, names) => {
  const table = door();
  const screen = typed(table, condition);
  expect(table.names()).toEqual(names);
  expect(screen).toContain(`where ${condition}`);
});

it('changes nothing until Enter, and nothing with Esc', () => {
  const table = door();
  expect(table.press(':', ...'size > 5 * MB')).toContain(':size > 5 * MB_');
  expect(table.names()).toHaveLength(3);
  expect(table.press('<esc>')).not.toContain(':size');
  expect(table.names()).toHaveLength(3);
});

it('is edited from what it is, and left by an empty one or Esc', () => {
  const table = door();
  typed(table, 'size > 5 * MB');
  expect(table.press(':', ...' && ended', '<enter>')).toContain('where size > 5 * MB && ended');
  expect(table.names()).toEqual(['broken.bin', 'done.bin']);
  table.press('<esc>');
  expect(table.names()).toHaveLength(3);
  typed(table, 'ended');
  table.press(':', ...Array<string>('ended'.length).fill('<backspace>'), '<enter>');
  expect(table.names()).toHaveLength(3);
});

it.each([
  ['sise > 5', 0, '"sise" is not a field. Did you mean size?'],
  ['ended && nmae == "x"', 9, '"nmae" is not a field. Did you mean name?'],
  ['size > "5"', 0, "These types don't go together"],
])(':%s stays, with the fault below its place', (condition, place, fault) => {
  const table = door();
  const lines = typed(table, condition).split('\n');
  const [field, below] = lines.slice(-2);
  expect(field).toMatch(/^:/);
  expect(field).toContain(condition.slice(place));
  expect(below?.indexOf('^')).toBe(1 + place);
  expect(below).toContain(fault);
  expect(table.names()).toHaveLength(3);
  expect(table.press('<right>').split('\n').at(-1)).not.toContain('^');
});

it('a fault far to the right has its words before its place, on a narrow screen too', () => {
  const long = `${'ended || '.repeat(8)}nope`;
  for (const width of [40, 80, 100]) {
    const lines = typed(door(width), long).split('\n');
    const below = lines.at(-1) ?? '';
    expect(below.length).toBeLessThanOrEqual(width);
    expect(below).toContain('^');
    expect(below).toContain('"nope" is not');
    expect(lines.at(-2)?.slice(below.indexOf('^'))).toMatch(/^n/);
  }
});

it('follows the time', () => {
  const table = new TableDoor(modelWith([makeTransfer({ name: 'moving.bin' })]));
  typed(table, 'stalled');
  expect(table.names()).toEqual([]);
  table.wait(60_000);
  expect(table.names()).toEqual(['moving.bin']);
  table.show({
    kind: 'progress',
    at: NOW + 60_000,
    transfer: makeTransfer({ name: 'moving.bin', progressAt: NOW + 60_000 }),
  });
  table.wait(1_000);
  expect(table.names()).toEqual([]);
});
