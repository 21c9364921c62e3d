import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { isObject } from '../protocol/fields.js';
import { describeNatsFault } from './faults.js';
import { commandSubject } from './subjects.js';

export type Action = 'accept' | 'reject';

/** What a relay answers: whether the Room did it, and what to tell a person. */
export interface CommandAnswer {
  readonly ok: boolean;
  readonly message: string;
}

/**
 * Takes requests to accept or reject a transfer of a Room, until the function given back is called.
 * @param onFault none can be taken, as where the account may not
 */
export function serveCommands(
  connection: NatsConnection,
  room: string,
  act: (action: Action, id: string) => Promise<CommandAnswer>,
  onFault: (error: Error) => void,
): () => void {
  let running = 0;
  const answer = async (message: Msg) => {
    const command = readCommand(message.string());
    if (command === null) return respond(message, { ok: false, message: 'That is no command.' });
    if (running >= MAX_RUNNING) {
      return respond(message, { ok: false, message: 'The relay is busy; try again.' });
    }
    running++;
    try {
      respond(message, await act(command.action, command.id));
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
  action: Action,
  id: string,
): Promise<CommandAnswer> {
  try {
    const body = JSON.stringify({ v: 1, action, id });
    const message = await connection.request(commandSubject(room), body, { timeout: ANSWER_MS });
    return readAnswer(message.string());
  } catch (error) {
    const reason = describeNatsFault(error);
    if (!reason.includes('no stream takes it')) return { ok: false, message: `No answer: ${reason}.` };
    const message = 'No relay takes commands for that Room: it must run, with --allow-commands.';
    return { ok: false, message };
  }
}

function respond(message: Msg, answer: CommandAnswer): void {
  message.respond(JSON.stringify({ v: 1, ...answer }));
}

function readCommand(text: string): { readonly action: Action; readonly id: string } | null {
  const value = parsed(text);
  if (!isObject(value)) return null;
  const { action, id } = value;
  const isAction = action === 'accept' || action === 'reject';
  return isAction && typeof id === 'string' && id !== '' ? { action, id } : null;
}

function readAnswer(text: string): CommandAnswer {
  const value = parsed(text);
  if (isObject(value) && typeof value['ok'] === 'boolean' && typeof value['message'] === 'string') {
    return { ok: value['ok'], message: value['message'] };
  }
  return { ok: false, message: "The relay's answer can't be read." };
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
