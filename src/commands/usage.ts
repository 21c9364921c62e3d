import { safeText } from '../output/text.js';

/**
 * A usage error as commander words it, for a person: what is wrong, and what to do about it on this command.
 * @param command the command that was given; `null` where there was none
 */
export function usageError(text: string, command: string | null): string {
  const [, raw = text, suggestion] = /^error: (.*?)(?:\n\(Did you mean ([^\n]*)\?\))?\n$/s.exec(text) ?? [];
  // What follows the = may be a secret.
  const message = raw.replace(/^(unknown option '--?[\w-]+)=.*'$/s, "$1'");
  const advice =
    adviceOn(message, command) ?? (suggestion === undefined ? null : `Did you mean ${suggestion}?`);
  const help = `Try 'trueconf-files ${command === null ? '' : `${command} `}--help'.`;
  return [`trueconf-files: ${safeText(message)}`, ...(advice === null ? [] : [safeText(advice)]), help, '']
    .join('\n')
    .replace(/^(trueconf-files: .*[^.])$/m, '$1');
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
  [/^(?:list|history|doctor) too many arguments/, 'It asks one Room at a time: run it once for each.'],
  [/^(?:info|send) too many arguments/, 'Name the Room with --room ROOM.'],
];
