import { decodeAnswer } from './answers.js';
import { decodeEvent } from './events.js';
import { isObject, quote } from './fields.js';
import type { Message, Unreadable } from './message.js';

/**
 * Decodes one text frame of a Room. Total: any text gives a message, never an exception. What is no message at all
 * is `unreadable`; a message read only in part says in `problems` what was wrong.
 *
 * Source: the API's pages under `docs.trueconf.com/videosdk/en/` (`commands/`, `notifications/`).
 */
export function decode(text: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The engine's own words quote the text, which was not made safe: a short quotation of ours serves.
    const kind = error instanceof RangeError ? 'too deeply nested' : 'not JSON';
    return unreadable('not-json', `a frame is ${kind}: ${quote(text)}`);
  }
  if (!isObject(value)) return unreadable('not-an-object', `a frame is ${quote(value)}, expected an object`);

  const { event, method } = value;
  // `appStateChanged` was seen without a `method`, so an event's name alone makes an event.
  if (typeof event === 'string' && (method === 'event' || method === undefined))
    return decodeEvent(event, value);
  if (typeof method === 'string' && method !== 'event') return decodeAnswer(method, value);
  return unreadable('unknown-message', `a frame has method ${quote(method)} and event ${quote(event)}`);
}

function unreadable(code: Unreadable['code'], reason: string): Unreadable {
  return { kind: 'unreadable', code, reason };
}
