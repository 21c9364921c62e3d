import { expect, it } from 'vitest';
import { COMMAND_OPTIONS, CommandOption } from '../../src/commands/command-options.js';
import {
  ANSWERS,
  FORMAT_FLAGS,
  HOOKS,
  NATS,
  OUTPUT,
  RELAY,
  ROOM,
  WHEN,
  WHICH,
} from '../../src/commands/options.js';
import { DELETING, REPORT, SEND, SIMULATOR } from '../../src/commands/own-options.js';
import { FORMATS } from '../../src/watch/formats.js';
import { commandTree } from '../support/command-tree.js';

const TABLE = { ...FORMAT_FLAGS, ...OUTPUT, ...ROOM, ...WHICH, ...WHEN, ...NATS, ...HOOKS, ...ANSWERS };

it('each option stands in the table under the name by which its command gets it', () => {
  for (const specs of Object.values(COMMAND_OPTIONS)) {
    for (const [name, spec] of Object.entries(specs)) {
      // `--no-color` sets `color`.
      if (name !== 'noColor') expect(new CommandOption(spec).attributeName()).toBe(name);
    }
  }
});

it('each option of the table is taken by a command', () => {
  const used = new Set<unknown>(Object.values(COMMAND_OPTIONS).flatMap((specs) => Object.values(specs)));
  const all = [
    ...Object.entries(TABLE),
    ...Object.entries({ ...RELAY, ...SIMULATOR, ...SEND, ...DELETING, ...REPORT }),
  ];
  expect(all.filter(([, spec]) => !used.has(spec)).map(([name]) => name)).toEqual([]);
});

it('each output format has its option on every command that shows transfers', () => {
  const flags = Object.values(FORMATS).flatMap(({ flags }) => flags ?? []);
  for (const name of ['watch', 'list', 'history', 'replay']) {
    const command = commandTree().commands.find((one) => one.name() === name);
    expect(command?.options.map((option) => option.flags)).toEqual(expect.arrayContaining(flags));
  }
});
