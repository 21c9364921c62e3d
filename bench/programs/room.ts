// A Room that says what it is asked for as fast as it can, or at a pace: `room.js PLAN`, where PLAN is JSON. It
// prints its port, and each client that asks for the outbound list gets the whole of the plan. Closing is the client's part.
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { answerTo, eventText, LAST_ASKED, type Plan, toFrame } from '../support/wire.js';

const plan: Plan = JSON.parse(process.argv[2] ?? '{}');
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('listening', () => {
  // A listening server on TCP has an address with a port.
  console.log((server.address() as AddressInfo).port);
});
server.on('connection', (client, request) => {
  client.on('error', () => client.terminate());
  client.on('message', (data) => {
    const { method, requestId = '' } = JSON.parse(String(data));
    client.send(answerTo(method, requestId, plan.listed));
    if (method === LAST_ASKED) void tell(request.socket);
  });
});
// Its owner is gone, and so is its use.
process.stdin.on('end', () => process.exit()).resume();

/** Frames of events leave together: one write each would make the Room the slowest of all. */
const CHUNK_BYTES = 64 * 1_024;

/** Straight into the socket, as whole frames: what a WebSocket library adds is not what is measured. */
async function tell(socket: Socket): Promise<void> {
  const startedAt = performance.now();
  let wake = () => {};
  socket.on('drain', () => wake()).on('close', () => wake());
  for (let told = 0; told < plan.events && !socket.destroyed; ) {
    const elapsedMs = performance.now() - startedAt;
    const [frames, next] = framesFrom(told, dueAfter(elapsedMs));
    told = next;
    const hasRoom = socket.write(Buffer.concat(frames));
    await new Promise<void>((resolve) => {
      if (!hasRoom) wake = resolve;
      else if (plan.perSecond === null) setImmediate(resolve);
      else setTimeout(resolve, Math.max(1, (told * 1_000) / plan.perSecond - elapsedMs));
    });
  }
}

/** How many events should have been told by then. */
function dueAfter(ms: number): number {
  return plan.perSecond === null ? plan.events : Math.min(plan.events, (ms * plan.perSecond) / 1_000);
}

function framesFrom(first: number, end: number): readonly [frames: readonly Buffer[], next: number] {
  const frames: Buffer[] = [];
  let next = first;
  for (let bytes = 0; next < end && bytes < CHUNK_BYTES; next++) {
    const frame = toFrame(eventText(next, plan));
    bytes += frame.length;
    frames.push(frame);
  }
  return [frames, next];
}
