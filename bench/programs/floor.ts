// The floor of a watch: `floor.js URL EVENTS`, and `floor.js URL EVENTS ROOMS` for that many Rooms, each with its
// number as its path. It ends after so many events of all of them.
import { WebSocket } from 'ws';
import { FloorLines, toFloorLine } from '../support/floor.js';

const [url = '', events = '0', rooms = '0'] = process.argv.slice(2);
const urls = rooms === '0' ? [url] : Array.from({ length: Number(rooms) }, (_, nth) => `${url}/${nth}`);
const sockets = urls.map(open);
const lines = new FloorLines(sockets);
let time = '';
let count = 0;

function open(room: string): WebSocket {
  const socket = new WebSocket(room, { perMessageDeflate: false, skipUTF8Validation: true });
  socket.on('open', () => socket.send('{"method":"getOutgoingFilesRequests"}'));
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString());
    if (message.method !== 'event') return;
    if (time === '') {
      time = new Date().toISOString();
      setImmediate(() => {
        time = '';
      });
    }
    lines.write(toFloorLine(message, room, time));
    if (++count === Number(events)) for (const each of sockets) each.close();
  });
  return socket;
}
