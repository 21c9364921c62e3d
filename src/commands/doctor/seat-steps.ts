import type { Answer } from '../../protocol/message.js';
import { availabilityMeaning, roomState } from '../../records/record.js';
import { type Listed, NoAnswerError, requestLists } from '../../room/ask.js';
import { delay } from '../../room/timers.js';
import { type CheckResult, type CheckStep, fine, unchecked, wrong } from './check.js';
import type { RoomCheckup } from './room-checkup.js';

/** What only a client with a seat can check. */
export function makeSeatSteps(): readonly CheckStep[] {
  let listed: Listed | null = null;
  return [
    { check: 'sign-in', needsSeat: true, run: takeSeat },
    { check: 'seat', needsSeat: true, run: nameSeat },
    {
      check: 'inbound-list',
      needsSeat: true,
      run: async (checkup) => {
        listed = await requestLists(checkup.link.session);
        return describeList(checkup, listed.inbound ? null : (listed.faults[0] ?? ''), INBOUND);
      },
    },
    {
      check: 'outbound-list',
      needsSeat: true,
      run: (checkup) =>
        describeList(checkup, listed?.outbound === true ? null : (listed?.faults.at(-1) ?? ''), OUTBOUND),
    },
    { check: 'availability', needsSeat: true, run: askAvailability },
    { check: 'request', needsSeat: true, run: askState },
    { check: 'state', needsSeat: true, run: judgeState },
    { check: 'pin', needsSeat: true, run: askPin },
    { check: 'events', needsSeat: true, run: countEvents },
  ];
}

async function takeSeat(checkup: RoomCheckup): Promise<CheckResult> {
  const { credentials } = await checkup.link.signIn(null);
  const given = checkup.options.credentials === null ? 'the PIN in the address' : 'the credentials given';
  const how = credentials === null ? 'without credentials' : `with ${given}`;
  return fine(`the Room accepted the sign-in ${how}`, checkup.told('auth')?.milliseconds ?? null);
}

/** `previleges` is 2 for the administrator; what other numbers mean, no page says, but there is one other mode. */
function nameSeat(checkup: RoomCheckup): CheckResult {
  const { role } = checkup.options;
  const answer = checkup.told('auth')?.answer;
  const code = answer?.kind === 'auth-answer' ? answer.privileges : null;
  const number = code === null ? 'the Room gave no number' : `previleges ${code}`;
  const mode =
    code === null ? (role === 'admin' ? 'administrator' : role) : code === ADMIN ? 'administrator' : 'user';
  if (mode === null) return unchecked(`the Room does not say which seat was taken; ${TAKEN}`);
  const detail = `the ${mode}'s seat was taken (${number}); ${TAKEN}`;
  return role === 'user' && code === ADMIN ? wrong(detail, ROLE_HINT) : fine(detail);
}

interface ListNames {
  readonly what: string;
  readonly name: string;
  /** Before 4.1. */
  readonly oldName: string;
}

function describeList(
  checkup: RoomCheckup,
  fault: string | null,
  { what, name, oldName }: ListNames,
): CheckResult {
  if (fault !== null) return wrong(checkup.redactor.redact(fault), LIST_HINT);
  const told = [checkup.told(name), checkup.told(oldName)].find((one) => one !== null && isList(one.answer));
  const count = told?.answer.kind === 'list-answer' ? (told.answer.files?.length ?? 0) : 0;
  const old = told?.answer.method === oldName ? ', by its name before Room 4.1' : '';
  return fine(`${count} ${what} ${count === 1 ? 'request' : 'requests'}${old}`, told?.milliseconds ?? null);
}

function isList(answer: Answer): boolean {
  return answer.kind === 'list-answer' && answer.result && answer.files !== null;
}

async function askAvailability(checkup: RoomCheckup): Promise<CheckResult> {
  const answer = await checkup.link.session.request({ method: 'getFileTransferAvailability' });
  if (answer.kind !== 'availability-answer' || !answer.result || answer.code === null) {
    return unchecked(`the Room does not say whether file transfer is available${wordsOf(checkup, answer)}`);
  }
  const detail = availabilityMeaning(answer.code);
  if (detail === null) return unchecked(`an undocumented availability: ${answer.code}`);
  const hint = AVAILABILITY_HINTS[answer.code] ?? null;
  const { milliseconds = null } = checkup.told(answer.method) ?? {};
  return hint === null ? fine(detail, milliseconds) : wrong(detail, hint, milliseconds);
}

/** Any answer proves that the Room reads and answers. */
async function askState(checkup: RoomCheckup): Promise<CheckResult> {
  const answer = await checkup.link.session.request({ method: 'getAppState' });
  const { milliseconds = null } = checkup.told(answer.method) ?? {};
  return fine(`a request is answered${answer.result ? '' : wordsOf(checkup, answer)}`, milliseconds);
}

function judgeState(checkup: RoomCheckup): CheckResult {
  const answer = checkup.told('getAppState')?.answer;
  const code = answer?.kind === 'app-state-answer' && answer.result ? answer.appState : null;
  if (code === null) return unchecked('the Room does not say what it is doing');
  const { text, canTransfer } = roomState(code);
  return canTransfer ? fine(text) : wrong(`${text}: no files can arrive`, STATE_HINTS[code] ?? null);
}

async function askPin(checkup: RoomCheckup): Promise<CheckResult> {
  const answer = await checkup.link.session.request({ method: 'getSettings' }).catch(unanswered);
  const changes = answer?.kind === 'settings-answer' ? answer.changesPinAfterConference : null;
  if (changes === null) return unchecked("the Room does not say whether its user's PIN changes");
  if (!changes) return fine("the user's PIN stays the same after a conference");
  return { ...fine("the user's PIN changes after each conference"), hint: PIN_HINT };
}

/** The most frequent first. */
async function countEvents({ events, options, signal }: RoomCheckup): Promise<CheckResult> {
  if (options.listenMs > 0) await delay(options.listenMs, signal);
  const counts = [...events].sort(([, a], [, b]) => b - a);
  const sum = counts.reduce((all, [, count]) => all + count, 0);
  const when = options.listenMs > 0 ? '' : ' while it was checked';
  if (sum === 0) return fine(`no event came${when}`);
  const names = counts.slice(0, NAMED_EVENTS).map(([name, count]) => `${name} ${count}`);
  const further = counts.length > NAMED_EVENTS ? `, and ${counts.length - NAMED_EVENTS} more kinds` : '';
  return fine(`${sum} ${sum === 1 ? 'event' : 'events'} came${when}: ${names.join(', ')}${further}`);
}

const NAMED_EVENTS = 12;

/** A Room that does not know a request may leave it unanswered. */
function unanswered(error: unknown): null {
  if (error instanceof NoAnswerError) return null;
  throw error;
}

function wordsOf({ redactor }: RoomCheckup, answer: Answer): string {
  return answer.error === null ? '' : ` ("${redactor.redact(answer.error)}")`;
}

const ADMIN = 2;
const INBOUND: ListNames = { what: 'inbound', name: 'getIncomingFilesRequests', oldName: 'getFileRequests' };
const OUTBOUND: ListNames = { what: 'outbound', name: 'getOutgoingFilesRequests', oldName: 'getFileUploads' };

const TAKEN = 'its holder was signed out, and it is free again after this check';
const ROLE_HINT = "The Room does not heed --role: a watch would take the administrator's seat too.";
const LIST_HINT = 'A watch shows what happens from now on, but not what is there in this direction.';

/** By `availability`. */
const AVAILABILITY_HINTS: readonly string[] = [
  "Ask the administrator of the Room's TrueConf Server to allow file transfer.",
  "Check the Room's licence: file transfer is not part of it.",
  'Sign the Room in to its TrueConf Server.',
];

/** By `appState`. */
const STATE_HINTS: readonly string[] = [
  "Check the Room's network, and the address of its TrueConf Server in its settings.",
  "Wait; where it stays so, check the Room's network and the address of its TrueConf Server.",
  'Sign the Room in to its TrueConf Server.',
];

const PIN_HINT =
  "A watch that signed in with the PIN ends then. For a long watch use the administrator's password, or turn changeUserAuthPinAfterConf off in the Room's settings.";
