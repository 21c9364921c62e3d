import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP } from 'node:net';
import { TrueConfFilesError } from '../../errors.js';
import { describeFault } from '../../faults.js';
import {
  DEFAULT_FOLDER,
  isUnsettled,
  type RoomAddress,
  readUrl,
  type WebAddress,
} from '../../room/address.js';
import { ADDRESS_MS, discover, type Endpoint } from '../../room/discovery.js';
import { aborted } from '../../room/timers.js';
import { type CheckResult, type CheckStep, fine, unchecked, wrong } from './check.js';
import type { RoomCheckup } from './room-checkup.js';

/** From the name of the host to a link that answers: what can be checked without signing in. */
export const LINK_STEPS: readonly CheckStep[] = [
  { check: 'address', needsSeat: false, run: ({ options: { address } }) => fine(describeAddress(address)) },
  { check: 'name', needsSeat: false, run: lookUpName },
  { check: 'page', needsSeat: false, run: readPage },
  { check: 'port', needsSeat: false, run: openPort },
  { check: 'handshake', needsSeat: false, run: shakeHands },
  { check: 'ping', needsSeat: false, run: ping },
];

function describeAddress(address: RoomAddress): string {
  if (address.kind === 'socket') return `the WebSocket ${address.label}`;
  return `the web page of a Room at ${address.origin}${lastPart(address)}`;
}

function lastPart(address: WebAddress): string {
  if (isUnsettled(address)) return '; the last part of the address, not shown here, may be its PIN';
  return address.folder === DEFAULT_FOLDER ? '' : `, Room ${address.folder}`;
}

async function lookUpName(checkup: RoomCheckup): Promise<CheckResult> {
  const { address } = checkup.options;
  const { host } = readUrl(address.kind === 'web' ? address.origin : address.url);
  if (isIP(host) !== 0) return unchecked(`${host} is an IP address: there is no name to look up`);
  try {
    const { value, milliseconds } = await timed(() =>
      // A look-up can't be called off, only left behind.
      limited(checkup.options.stepMs, checkup.signal, (limit) =>
        Promise.race([lookup(host, { all: true }), aborted(limit)]),
      ),
    );
    return fine(`${host} is ${value.map(({ address }) => address).join(', ')}`, milliseconds);
  } catch (error) {
    checkup.signal.throwIfAborted();
    const message = `${host}: ${describeFault(error)}`;
    throw new TrueConfFilesError('unreachable', message, NAME_HINT, { cause: error });
  }
}

async function readPage(checkup: RoomCheckup): Promise<CheckResult> {
  const { address } = checkup.options;
  const { value, milliseconds } = await timed(() => discover(address, checkup.signal));
  checkup.endpoint = value;
  if (address.kind === 'socket') return unchecked('the address names the WebSocket itself');
  if (value.note !== null) return wrong(value.note, PAGE_HINT, milliseconds);
  return fine(`config.json names ${value.url}`, milliseconds);
}

async function openPort(checkup: RoomCheckup): Promise<CheckResult> {
  const { url, host } = readUrl(endpointOf(checkup).url);
  const target = { host, port: Number(url.port || (url.protocol === 'wss:' ? 443 : 80)) };
  const name = `${url.hostname}:${target.port}`;
  const { milliseconds } = await about(name, checkup, (limit) => openTcp(target, limit));
  return fine(`${name} accepts connections`, milliseconds);
}

function openTcp(target: { readonly host: string; readonly port: number }, signal: AbortSignal) {
  return new Promise<void>((resolve, reject) => {
    const socket = connectTcp({ ...target, signal, autoSelectFamilyAttemptTimeout: ADDRESS_MS });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

async function shakeHands(checkup: RoomCheckup): Promise<CheckResult> {
  const endpoint = endpointOf(checkup);
  const { address, url } = endpoint;
  // What the user gave may hold a secret after the host.
  const name = address.kind === 'socket' ? address.label : url;
  const { milliseconds } = await about(name, checkup, (limit) => checkup.open(endpoint, limit));
  return fine(
    url.startsWith('wss:') ? 'the WebSocket is open, encrypted' : 'the WebSocket is open',
    milliseconds,
  );
}

async function ping(checkup: RoomCheckup): Promise<CheckResult> {
  const { stepMs } = checkup.options;
  const pong = new Promise<void>((resolve) => {
    checkup.onAlive = resolve;
  });
  try {
    const { milliseconds } = await timed(() =>
      limited(stepMs, checkup.signal, (signal) => {
        checkup.link.connection.ping();
        return Promise.race([pong, aborted(signal)]);
      }),
    );
    return fine('a WebSocket ping is answered', milliseconds);
  } catch (error) {
    checkup.signal.throwIfAborted();
    const { message } = error instanceof Error ? error : new Error(String(error));
    return wrong(`a WebSocket ping is not answered: ${message}`, PING_HINT);
  }
}

function endpointOf(checkup: RoomCheckup): Endpoint {
  if (checkup.endpoint === null) throw new Error('the WebSocket is used before it was found');
  return checkup.endpoint;
}

/** Does one thing within the time of a step; a fault then names what it is about. */
async function about<T>(what: string, checkup: RoomCheckup, act: (limit: AbortSignal) => Promise<T>) {
  try {
    return await timed(() => limited(checkup.options.stepMs, checkup.signal, act));
  } catch (error) {
    checkup.signal.throwIfAborted();
    throw new Error(`${what}: ${describeFault(error)}`, { cause: error });
  }
}

const NAME_HINT =
  'Check the name for typing errors and the name servers of this machine, or give the IP address.';
const PAGE_HINT =
  "Check that it is the Room's web port, or give the WebSocket itself: ws://HOST:PORT. A watch would go on with the default port.";
const PING_HINT =
  'Something on the way may drop pings. A watch goes on all the same, as it asks the Room instead.';

/**
 * Gives an act so long.
 * @throws Error that says how long was waited; the signal's reason where it is aborted
 */
export async function limited<T>(
  ms: number,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const onAbort = () => limit.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    limit.abort();
  }, ms);
  try {
    return await act(limit.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isLate) throw new Error(`no answer within ${ms / 1_000} s`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

export async function timed<T>(
  act: () => Promise<T>,
): Promise<{ readonly value: T; readonly milliseconds: number }> {
  const begunAt = performance.now();
  const value = await act();
  return { value, milliseconds: performance.now() - begunAt };
}
