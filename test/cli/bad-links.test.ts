import { expect, it, onTestFinished } from 'vitest';
import { isForward, type Status } from '../../src/transfers/transfer.js';
import { useRooms } from '../simulator/rooms.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { type Program, type ProgramRecord, usePrograms } from '../support/program.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();

const TRANSFERS = 300;
const CUT_EVERY_MS = 900;
const CUTS = 4;
const TICK_MS = 10;
/** Ticks from a request to its acceptance, and from there to its end: some thirty transfers overlap. */
const STAGE_TICKS = 15;

it(`${TRANSFERS} transfers over a link that is cut every 0.9 s: each ends complete, in order, once`, async () => {
  const room = await startRoom();
  const proxy = await FaultProxy.start(room.webSocketUrl);
  onTestFinished(() => proxy.close());
  const program = run(['watch', proxy.url, '--json', '--quiet']);
  await program.connected();

  let cuts = 0;
  const knife = setInterval(() => {
    if (proxy.open === 0) return;
    proxy.cut(cuts++ % 2 === 0 ? 'reset' : 'fin');
  }, CUT_EVERY_MS);
  onTestFinished(() => clearInterval(knife));
  const ids = Array.from({ length: TRANSFERS }, (_, nth) => `transfer-${nth}`);
  const at = (tick: number, act: (id: string) => void) => {
    const id = ids[tick];
    if (id !== undefined) act(id);
  };
  for (let tick = 0; tick < TRANSFERS + 2 * STAGE_TICKS || cuts < CUTS; tick++) {
    at(tick, (id) => room.receive({ id }));
    at(tick - STAGE_TICKS, (id) => room.accept(id));
    at(tick - 2 * STAGE_TICKS, (id) => room.setStatus(id, 3));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  clearInterval(knife);

  const completed = () => program.transfers.filter(({ status }) => status === 'complete').length;
  await program.until(() => completed() >= TRANSFERS || undefined);
  await endProperly(program);
  for (const id of ids) expectInOrder(program.transfers.filter((record) => record.id === id));
  expect(program.transfers.some(({ origin }) => origin === 'resync')).toBe(true);
  expect(program.records.filter(({ type }) => type === 'removed' || type === 'warning')).toEqual([]);
  expectGapsMarked(program);
});

it('a Room whose process is stopped is reported as disconnected within twice the heartbeat', async () => {
  const room = run(['simulate', '--json', '--port', '0', '--rate', '0']);
  const { url } = await room.record(({ type }) => type === 'listening');
  const program = run(['watch', String(url), '--json', '--quiet', '--heartbeat', '1s']);
  await program.connected();
  const beats = () => program.records.filter(({ type }) => type === 'heartbeat').length;
  const before = beats();
  room.kill('SIGSTOP');
  onTestFinished(() => room.kill('SIGCONT'));
  const told = await program.record(({ state }) => state === 'disconnected');
  expect(told).toMatchObject({ attempt: 0, reason: expect.stringMatching(/^no sign of life for 2\.\d s$/) });
  // In twice the interval there are two beats; some more may come where this machine is slow.
  expect(beats() - before).toBeLessThanOrEqual(5);
  room.kill('SIGCONT');
  await program.connected(2);
});

async function endProperly(program: Program): Promise<void> {
  program.kill('SIGINT');
  expect(await program.ended).toBe(130);
}

/** Each record begins where the one before ended, and goes forward, up to the end. */
function expectInOrder(records: readonly ProgramRecord[]): void {
  let before: Status | null = null;
  for (const { id, status, previousStatus } of records) {
    // The program's own words, which are statuses.
    const now = status as Status;
    expect([id, previousStatus]).toEqual([id, before]);
    if (before !== null) expect([id, before, now, isForward(before, now)]).toEqual([id, before, now, true]);
    before = now;
  }
  expect(before).toBe('complete');
}

/** Both ends of each gap are reported, and what was found by listing again comes between them. */
function expectGapsMarked(program: Program): void {
  let isConnected = false;
  let gaps = 0;
  for (const { type, state, origin } of program.records) {
    if (type === 'connection') {
      if (state === 'disconnected' && isConnected) gaps++;
      isConnected = state === 'connected';
    }
    if (origin === 'resync') expect(isConnected).toBe(false);
  }
  // On a slow machine a cut may come before the link is back from the one before.
  expect(gaps).toBeGreaterThan(0);
}
