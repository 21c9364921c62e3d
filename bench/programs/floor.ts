// The floor: the least that makes the same records of the same messages. `floor.js URL EVENTS`. It knows nothing of
// a transfer's past, of filters, of broken frames or of a reader that went away.
import { WebSocket } from 'ws';

const STATUSES = ['failed', 'waiting', 'processing', 'complete'];
const [url = '', events = '0'] = process.argv.slice(2);
const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true });
let lines: string[] = [];
let time = '';
let count = 0;

socket.on('open', () => socket.send('{"method":"getOutgoingFilesRequests"}'));
socket.on('message', (data) => {
  const message = JSON.parse(data.toString());
  if (message.method !== 'event') return;
  if (lines.length === 0) {
    time = new Date().toISOString();
    setImmediate(write);
  }
  lines.push(`${JSON.stringify(toRecord(message))}\n`);
  if (++count === Number(events)) socket.close();
});

function write(): void {
  process.stdout.write(lines.join(''));
  lines = [];
}

// biome-ignore lint/suspicious/noExplicitAny: the floor takes the wire at its word
function toRecord(message: any) {
  return {
    type: 'transfer',
    v: 1,
    time,
    room: url,
    id: message.fileRequestId,
    direction: message.directionType === 0 ? 'inbound' : 'outbound',
    status: STATUSES[message.status],
    statusCode: message.status,
    previousStatus: null,
    name: message.fileName,
    size: message.fileSize,
    peer: { id: message.peerId, name: message.peerDisplayName },
    conferenceId: message.confId ?? null,
    fileId: message.fileId ?? null,
    createdAt: new Date(message.timestamp).toISOString(),
    progress: null,
    origin: 'event',
    event: message.event,
  };
}
