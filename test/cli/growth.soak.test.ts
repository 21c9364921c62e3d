import { expect, it } from 'vitest';
import { heapBytes, MEASURED } from '../support/heap.js';
import { usePrograms } from '../support/program.js';
import { type ScriptedWebRoom, useScriptedWebRooms } from '../support/scripted-web-room.js';
import { IS_SOAK } from '../support/soak.js';

const { shell } = usePrograms();
const startRoom = useScriptedWebRooms();

/** More than are kept and remembered, so that by then nothing may grow any more. */
const HALF = 135_000;
const STATUSES = IS_SOAK ? [1, 2, 3] : [3];
const AT_ONCE = 5_000;
const MIB = 1_024 * 1_024;

it(`${2 * HALF} transfers that end leave memory flat`, async () => {
  const room = await startRoom();
  const program = shell(`echo $$ >&2; exec $PROGRAM watch ${room.url} --json --quiet > /dev/null`, {
    env: MEASURED,
  });
  await room.until(() => room.requests.some(({ method }) => method === 'getFileTransferAvailability'));
  await sendTransfers(room, 0, HALF);
  const halfway = await heapBytes(program);
  await sendTransfers(room, HALF, 2 * HALF);
  const end = await heapBytes(program);
  // Less than the id of each transfer would take; the tables of a map may be at another point of their growth.
  expect(end - halfway).toBeLessThan(5 * MIB);
});

async function sendTransfers(room: ScriptedWebRoom, from: number, to: number): Promise<void> {
  for (let nth = from; nth < to; nth++) {
    for (const status of STATUSES) room.send(event(nth, status));
    if ((nth + 1) % AT_ONCE === 0) await room.untilRead();
  }
}

const event = (nth: number, status: number) => ({
  method: 'event',
  event: 'fileRequestStatusChanged',
  fileRequestId: `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`,
  status,
  directionType: nth % 2,
  fileName: `quarterly-report-${nth}.pdf`,
  timestamp: 1659284222850,
  fileSize: 3200,
  peerId: `${nth}@some.server`,
  peerDisplayName: `${nth}`,
});
