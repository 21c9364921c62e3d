import { decode } from '../../src/protocol/decode.js';

/** The event of the status of an inbound request, as it is on the wire. */
export function statusFrame(id: string, status: number, fields: object = {}) {
  return {
    method: 'event',
    event: 'fileRequestStatusChanged',
    fileRequestId: id,
    status,
    directionType: 0,
    fileName: `${id}.txt`,
    ...fields,
  };
}

/** What a watch tells of a frame that came: a text, or what is a frame as JSON. */
export function received(frame: object | string, at = 0) {
  const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
  return { kind: 'received', at, text, message: decode(text) } as const;
}
