import { EXIT, exitCodeOf, TrueConfFilesError } from '../../errors.js';
import { adviseOnFault, describeFault } from '../../faults.js';
import type { Host } from '../../host.js';
import { lookOf } from '../../output/look.js';
import { safeText } from '../../output/text.js';
import type { Secret } from '../../protocol/secrets.js';
import { isServerAddress } from '../../relay/server-address.js';
import type { OptionsOf } from '../command-options.js';
import { readCredentials, signInTo } from '../credentials.js';
import { debugTap, Printer } from '../printer.js';
import { askSecret } from '../question.js';
import { namedAddresses, type OpenRoom, openRoom, shownName } from '../rooms.js';
import {
  type Check,
  type CheckResult,
  checkLines,
  checkRecord,
  runTasks,
  skippedAfter,
  unchecked,
  verdict,
  wrong,
} from './check.js';
import { LINK_STEPS } from './link-steps.js';
import { RoomCheckup, type RoomCheckupOptions } from './room-checkup.js';
import { makeSeatSteps } from './seat-steps.js';

type DoctorOptions = OptionsOf<'doctor'>;

/**
 * Checks a Room, each that a name of the config file stands for, or a NATS server, step by step.
 * @returns the exit code: 0 where all is well, that of what keeps a watch from working, or 6 where something is wrong
 * that does not; of several the first that is not 0
 * @throws TrueConfFilesError; the signal's reason
 */
export async function doctor(given: string | undefined, options: DoctorOptions, host: Host): Promise<number> {
  const named = namedAddresses(given === undefined ? [] : [given], options, 'doctor 10.0.0.5', host);
  const signsIn = options.signIn && !named.every(isServerAddress);
  const credentials = signsIn ? await readCredentials(options, host) : null;
  let exitCode: number = EXIT.done;
  for (const name of named) {
    if (named.length > 1 && options.json !== true) host.stdout.write(`${safeText(shownName(name))}\n`);
    const code = await doctorOne(name, credentials, options, host);
    if (exitCode === EXIT.done) exitCode = code;
  }
  return exitCode;
}

async function doctorOne(
  name: string,
  credentials: Secret | null,
  options: DoctorOptions,
  host: Host,
): Promise<number> {
  let label = shownName(name);
  const printer = new Printer(options, host);
  const { symbols } = lookOf({ color: false, ascii: options.ascii }, host);
  const checks: Check[] = [];
  const show = (check: Check) => {
    checks.push(check);
    if (printer.isJson) printer.record(checkRecord(check, label));
    else printer.out.write(checkLines(check, printer.style, symbols));
  };
  const examineNamed = async () => {
    if (isServerAddress(name)) {
      label = name.includes('@') ? '***' : name.trim();
      const { examineNats } = await import('./nats-steps.js');
      return examineNats(name, options, host, show);
    }
    const room = await openNamed(name, host);
    if (room instanceof TrueConfFilesError) return refuseAddress(room, show);
    label = room.address.label;
    return checkRoom(room, credentials, options, host, printer, show);
  };
  try {
    const exitCode = await examineNamed();
    if (!printer.isJson) printer.out.write(verdict(checks, printer.style));
    return exitCode;
  } finally {
    await printer.close();
  }
}

async function checkRoom(
  { address, configured, close }: OpenRoom,
  given: Secret | null,
  options: DoctorOptions,
  host: Host,
  printer: Printer,
  onCheck: (check: Check) => void,
): Promise<number> {
  const ask = async (signal: AbortSignal) => {
    await printer.flush();
    return askSecret(address.label, host, signal);
  };
  const debug = debugTap(printer.err);
  if (options.signIn) printer.note(TAKES_THE_SEAT);
  try {
    const signIn = options.signIn
      ? await signInTo(configured, given, options, host)
      : { credentials: null, role: options.role ?? null };
    return await examine(
      {
        address,
        ...signIn,
        signIn: options.signIn,
        stepMs: options.stepTimeout,
        listenMs: options.listen ?? 0,
        askCredentials: ask,
        onEntry: (entry, redactor) => {
          if (options.debug) debug.entry(entry, address.label, redactor);
        },
        onCheck,
      },
      host.signal,
    );
  } finally {
    await close();
  }
}

/** The Room, or what is wrong with its address. */
async function openNamed(name: string, host: Host): Promise<OpenRoom | TrueConfFilesError> {
  try {
    return await openRoom(name, host);
  } catch (error) {
    if (error instanceof TrueConfFilesError && error.code === 'usage') return error;
    throw error;
  }
}

const TAKES_THE_SEAT =
  'Signing in takes the seat from its holder while the check runs; --role chooses which, --no-sign-in leaves it alone.';

export interface ExaminationOptions extends RoomCheckupOptions {
  /** Whether to take a seat of the Room. */
  readonly signIn: boolean;
  readonly onCheck: (check: Check) => void;
}

/**
 * Checks a Room step by step. A step that fails for good skips all steps after it.
 * @returns the exit code
 * @throws the signal's reason where it is aborted
 */
export async function examine(options: ExaminationOptions, signal: AbortSignal): Promise<number> {
  const checkup = new RoomCheckup(options, signal);
  const tasks = [...LINK_STEPS, ...makeSeatSteps()].map(({ check, needsSeat, run }) => ({
    check,
    run: () => (needsSeat && !options.signIn ? unchecked(LEFT_ALONE) : run(checkup)),
  }));
  try {
    return await runTasks(tasks, { ...options, describe: (fault) => describe(fault, checkup) }, signal);
  } finally {
    await checkup.close();
  }
}

/** The findings of an examination that ends with a wrong address. */
export function refuseAddress(fault: TrueConfFilesError, onCheck: (check: Check) => void): number {
  const [first, ...rest] = [...LINK_STEPS, ...makeSeatSteps()];
  const at = Date.now();
  if (first !== undefined) onCheck({ check: first.check, at, ...wrong(fault.message, fault.hint) });
  for (const { check } of rest) onCheck({ check, at, ...unchecked(skippedAfter('address')) });
  return exitCodeOf(fault);
}

function describe(fault: unknown, { redactor }: RoomCheckup): CheckResult {
  if (fault instanceof TrueConfFilesError) return wrong(redactor.redact(fault.message), fault.hint);
  const cause = fault instanceof Error ? (fault.cause ?? fault) : fault;
  return wrong(redactor.redact(describeFault(fault)), adviseOnFault(cause));
}

const LEFT_ALONE = "skipped: without signing in, the Room's seats are left alone";
