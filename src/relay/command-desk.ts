import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { isObject } from '../protocol/json.js';
import type { Decision } from '../protocol/requests.js';
import type { Outcome } from '../room/ask.js';
import { describeNatsFault } from './faults.js';
import { commandSubject } from './subjects.js';

/**
 * Takes requests to accept or reject a transfer of a Room, until the function given back is called.
 * @param onFault none can be taken, as where the account may not
 */
export function serveCommands(
  connection: NatsConnection,
  room: string,
  decide: (decision: Decision, id: string) => Promise<Outcome>,
  onFault: (error: Error) => void,
): () => void {
  let running = 0;
  const answer = async (message: Msg) => {
    const command = readCommand(message.string());
    if (command === null)
      return respond(message, { ok: false, reason: 'the relay cannot read that command' });
    if (running >= MAX_RUNNING) {
      return respond(message, { ok: false, reason: 'the relay is busy; try again' });
    }
    running++;
    try {
      respond(message, await decide(command.decision, command.id));
    } finally {
      running--;
    }
  };
  const subscription = connection.subscribe(commandSubject(room), {
    callback: (error, message) => {
      if (error === null) void answer(message);
      else onFault(error);
    },
  });
  return () => subscription.unsubscribe();
}

/** Asks the relay that holds a Room. Never throws: what went wrong is the answer. */
export async function sendCommand(
  connection: NatsConnection,
  room: string,
  decision: Decision,
  id: string,
): Promise<Outcome> {
  try {
    const body = JSON.stringify({ v: 1, action: decision, id });
    const message = await connection.request(commandSubject(room), body, { timeout: ANSWER_MS });
    return readOutcome(message.string());
  } catch (error) {
    const reason = describeNatsFault(error);
    if (!reason.includes('no stream takes it')) return { ok: false, reason: `no answer: ${reason}` };
    return { ok: false, reason: 'no relay takes commands for that Room: it must run, with --allow-commands' };
  }
}

function respond(message: Msg, outcome: Outcome): void {
  message.respond(JSON.stringify({ v: 1, ...outcome }));
}

function readCommand(text: string): { readonly decision: Decision; readonly id: string } | null {
  const value = parsed(text);
  if (!isObject(value)) return null;
  const { action, id } = value;
  const isDecision = action === 'accept' || action === 'reject';
  return isDecision && typeof id === 'string' && id !== '' ? { decision: action, id } : null;
}

function readOutcome(text: string): Outcome {
  const value = parsed(text);
  if (isObject(value) && value['ok'] === true) return { ok: true };
  if (isObject(value) && typeof value['reason'] === 'string') return { ok: false, reason: value['reason'] };
  return { ok: false, reason: "the relay's answer can't be read" };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Longer than a Room has for its two answers. */
const ANSWER_MS = 25_000;
const MAX_RUNNING = 32;
