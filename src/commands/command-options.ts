import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AnySpec, Spec } from './option-spec.js';
import { ANSWERS, FORMAT_FLAGS, HOOKS, NATS, OUTPUT, RELAY, ROOM, WHEN, WHICH } from './options.js';
import { COMPLETION, DELETING, REDACT, REPORT, SEND, SIMULATOR } from './own-options.js';
import { collectFileIds, collectIds, collectTexts } from './parsers.js';

const {
  room,
  rooms,
  demo,
  credentialsFile,
  role,
  takeover,
  signIn,
  wait,
  reconnect,
  heartbeat,
  stepTimeout,
  listen,
} = ROOM;
const { json, format, plain } = FORMAT_FLAGS;
const { time, columns, wide, timestamps, notify, quiet, debug, keep, speed, metrics } = OUTPUT;
const { share, color, noColor, ascii, record, recordMaxSize, recordKeep, recordGzip, recordAll } = OUTPUT;

const SIGN_IN = { credentialsFile, role };
const PRINT = { json, color, noColor, ascii, quiet, debug };
/** How commands show transfers. */
const SHOWN = { ...FORMAT_FLAGS, time, columns, wide };
const PRINTED = { ...SHOWN, color, noColor, ascii, timestamps, quiet, debug };
const AT_ROOM = { room, demo, ...SIGN_IN, ...PRINT };
const { id: _id, snapshot: _snapshot, ...FILTERS } = WHICH;
const { timeout: _timeout, ...ENDINGS } = WHEN;

/** The options of each command, by its name, in the order in which help shows them. */
export const COMMAND_OPTIONS = {
  watch: {
    demo,
    ...SIGN_IN,
    takeover,
    wait,
    reconnect,
    heartbeat,
    ...WHICH,
    ...WHEN,
    ...HOOKS,
    ...ANSWERS,
    ...PRINTED,
    notify,
    record,
    recordMaxSize,
    recordKeep,
    recordGzip,
    recordAll,
    keep,
    metrics,
    ...NATS,
  },
  list: { ...AT_ROOM, ...SHOWN, ...FILTERS },
  info: { ...AT_ROOM, time },
  history: { ...AT_ROOM, ...SHOWN, ...FILTERS },
  accept: { ...AT_ROOM, ...NATS },
  reject: { ...AT_ROOM, ...NATS },
  send: { ...SEND, ...AT_ROOM },
  files: { ...AT_ROOM, json, plain },
  rm: { yes: DELETING.yes, ...AT_ROOM },
  clear: { ...DELETING, ...AT_ROOM },
  replay: { ...WHICH, ...ENDINGS, ...HOOKS, ...PRINTED, keep, speed },
  relay: {
    rooms,
    demo,
    ...SIGN_IN,
    takeover,
    wait,
    heartbeat,
    ...RELAY,
    ...HOOKS,
    ...ANSWERS,
    json,
    timestamps,
    quiet,
    metrics,
    ...NATS,
  },
  report: { ...FILTERS, ...REPORT, ...AT_ROOM, format, ...NATS },
  simulate: { ...SIMULATOR, json },
  redact: { ...REDACT, quiet },
  conform: { ...AT_ROOM, listen, share },
  doctor: { demo, ...SIGN_IN, signIn, stepTimeout, listen, ...PRINT, ...NATS },
  completion: COMPLETION,
  schema: {},
  rooms: PRINT,
};

type Value<S> = S extends Spec<infer T> ? T : never;

/** What a command gets for its options: a value each, which may be missing where nothing stands for it. */
type Values<S> = {
  readonly [Name in keyof S as undefined extends Value<S[Name]> ? never : Name]: Value<S[Name]>;
} & {
  readonly [Name in keyof S as undefined extends Value<S[Name]> ? Name : never]?: NonNullable<Value<S[Name]>>;
};

export type OptionsOf<Name extends keyof typeof COMMAND_OPTIONS> = Values<(typeof COMMAND_OPTIONS)[Name]>;

/** How to sign in to a Room. */
export type SignInOptions = Values<typeof SIGN_IN>;
/** How a command that is soon done writes. */
export type PrintOptions = Values<typeof PRINT>;
/** The options of every command that asks a Room for something and is done. */
export type RoomOptions = Values<typeof AT_ROOM>;
/** How to sign in to NATS, and which stream. */
export type NatsOptions = Values<typeof NATS>;
/** Which transfers of a watch, and when it ends. */
export type WatchChoices = Values<typeof WHICH & typeof ENDINGS>;
/** What runs by itself: hooks, and answers by rule where a Room can be answered. */
export type AutomationChoices = Values<typeof HOOKS> & Partial<Values<typeof ANSWERS>>;
export type MetricsOptions = Pick<OptionsOf<'watch' | 'relay'>, 'metrics' | 'quiet'>;

/** One option of a command line, made from its entry. */
export class CommandOption extends Option {
  readonly isRepeatable: boolean;
  /** Options that can't be given beside it. */
  readonly others: readonly string[];
  /** Whether only the command line can give it. */
  readonly isPerCall: boolean;

  constructor(given: AnySpec) {
    const { heading, flags, about, parse, choices, fallback, conflicts, isHidden, isRequired } = given;
    super(flags, about);
    this.isPerCall = given.isPerCall === true;
    this.isRepeatable = parse !== undefined && COLLECTORS.has(parse);
    this.others = conflicts ?? [];
    if (heading !== undefined) this.helpGroup(heading);
    if (parse === undefined && choices !== undefined) this.choices(choices);
    else if (this.required) {
      this.argParser<unknown>((value: string, before: unknown): unknown => {
        refuseOption(value);
        return parse === undefined ? value : parse(value, before as never); // What the same parser gave.
      });
      // The parser says what is wrong; help and completion show the choices.
      if (choices !== undefined) this.argChoices = [...choices];
    }
    if (fallback !== undefined) this.default(...fallback);
    if (conflicts !== undefined) this.conflicts([...conflicts]);
    if (isHidden) this.hideHelp();
    if (isRequired) this.makeOptionMandatory();
  }
}

/** Parsers of options that can be repeated. */
const COLLECTORS: ReadonlySet<unknown> = new Set([collectIds, collectFileIds, collectTexts]);

/** In `--record --json` the value is missing: commander would take the option for it. */
function refuseOption(value: string): void {
  if (!value.startsWith('--')) return;
  throw new InvalidArgumentError(`The value is missing; one that begins with -- is written as ./${value}.`);
}

/** Gives a command its options. */
export function addOptions(command: Command, name: keyof typeof COMMAND_OPTIONS): Command {
  for (const spec of Object.values<AnySpec>(COMMAND_OPTIONS[name])) {
    command.addOption(new CommandOption(spec));
  }
  return command;
}
