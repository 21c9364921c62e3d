import { isForward, type Status } from '../../../src/transfers/transfer.js';
import type { Model } from './model.js';
import type { Stage } from './steps.js';

/** What is untrue of what a watch told and holds in the end, a sentence each; none where all is well. */
export function judge(model: Model, stage: Stage): readonly string[] {
  return [...againstTheModel(model, stage), ...inItself(stage)];
}

/** The ledger equals the Room, and the Room what the plan says. */
function againstTheModel(model: Model, { room, watch }: Stage): readonly string[] {
  const faults: string[] = [];
  const expected = new Map(
    [...model.held].map(([id, { direction, status }]) => [id, `${direction} ${status}`]),
  );
  const inRoom = new Map(room.transfers.map((one) => [one.id, `${one.direction} ${WORDS[one.status]}`]));
  const inLedger = new Map(
    [...watch.monitor.ledger.values()].map(({ id, direction, status }) => [id, `${direction} ${status}`]),
  );
  for (const id of new Set([...expected.keys(), ...inRoom.keys(), ...inLedger.keys()])) {
    const [plan, truth, told] = [expected, inRoom, inLedger].map((one) => one.get(id) ?? 'gone');
    if (plan !== truth) faults.push(`${id}: the plan has it ${plan}, the Room ${truth}`);
    if (told === 'inbound rejected' && truth === 'gone' && model.rejected.has(id)) continue;
    if (told !== truth) faults.push(`${id}: the Room has it ${truth}, the ledger ${told}`);
  }
  return faults;
}

/** No record is repeated, none goes backwards, and each begins where the one before ended. */
function inItself({ watch }: Stage): readonly string[] {
  const faults: string[] = [];
  const last = new Map<string, Status | 'removed'>();
  let hasBeenLive = false;
  for (const notice of watch.notices) {
    if (notice.kind === 'link' && notice.link.state === 'live') hasBeenLive = true;
    if (notice.kind === 'warning') faults.push(`a warning: ${notice.message}`);
    if (notice.kind === 'removed') {
      if (last.get(notice.id) === 'removed') faults.push(`${notice.id} is removed twice`);
      last.set(notice.id, 'removed');
    }
    if (notice.kind !== 'transfer') continue;
    const { transfer, previousStatus, origin } = notice;
    const { id, status } = transfer;
    const before = last.get(id) ?? null;
    if (before !== previousStatus)
      faults.push(`${id} was ${before}, and is said to have been ${previousStatus}`);
    if (before === 'removed') faults.push(`${id} comes back as ${status}`);
    else if (before !== null && !isForward(before, status))
      faults.push(`${id} goes from ${before} to ${status}`);
    if (origin !== 'event' && (origin === 'resync') !== hasBeenLive)
      faults.push(`${id} is reported as ${origin}`);
    last.set(id, status);
  }
  return faults;
}

const WORDS = ['failed', 'waiting', 'processing', 'complete'] as const;
