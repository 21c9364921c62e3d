import type { Command, Option } from 'commander';
import type { Config, DefaultValue } from '../config/config.js';
import { clauseOf, EXIT, TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { safeText } from '../output/text.js';
import { isoTime, RECORD_VERSION } from '../records/line.js';
import type { ConfiguredRecord } from '../records/types.js';
import { parseAddress, showAddress } from '../room/address.js';
import { CommandOption, type PrintOptions } from './command-options.js';
import { Printer } from './printer.js';

/**
 * Gives a command the values of the config file for options that the command line does not give.
 * @param program for options that only other commands have
 * @throws TrueConfFilesError `usage` where no command has the option, or its value is wrong
 */
export function applyDefaults(command: Command, program: Command, { path, defaults }: Config): void {
  for (const [name, value] of Object.entries(defaults)) {
    const fail = (what: string): never => {
      throw new TrueConfFilesError('usage', `The config file "${path}": defaults.${name} ${what}.`);
    };
    const isNamed = ({ long }: Option) => long === `--${name}`;
    const isOption = (one: Option) => isNamed(one) && !(one instanceof CommandOption && one.isPerCall);
    const option = command.options.find(isOption);
    if (option === undefined) {
      const has = (fits: (one: Option) => boolean) =>
        program.commands.some(({ options }) => options.some(fits));
      if (!has(isNamed)) fail('is an option that no command has');
      if (!has(isOption)) fail('is taken from the command line only');
      continue;
    }
    const attribute = option.attributeName();
    const source = command.getOptionValueSource(attribute);
    if (source !== undefined && source !== 'default') continue;
    // What the command line says wins over a default that can't stand beside it.
    const isRuledOut = (other: string) => command.getOptionValueSource(other) === 'cli';
    if (option instanceof CommandOption && option.others.some(isRuledOut)) continue;
    command.setOptionValueWithSource(attribute, valueFor(option, value, fail), 'config');
  }
}

function valueFor(option: Option, value: DefaultValue, fail: (what: string) => never): unknown {
  if (option.isBoolean() || option.negate) {
    if (typeof value !== 'boolean') return fail('must be true or false');
    return option.negate ? !value : value;
  }
  if (typeof value === 'boolean') return fail('needs a value');
  const texts = Array.isArray(value) ? value : [String(value)];
  const isRepeatable = option instanceof CommandOption && option.isRepeatable;
  if (texts.length !== 1 && !isRepeatable) return fail('takes one value');
  const { parseArg } = option;
  if (parseArg === undefined) return texts[0];
  try {
    return texts.reduce<unknown>((before, text) => parseArg(text, before), undefined);
  } catch (error) {
    return fail(`is wrong: ${error instanceof Error ? clauseOf(error) : String(error)}`);
  }
}

/** Lists the Rooms that the config file names. Gives the exit code. */
export async function listRooms(options: PrintOptions, host: Host): Promise<number> {
  const printer = new Printer(options, host);
  const rooms = host.config?.rooms ?? [];
  for (const { name, address, role, tags, credentials } of rooms) {
    const from = credentials === null ? null : 'file' in credentials ? 'file' : 'command';
    if (printer.isJson) {
      const time = isoTime(Date.now());
      const record: ConfiguredRecord = {
        type: 'configured',
        v: RECORD_VERSION,
        time,
        room: name,
        address: shownAddress(address),
        role,
        tags,
        credentials: from,
      };
      printer.record(record);
    } else {
      const parts = [
        `@${name}`,
        shownAddress(address),
        ...(role === null ? [] : [role]),
        ...tags.map((tag) => `@${tag}`),
      ];
      printer.line(parts.map((part) => safeText(part)).join('  '));
    }
  }
  if (rooms.length === 0) {
    const path = host.config?.path ?? null;
    printer.note(
      path === null ? 'there is no config file, which could name Rooms' : `${safeText(path)} names no Rooms`,
    );
  }
  await printer.close();
  return EXIT.done;
}

/** Without what may be a PIN or a password: it is not needed here, as `@NAME` means all of the address. */
function shownAddress(address: string): string {
  try {
    return parseAddress(address).label;
  } catch {
    return showAddress(address);
  }
}
