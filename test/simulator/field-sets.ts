import { deviations } from '../../src/protocol/shape.js';
import { shapeOf } from '../../src/protocol/wire.js';
import type { Frame } from './client.js';

/** What is wrong with a message of the Room, by the documented wire; empty where nothing is. */
export function fieldProblems(message: Frame): readonly string[] {
  const { method, event } = message;
  const shape =
    event === undefined
      ? shapeOf('answer', String(method), message)
      : shapeOf('event', String(event), message);
  if (shape === null) return [`no such message: ${String(event ?? method)}`];
  return [
    ...deviations(message, shape, message.result !== false).map((one) => JSON.stringify(one)),
    ...('peerId' in message || !('peerDn' in message || 'peerDisplayName' in message) ? [] : ['half a peer']),
  ];
}
