import { EXIT } from '../../exit-codes.js';
import { answerRecord } from '../../output/answer-record.js';
import { formatBytes } from '../../output/format.js';
import { safeText } from '../../output/text.js';
import { type Response, respond } from '../../room/respond.js';
import type { Transfer } from '../../transfers/transfer.js';
import type { Host } from '../host.js';
import { atRoom, type RoomOptions } from './at-room.js';
import { findId, LIST_HINT } from './ids.js';
import type { Printer } from './printer.js';
import { reasonOf, refused } from './refusal.js';

/** Who takes the answer to file requests. */
interface Answerer {
  /** What names it, as the user gave it. */
  readonly label: string;
  /** What is known of a request; `null` where nothing is. */
  find(id: string): Transfer | null;
  /** All ids that are known. */
  ids(): Iterable<string>;
  /** Gives why it was not done, or `null` where it was. */
  respond(response: Response, id: string): Promise<string | null>;
}

/** Accepts or rejects requests of a Room. Gives the exit code. */
export function answer(
  response: Response,
  given: readonly string[],
  options: RoomOptions,
  host: Host,
): Promise<number> {
  return atRoom(undefined, options, host, ({ label, room, ledger, printer }) =>
    answerAll(
      response,
      given,
      {
        label,
        find: (id) => ledger.get(id) ?? null,
        ids: () => [...ledger.values()].map(({ id }) => id),
        respond: async (...asked) => {
          const said = await respond(room, ...asked);
          return said.result ? null : reasonOf(said, room.redactor);
        },
      },
      printer,
    ),
  );
}

/**
 * Nothing is done before it is clear what each id means. One refusal does not stop the others.
 * @throws TrueConfFilesError `usage` where an id is not clear, `rejected` where any was refused
 */
async function answerAll(
  response: Response,
  given: readonly string[],
  to: Answerer,
  printer: Printer,
): Promise<number> {
  const known = [...to.ids()];
  const ids = new Set(given.map((one) => findId(one, known) ?? one));
  const refusals: { readonly id: string; readonly reason: string; readonly before: Transfer | null }[] = [];
  for (const id of ids) {
    const before = to.find(id);
    const reason = await to.respond(response, id);
    const { label } = to;
    if (printer.isJson) {
      printer.record(answerRecord({ action: response, id, fileId: null, error: reason }, Date.now(), label));
    } else if (reason === null) printer.line(`${DONE[response]}  ${about(id, before)}`);
    if (reason !== null) refusals.push({ id, reason, before });
  }
  const [first, ...others] = refusals;
  if (first === undefined) return EXIT.done;
  const more = others.map(({ id, reason }) => `; "${id}": ${reason}`).join('');
  throw refused(to.label, `to ${response} "${first.id}"`, `${first.reason}${more}`, hintFor(first.before));
}

function about(id: string, transfer: Transfer | null): string {
  if (transfer === null) return `id ${safeText(id)}`;
  const { name, size, peer } = transfer;
  const who = peer?.name ?? peer?.id ?? null;
  const from = who === null ? [] : [`from ${safeText(who)}`];
  return [name === null ? '-' : safeText(name), formatBytes(size), ...from, `id ${safeText(id)}`].join('  ');
}

function hintFor(transfer: Transfer | null): string {
  if (transfer === null) return LIST_HINT;
  const { direction, status } = transfer;
  if (direction === 'inbound' && status === 'waiting') return 'Try again, or answer it at the Room itself.';
  return `Only inbound requests that are waiting can be answered; that one was ${direction} and ${status}.`;
}

const DONE = { accept: 'accepted', reject: 'rejected' } as const;
