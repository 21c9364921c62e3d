// The floor of `watch --once`: `floor-list.js URL` signs in, asks for both lists, writes what is in them and ends. It
// waits for answers and for nothing else.
import { WebSocket } from 'ws';
import { FloorLines, toFloorLine } from '../support/floor.js';

const LISTS = ['getIncomingFilesRequests', 'getOutgoingFilesRequests'];
const [url = ''] = process.argv.slice(2);
const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true });
const lines = new FloorLines([socket]);
let listed = 0;

socket.on('open', () => socket.send('{"method":"auth","requestId":"1","type":"unsecured"}'));
socket.on('message', (data) => {
  const message = JSON.parse(data.toString());
  if (message.method === 'auth') {
    for (const method of LISTS) socket.send(JSON.stringify({ method, requestId: method }));
    return;
  }
  const time = new Date().toISOString();
  for (const file of message.incomingFilesRequests ?? message.outgoingFilesRequests ?? []) {
    lines.write(toFloorLine(file, url, time));
  }
  if (++listed === LISTS.length) socket.close();
});
