import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Decision } from '../../src/protocol/requests.js';
import type { Outcome } from '../../src/room/ask.js';
import { ScreenView } from '../../src/screen/screen.js';
import { Emulator } from '../support/emulator.js';
import { FakeInput, FakeOutput } from '../support/fake-terminal.js';
import { changeOf, inStatus, makeTransfer, NOW } from './sample.js';
import { LIVE, PLAIN, ROOM } from './sample-model.js';

const SIGNALS = ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGTSTP', 'SIGCONT'];

/** A minute of drawing in one go takes some seconds. */
const SLOW_TEST_MS = 60_000;

let view: ScreenView;
let stdout: FakeOutput;
let stdin: FakeInput;

const actions = {
  quit: vi.fn(),
  interrupt: vi.fn(),
  decide: vi.fn(
    async (decision: Decision): Promise<Outcome> =>
      decision === 'accept' ? { ok: true } : { ok: false, reason: 'no such request' },
  ),
};
const suspend = vi.fn();

function open(columns = 80, rows = 24): void {
  stdout = new FakeOutput(columns, rows);
  stdin = new FakeInput();
  const streams = { stdout, stdin, look: PLAIN, now: Date.now };
  view = new ScreenView({ ...streams, rooms: [ROOM], actions, suspend });
  view.show({ kind: 'link', at: NOW, link: LIVE }, ROOM);
}

async function screen(): Promise<string> {
  const emulator = new Emulator(stdout.columns, stdout.rows);
  const writing = emulator.write(stdout.text.replaceAll('\n', '\r\n'));
  // The emulator takes its time by the same clock.
  await vi.advanceTimersByTimeAsync(50);
  await writing;
  return emulator.lines().join('\n');
}

beforeEach(() => {
  vi.useFakeTimers({
    now: NOW,
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
      'Date',
      'performance',
    ],
  });
  vi.clearAllMocks();
});

afterEach(async () => {
  await view.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('frames', () => {
  test('are at most ten a second, whatever comes in', () => {
    open();
    for (let at = 0; at < 2_000; at += 1) {
      view.show(changeOf(makeTransfer({ id: `${at % 50}`, name: `file ${at}` })), ROOM);
      vi.advanceTimersByTime(1);
    }
    expect(stdout.frames.length).toBeGreaterThan(10);
    expect(stdout.frames.length).toBeLessThanOrEqual(21);
  });

  test('are not written where nothing changed', () => {
    open();
    view.show(changeOf(inStatus('complete', 7_000)), ROOM);
    vi.advanceTimersByTime(1_100);
    const before = stdout.writes.length;
    stdin.press('\x1b[12;40R');
    view.show(changeOf(inStatus('complete', 7_000)), ROOM);
    vi.advanceTimersByTime(200);
    expect(stdout.writes).toHaveLength(before);
  });

  test.each([
    ['every 15 seconds', () => vi.advanceTimersByTime(15_000)],
    ['with a key', () => press('x')],
  ])('are whole %s: another program may have written over them', async (_, wait) => {
    open();
    view.show(changeOf(makeTransfer()), ROOM);
    vi.advanceTimersByTime(1_000);
    // What `wall` does, and the terminal of a shell that is not alone.
    stdout.writes.push('\x1b[3;1HBroadcast message from root\r\nThe system is going down\r\n');
    wait();
    vi.advanceTimersByTime(1_000);
    const shown = await screen();
    expect(shown).not.toMatch(/Broadcast|going down/);
    expect(shown).toContain('report.pdf');
  });

  test('wait until a full output drains, and then show only the newest', async () => {
    open();
    vi.advanceTimersByTime(500);
    stdout.isFull = true;
    view.show(changeOf(makeTransfer({ name: 'first.txt' })), ROOM);
    vi.advanceTimersByTime(500);
    const before = stdout.frames.length;
    view.show(changeOf(makeTransfer({ name: 'second.txt' })), ROOM);
    vi.advanceTimersByTime(5_000);
    expect(stdout.frames).toHaveLength(before);
    stdout.drain();
    vi.advanceTimersByTime(500);
    expect(await screen()).toContain('second.txt');
  });

  test(
    '60 seconds of 1,000 events a second among 5,000 transfers write less than 2 MB',
    () => {
      open(100, 24);
      for (let at = 0; at < 5_000; at += 1)
        view.show(changeOf(inStatus('complete', at, { id: `old-${at}` })), ROOM);
      vi.advanceTimersByTime(1_000);
      stdout.writes.length = 0;
      for (let tick = 0; tick < 6_000; tick += 1) {
        for (let of = 0; of < 10; of += 1) view.show(trafficAt(tick * 10 + of), ROOM);
        vi.advanceTimersByTime(10);
      }
      expect(Buffer.byteLength(stdout.text)).toBeLessThan(2_000_000);
      expect(stdout.frames.length).toBeGreaterThan(100);
      expect(stdout.frames.length).toBeLessThanOrEqual(601);
    },
    SLOW_TEST_MS,
  );

  test('go on while the clock of a recording stands', () => {
    open();
    const playback = { state: 'paused', speed: 1, startsAt: NOW, endsAt: null } as const;
    const streams = { stdout, stdin, look: PLAIN, now: () => NOW };
    const paused = new ScreenView({ ...streams, rooms: [ROOM], actions, playback });
    for (let at = 0; at < 600; at += 1) {
      if (at === 500) stdout.writes.length = 0;
      for (let row = 0; row < 20; row += 1) paused.show(trafficAt(at * 20 + row), ROOM);
      vi.advanceTimersByTime(100);
    }
    expect(stdout.frames.length).toBeGreaterThan(50);
    return paused.close();
  });

  test('never erase the screen as a whole, nor the scrollback', async () => {
    open();
    view.show(changeOf(makeTransfer()), ROOM);
    for (const columns of [200, 30, 200]) {
      stdout.resize(columns, 24);
      vi.advanceTimersByTime(1_000);
    }
    stdin.press('?');
    vi.advanceTimersByTime(1_000);
    await view.close();
    expect(stdout.text).not.toContain('\x1b[2J');
    expect(stdout.text).not.toContain('\x1b[3J');
  });

  test('draw all anew every 15 seconds and with any key, as another program may have written over it', async () => {
    open();
    const wall = () => stdout.write('\x1b[5;1HBroadcast message from root');
    vi.advanceTimersByTime(5_000);
    wall();
    expect(await screen()).toContain('Broadcast');
    vi.advanceTimersByTime(15_000);
    expect(await screen()).not.toContain('Broadcast');
    wall();
    stdin.press('k');
    vi.advanceTimersByTime(200);
    expect(await screen()).not.toContain('Broadcast');
  });

  test('come at least four times a second while the window is being dragged', () => {
    open();
    vi.advanceTimersByTime(1_000);
    stdout.writes.length = 0;
    for (let at = 0; at < 150; at += 1) {
      stdout.resize(60 + (at % 40), 20 + (at % 10));
      vi.advanceTimersByTime(20);
    }
    expect(stdout.frames.length).toBeGreaterThanOrEqual(12);
    expect(stdout.frames.length).toBeLessThanOrEqual(31);
  });

  test('follow a resize once it is over', async () => {
    open();
    view.show(changeOf(makeTransfer()), ROOM);
    vi.advanceTimersByTime(1_000);
    stdout.writes.length = 0;
    for (const columns of [70, 60, 50, 40]) {
      stdout.resize(columns, 10);
      vi.advanceTimersByTime(20);
    }
    expect(stdout.frames).toHaveLength(0);
    vi.advanceTimersByTime(200);
    expect(stdout.frames).toHaveLength(1);
    expect(await screen()).toContain('report.pdf');
  });
});

/** Presses keys as a person does, one after the other. */
function press(...keys: readonly string[]): void {
  for (const key of keys) {
    stdin.press(key);
    vi.advanceTimersByTime(500);
  }
}

describe('keys', () => {
  test('reach the actions', () => {
    open();
    press('q', '\x03', '\x1a');
    expect([actions.quit, actions.interrupt, suspend].map((action) => action.mock.calls.length)).toEqual([
      1, 1, 1,
    ]);
  });

  test('a lone Escape counts when nothing follows it', async () => {
    open();
    press('?', '\x1b');
    expect(await screen()).toContain('q quit');
  });

  test('y is no answer while the question is still on its way to a busy terminal', async () => {
    open();
    view.show(changeOf(inStatus('waiting', 5, { id: 'w' })), ROOM);
    press('j');
    stdout.isFull = true;
    press('a', 'y');
    expect(actions.decide).not.toHaveBeenCalled();
    stdout.drain();
    press('y');
    vi.advanceTimersByTime(500);
    expect(actions.decide).not.toHaveBeenCalled();
    press('y');
    expect(actions.decide).toHaveBeenCalledExactlyOnceWith('accept', ROOM, 'w');
  });

  test('the cursor is seen where a filter is typed, and nowhere else', async () => {
    open();
    const cursor = async () => {
      const emulator = new Emulator(stdout.columns, stdout.rows);
      const writing = emulator.write(stdout.text);
      await vi.advanceTimersByTimeAsync(50);
      await writing;
      const { cursorX, cursorY } = emulator.terminal.buffer.active;
      return { isShown: emulator.state.cursor, x: cursorX, y: cursorY };
    };
    press('/', 'a', 'b', '\x1b[D');
    expect(await cursor()).toEqual({ isShown: true, x: 2, y: 22 });
    view.show(changeOf(makeTransfer()), ROOM);
    vi.advanceTimersByTime(1_000);
    expect(await cursor()).toEqual({ isShown: true, x: 2, y: 22 });
    press('\r');
    expect((await cursor()).isShown).toBe(false);
  });

  test.each([
    ['a', 'Accepted.'],
    ['r', '! Not rejected: no such request.'],
  ])('%s and y show what came of it', async (key, sentence) => {
    open();
    view.show(changeOf(inStatus('waiting', 5, { id: 'w' })), ROOM);
    press('j', key, 'y');
    await vi.advanceTimersByTimeAsync(500);
    expect(await screen()).toContain(sentence);
    expect(actions.decide).toHaveBeenCalledWith(key === 'a' ? 'accept' : 'reject', ROOM, 'w');
  });
});

describe('leaving', () => {
  test('gives all back, leaves a summary in the scrollback and no listener', async () => {
    const before = SIGNALS.map((name) => process.listenerCount(name));
    open();
    view.show(changeOf(inStatus('failed', 5, { name: 'gone.txt' })), ROOM);
    vi.advanceTimersByTime(500);
    await view.close();
    await view.close();
    expect(await screen()).toMatch(/^Watched 10\.0\.0\.5 for 0s\.\n(?:.*\n)+✗ failed {3}↓ gone\.txt, Anna/);
    expect(stdin).toMatchObject({ isRaw: false, isPaused: true });
    expect(stdout.eventNames()).toEqual([]);
    expect(stdin.eventNames()).toEqual([]);
    expect(SIGNALS.map((name) => process.listenerCount(name))).toEqual(before);
    const { length } = stdout.writes;
    view.show(changeOf(makeTransfer()), ROOM);
    vi.advanceTimersByTime(1_000);
    expect(stdout.writes).toHaveLength(length);
  });

  test('waits for the summary to be written', async () => {
    open();
    stdout.isFull = true;
    let isClosed = false;
    const closing = view.close().then(() => {
      isClosed = true;
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isClosed).toBe(false);
    stdout.drain();
    await closing;
  });

  test('does not wait for a terminal that is gone', async () => {
    open();
    stdout.isGone = true;
    await view.close();
    expect(stdin.isRaw).toBe(false);
  });
});

/** Transfers that come, move and end: ten at a time. */
function trafficAt(
  event: number,
): ReturnType<typeof changeOf> | { kind: 'progress'; at: number; transfer: ReturnType<typeof makeTransfer> } {
  const round = Math.floor(event / 1_000);
  const transfer = makeTransfer({
    id: `${round}-${event % 10}`,
    name: `file-${round}-${event % 10}.pdf`,
    progress: (event % 1_000) / 10,
    bytesPerSecond: 1_000_000 + (event % 977) * 1_000,
    progressAt: Date.now(),
    firstSeenAt: NOW + round * 1_000,
    createdAt: NOW + round * 1_000,
  });
  const place = event % 1_000;
  if (place < 10) return changeOf({ ...transfer, status: 'waiting' });
  if (place < 20) return changeOf(transfer);
  if (place >= 990) return changeOf({ ...transfer, status: 'complete' });
  return { kind: 'progress', at: Date.now(), transfer };
}
