import { TrueConfFilesError } from '../../errors.js';
import { ASCII_SYMBOLS, supportsUnicode, UNICODE_SYMBOLS } from '../../output/symbols.js';
import { safeText } from '../../output/text.js';
import type { Secret } from '../../protocol/secret.js';
import { readCredentials } from '../credentials.js';
import type { Host } from '../host.js';
import { Printer } from '../one-shot/printer.js';
import { type NamedRoom, openRoom } from '../one-shot/room.js';
import { askSecret, canAsk } from '../prompt.js';
import { writeDebug } from '../watch/debug.js';
import type { ConnectingOptions, OutputOptions } from '../watch/options.js';
import type { Check } from './check.js';
import { examine, refuseAddress } from './examination.js';
import { checkLines, checkRecord, verdict } from './report.js';

export interface DoctorOptions extends ConnectingOptions, OutputOptions {
  readonly demo?: boolean;
  readonly signIn: boolean;
  /** Milliseconds, as all durations. */
  readonly stepTimeout: number;
}

/**
 * Checks one Room, step by step.
 * @returns the exit code: 0 where all is well, that of what keeps a watch from working, or 6 where something is wrong
 * that does not
 * @throws TrueConfFilesError; the signal's reason
 */
export async function doctor(given: string | undefined, options: DoctorOptions, host: Host): Promise<number> {
  const credentials = options.signIn ? await readCredentials(options, host) : null;
  const label = labelOf(given, options, host);
  const printer = new Printer(options, host);
  const symbols = supportsUnicode(host.env, host.platform) ? UNICODE_SYMBOLS : ASCII_SYMBOLS;
  const checks: Check[] = [];
  const show = (check: Check) => {
    checks.push(check);
    if (printer.isJson) printer.record(checkRecord(check, label));
    else printer.out.write(checkLines(check, printer.style, symbols));
  };
  try {
    const room = await openNamed(given, options, host);
    const exitCode =
      room instanceof TrueConfFilesError
        ? refuseAddress(room, show)
        : await checkRoom(room, credentials, options, host, printer, show);
    if (!printer.isJson) printer.out.write(verdict(checks, printer.style));
    return exitCode;
  } finally {
    await printer.close();
  }
}

async function checkRoom(
  { address, close }: NamedRoom,
  credentials: Secret | null,
  options: DoctorOptions,
  host: Host,
  printer: Printer,
  onCheck: (check: Check) => void,
): Promise<number> {
  const ask = async (signal: AbortSignal) => {
    await printer.flush();
    return askSecret(`PIN or password of ${safeText(address.label)}: `, host, signal);
  };
  if (options.signIn) printer.note(TAKES_THE_SEAT);
  try {
    return await examine(
      {
        address,
        credentials,
        role: options.role ?? null,
        signIn: options.signIn,
        stepMs: options.stepTimeout,
        askCredentials: canAsk(host) ? ask : undefined,
        onEntry: (entry, redactor) => {
          if (options.debug) writeDebug(entry, address.label, redactor, printer.err);
        },
        onCheck,
      },
      host.signal,
    );
  } finally {
    await close();
  }
}

/** The Room, or what is wrong with the address that names it. */
async function openNamed(
  given: string | undefined,
  options: DoctorOptions,
  host: Host,
): Promise<NamedRoom | TrueConfFilesError> {
  try {
    return await openRoom(given, options, host);
  } catch (error) {
    const isNamed = labelOf(given, options, host) !== '';
    if (isNamed && error instanceof TrueConfFilesError && error.code === 'usage') return error;
    throw error;
  }
}

/** What the user gave, without what may be a password: whatever stands before an @. */
function labelOf(given: string | undefined, options: DoctorOptions, host: Host): string {
  const named = options.demo === true ? 'demo' : host.env['TRUECONF_FILES_ROOM'];
  const label = (given ?? named ?? '').trim();
  return label.includes('@') ? '***' : label;
}

const TAKES_THE_SEAT =
  'Signing in takes the seat of whoever holds it, while the check lasts; --role chooses which, --no-sign-in leaves it alone.';
