import { EXIT, TrueConfFilesError } from '../errors.js';
import type { Host } from '../host.js';
import { formatBytes, safeText, shownName } from '../output/text.js';
import type { Decision } from '../protocol/requests.js';
import { answerRecord } from '../records/record.js';
import { isServerAddress } from '../relay/server-address.js';
import { decide, type Outcome } from '../room/ask.js';
import { findId, idHint } from '../transfers/ids.js';
import type { Transfer } from '../transfers/transfer.js';
import { atRoom } from './at-room.js';
import type { OptionsOf } from './command-options.js';
import type { Printer } from './printer.js';
import { namedAddress } from './rooms.js';

type AnswerOptions = OptionsOf<'accept'>;

/** A request to answer: in which Room, under which id, and what is known of it. */
interface Target {
  readonly room: string;
  readonly id: string;
  /** `null` where nothing is known. */
  readonly transfer: Transfer | null;
}

/** Who takes the answers. */
interface Answerer {
  /** As a sentence names it. */
  readonly name: string;
  /** What to do about an id that is not known there. */
  readonly idHint: string;
  /** @throws TrueConfFilesError `usage` where it is not clear which request is meant */
  find(given: string): Target;
  decide(target: Target): Promise<Outcome>;
}

/** Accepts or rejects requests of a Room, or of Rooms that a relay shares. Gives the exit code. */
export async function answer(
  decision: Decision,
  given: readonly string[],
  options: AnswerOptions,
  host: Host,
): Promise<number> {
  const example = `${decision} ID --room 10.0.0.5`;
  const address = namedAddress(undefined, options, example, host);
  if (isServerAddress(address)) return answerAfar(address, decision, given, options, host);
  return atRoom(undefined, options, host, example, ({ label, room, ledger, printer }) => {
    const all = [...ledger.values()];
    const answerer: Answerer = {
      name: `The Room ${label}`,
      idHint: idHint(),
      find: (one) => {
        const id = findId(one, idsOf(all), idsOf(all.filter(isWaiting))) ?? one;
        return { room: label, id, transfer: ledger.get(id) ?? null };
      },
      decide: ({ id }) => decide(room, decision, id),
    };
    return answerAll(decision, given, answerer, printer);
  });
}

/** NATS is loaded only where a server is named. */
async function answerAfar(
  address: string,
  decision: Decision,
  given: readonly string[],
  options: AnswerOptions,
  host: Host,
): Promise<number> {
  const { atRelay } = await import('./at-relay.js');
  return atRelay(address, options, host, ({ label, printer, rooms, decide: decideThere }) => {
    const held = [...rooms].flatMap(([room, transfers]) =>
      [...transfers.values()].map((transfer): Target => ({ room, id: transfer.id, transfer })),
    );
    const all = [...rooms.values()].flatMap((transfers) => [...transfers.values()]);
    const answerer: Answerer = {
      name: `The relay at ${label}`,
      idHint: idHint(`trueconf-files watch ${label} --once`),
      find: (one) => {
        const id = findId(one, idsOf(all), idsOf(all.filter(isWaiting)));
        const [target, other] = held.filter((each) => each.id === id);
        if (other !== undefined) throw inSeveralRooms(one);
        return target ?? { room: label, id: one, transfer: null };
      },
      decide: async ({ room, id, transfer }) =>
        transfer === null
          ? { ok: false, reason: 'none of its Rooms holds that request' }
          : decideThere(decision, room, id),
    };
    return answerAll(decision, given, answerer, printer);
  });
}

/**
 * Nothing is done before it is clear what each id means. One refusal does not stop the others.
 * @throws TrueConfFilesError `usage` where an id is not clear, `rejected` where any was refused
 */
async function answerAll(
  decision: Decision,
  given: readonly string[],
  answerer: Answerer,
  printer: Printer,
): Promise<number> {
  const targets = new Map(given.map((one) => answerer.find(one)).map((target) => [target.id, target]));
  const refusals: { readonly target: Target; readonly reason: string }[] = [];
  for (const target of targets.values()) {
    const outcome = await answerer.decide(target);
    const reason = outcome.ok ? null : outcome.reason;
    const { room, id } = target;
    if (printer.isJson) {
      printer.record(answerRecord({ action: decision, id, error: reason }, Date.now(), room));
    } else if (reason === null) printer.line(`${DONE[decision]}  ${about(target)}`);
    if (reason !== null) refusals.push({ target, reason });
  }
  const [first] = refusals;
  if (first === undefined) return EXIT.done;
  const each = refusals.map(({ target, reason }) => `"${target.id}": ${reason}`).join('; ');
  const message = `${answerer.name} refused to ${decision} ${each}.`;
  const { transfer } = first.target;
  throw new TrueConfFilesError(
    'rejected',
    message,
    transfer === null ? answerer.idHint : answerHint(transfer),
  );
}

function about({ id, transfer }: Target): string {
  if (transfer === null) return `id ${safeText(id)}`;
  const { name, size, peer } = transfer;
  const who = peer?.name ?? peer?.id ?? null;
  const from = who === null ? [] : [`from ${safeText(who)}`];
  return [shownName(name), formatBytes(size), ...from, `id ${safeText(id)}`].join('  ');
}

function answerHint(transfer: Transfer): string {
  const { direction, status } = transfer;
  if (isWaiting(transfer)) return 'Try again, or answer it at the Room itself.';
  return `Only inbound requests that are waiting can be answered; that one was ${direction} and ${status}.`;
}

function isWaiting({ direction, status }: Transfer): boolean {
  return direction === 'inbound' && status === 'waiting';
}

function idsOf(transfers: readonly Transfer[]): readonly string[] {
  return transfers.map(({ id }) => id);
}

function inSeveralRooms(id: string): TrueConfFilesError {
  return new TrueConfFilesError(
    'usage',
    `Several Rooms hold a request "${id}".`,
    'Name the Room, too: --room nats://HOST/ROOM.',
  );
}

const DONE = { accept: 'accepted', reject: 'rejected' } as const;
