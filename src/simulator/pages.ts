import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Ports {
  readonly webSocket: number;
  readonly http: number;
}

/**
 * The Room's own web page: where its sockets are (`/public/default/config.json`, `introduction/common`), and a page
 * for people. Everything else is not found.
 */
export function servePages(request: IncomingMessage, response: ServerResponse, ports: Ports): void {
  const path = (request.url ?? '/').replace(/[?#].*$/s, '');
  if (request.method !== 'GET' && request.method !== 'HEAD') send(response, 405, TEXT, '');
  else if (path === '/public/default/config.json') {
    send(response, 200, 'application/json', JSON.stringify(configOf(ports)));
  } else if (path === '/' || path === '/index.html') send(response, 200, HTML, PAGE);
  else send(response, 404, TEXT, 'Not found\n');
}

const TEXT = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated TrueConf Room</title>' +
  '<h1>Simulated TrueConf Room</h1>' +
  '<p>Its ports are in <a href="/public/default/config.json">config.json</a>.</p></html>\n';

/** `hostname` is null in the page's example: clients keep the host they know. */
function configOf(ports: Ports) {
  return {
    config: {
      websocket: { hostname: null, port: ports.webSocket },
      http: { hostname: null, port: ports.http },
    },
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
}
