import { safeText } from '../output/text.js';
import { COMMAND_OPTIONS } from './command-options.js';
import type { AnySpec } from './option-spec.js';
import { SHELLS } from './options.js';

/**
 * A usage error as commander words it, for a person: what is wrong, and what to do about it on this command.
 * @param command the command that was given; `null` where there was none
 */
export function usageError(text: string, command: keyof typeof COMMAND_OPTIONS | null): string {
  const [, raw = text, suggestion] = /^error: (.*?)(?:\n\(Did you mean ([^\n]*)\?\))?\n$/s.exec(text) ?? [];
  // What follows the = may be a secret.
  const named = raw.replace(/^(unknown option '--?[\w-]+)=.*'$/s, "$1'");
  if (named !== raw && takesNoValue(named, command)) return inLines(without(named), null, command);
  const known = adviceOn(named, command);
  const meant = suggestion === undefined ? null : `Did you mean ${suggestion}?`;
  return inLines(known === null ? short(named) : named, known ?? meant, command);
}

function inLines(message: string, advice: string | null, command: string | null): string {
  const help = `Try 'trueconf-files ${command === null ? '' : `${command} `}--help'.`;
  const lines = [
    `trueconf-files: ${safeText(message)}`,
    ...(advice === null ? [] : [safeText(advice)]),
    help,
  ];
  return `${lines.join('\n')}\n`;
}

/** Whether the option that is unknown with a value is one of the command that takes none. */
function takesNoValue(message: string, command: keyof typeof COMMAND_OPTIONS | null): boolean {
  const [, name = ''] = /'(.*)'/.exec(message) ?? [];
  const specs = command === null ? [] : Object.values<AnySpec>(COMMAND_OPTIONS[command]);
  return specs.some(({ flags }) => flags.split(', ').includes(name));
}

function without(message: string): string {
  return `${message.replace('unknown option', 'option')} takes no value`;
}

/** After a letter on a single dash comes its value, which may be a secret, as in `-pSECRET`. */
function short(message: string): string {
  return message.replace(/^(unknown option '-[^-]).+'$/s, "$1'");
}

function adviceOn(message: string, command: string | null): string | null {
  for (const [pattern, advice] of ADVICE) {
    if (pattern.test(`${command ?? ''} ${message}`)) return advice;
  }
  return null;
}

/** What a person means who makes a known mistake, and what does it; tried against the command and the message. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /unknown option '--?(?:pin|pass\w*|pw|token|credentials?|secret)'/i,
    'A PIN is never taken from the command line; use --credentials-file FILE, TRUECONF_FILES_CREDENTIALS or the prompt.',
  ],
  [
    /^relay required option '--to/,
    'Name the NATS server that stores what is shared: trueconf-files relay ROOM --to nats://HOST',
  ],
  [/required option '-o,/, 'Name the new file: -o FILE, or -o - for stdout.'],
  [
    /^(?:info|accept|reject) missing required argument/,
    "Give the id of a request: 'trueconf-files list ROOM' shows them.",
  ],
  [
    /missing required argument 'file/,
    "Name a recording: 'trueconf-files watch ROOM --record FILE' writes one.",
  ],
  [/missing required argument 'shell'/, `Name the shell: ${SHELLS.join(', ')}; or install.`],
  [/^doctor too many arguments/, 'It asks one Room at a time: run it once for each.'],
  [/^info too many arguments/, 'Name the Room with --room ROOM.'],
];
