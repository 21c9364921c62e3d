import { TrueConfFilesError } from '../errors.js';
import { describeFault } from '../faults.js';
import type { Host } from '../host.js';
import { isoTime, RECORD_VERSION, toLine } from '../records/line.js';
import type { ListeningRecord } from '../records/record.js';
import { aborted } from '../room/timers.js';
import { DEMO_RATE, RoomSimulator } from '../simulator/index.js';
import type { OptionsOf } from './command-options.js';
import { print } from './printer.js';

type SimulateOptions = OptionsOf<'simulate'>;

/**
 * Serves a simulated Room until a signal ends it.
 * @throws TrueConfFilesError `usage` where it can't listen, `output` where its address can't be written
 */
export async function simulate(options: SimulateOptions, host: Host): Promise<number> {
  const room = await start(options);
  try {
    const { url, webSocketUrl } = room;
    // A Room is of no use whose address could not be written.
    await print(
      options.json
        ? toLine(listeningRecord(url, webSocketUrl))
        : `A simulated Room is at ${url} (WebSocket ${webSocketUrl}). Ctrl-C ends it.\n`,
      host,
    );
    return await aborted(host.signal);
  } finally {
    await room.close();
  }
}

async function start(options: SimulateOptions): Promise<RoomSimulator> {
  const { port, wsPort, httpPort, pin, seed, rate = DEMO_RATE, legacy } = options;
  try {
    return await RoomSimulator.start({ port, webSocketPort: wsPort, httpPort, pin, seed, rate, legacy });
  } catch (error) {
    const hint = 'Choose another with --port, --ws-port or --http-port; 0 is any free one.';
    throw new TrueConfFilesError('usage', `The simulated Room can't listen: ${listenFault(error)}.`, hint);
  }
}

function listenFault(error: unknown): string {
  if (!(error instanceof Error)) return describeFault(error);
  const { code, port = '' }: NodeJS.ErrnoException & { readonly port?: number | string } = error;
  if (code === 'EADDRINUSE') return `port ${port} is in use`;
  return code === 'EACCES' ? `this user may not use port ${port}` : describeFault(error);
}

function listeningRecord(url: string, webSocketUrl: string): ListeningRecord {
  return { type: 'listening', v: RECORD_VERSION, time: isoTime(Date.now()), url, webSocketUrl };
}
