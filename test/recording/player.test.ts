import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Player, type Speed } from '../../src/recording/player.js';

const AT = Date.UTC(2022, 6, 31, 16, 17, 3, 0);

let stop: AbortController;
let player: Player;

/** Plays what was seen at so many milliseconds, and tells which of it was played. */
function play(speed: Speed, moments: readonly number[]): number[] {
  const played: number[] = [];
  player = new Player(speed, AT);
  void (async () => {
    for (const moment of moments) {
      if (!(await player.until(AT + moment, stop.signal))) return;
      played.push(moment);
      // Every second one changes what is shown.
      if (moments.indexOf(moment) % 2 === 1) player.changed();
    }
    player.end();
  })();
  return played;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2030, 0) });
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await pass(0);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('the speed', () => {
  it.each<[Speed, after: number, played: readonly number[]]>([
    [1, 0, [0]],
    [1, 99, [0]],
    [1, 100, [0, 100]],
    [1, 1_000, [0, 100, 1_000]],
    [10, 99, [0, 100]],
    [10, 100, [0, 100, 1_000]],
    [0.5, 199, [0]],
    [0.5, 200, [0, 100]],
    ['max', 0, [0, 100, 1_000]],
  ])('%s plays after %i ms what was seen until then', async (speed, after, expected) => {
    const played = play(speed, [0, 100, 1_000]);
    await pass(after);
    expect(played).toEqual(expected);
  });

  it('does not drift where there is much between two ticks of the system', async () => {
    const moments = Array.from({ length: 1_000 }, (_, at) => at);
    const played = play(10, moments);
    await pass(50);
    expect(played.length).toBeGreaterThanOrEqual(490);
    expect(played.length).toBeLessThanOrEqual(510);
  });

  it('goes on where the recorded clock was set back', async () => {
    const played = play(1, [0, 1_000, 200, 300]);
    await pass(1_100);
    expect(played).toEqual([0, 1_000, 200, 300]);
  });
});

describe('the time in the recording', () => {
  it('runs with the speed', async () => {
    play(10, [0, 10_000]);
    await pass(300);
    expect(player.now()).toBe(AT + 3_000);
  });

  it('stands where it was paused, and goes on from there', async () => {
    const played = play(1, [0, 1_000]);
    await pass(400);
    player.togglePause();
    await pass(60_000);
    expect(player.now()).toBe(AT + 400);
    player.togglePause();
    await pass(599);
    expect(played).toEqual([0]);
    await pass(1);
    expect(played).toEqual([0, 1_000]);
  });

  it('stands while what was played can’t be written', async () => {
    const played = play(1, [0, 1_000]);
    await pass(400);
    player.hold();
    await pass(60_000);
    expect(player.now()).toBe(AT + 400);
    expect(played).toEqual([0]);
    player.release();
    await pass(600);
    expect(played).toEqual([0, 1_000]);
  });

  it('stands at the end', async () => {
    play(1, [0, 100]);
    await pass(5_000);
    expect(player.now()).toBe(AT + 100);
    expect(player.playback).toMatchObject({ state: 'ended', speed: 1 });
  });

  it('is now, where what is played has no time of its own', async () => {
    const live = new Player(1, null);
    await pass(1_234);
    expect(live.now()).toBe(Date.now());
    live.togglePause();
    const then = Date.now();
    await pass(1_000);
    expect(live.now()).toBe(then);
    live.togglePause();
    expect(live.now()).toBe(Date.now());
  });
});

describe('a step', () => {
  it('plays to the next change at once, and pauses there', async () => {
    const played = play(1, [0, 1_000, 2_000, 3_000, 4_000]);
    const told: string[] = [];
    player.onPlayback = ({ state }) => told.push(state);
    await pass(0);
    player.step();
    await pass(0);
    expect(played).toEqual([0, 1_000]);
    await pass(60_000);
    expect(played).toEqual([0, 1_000]);
    player.step();
    await pass(0);
    expect(played).toEqual([0, 1_000, 2_000, 3_000]);
    expect(player.now()).toBe(AT + 3_000);
    player.togglePause();
    await pass(999);
    expect(played).toHaveLength(4);
    await pass(1);
    expect(played).toHaveLength(5);
    expect(told).toEqual(['paused', 'paused', 'playing', 'ended']);
  });

  it('at the end does nothing', async () => {
    play(1, [0]);
    await pass(0);
    player.step();
    player.togglePause();
    expect(player.playback.state).toBe('ended');
  });
});

it.each<[what: string, act: () => void]>([
  ['between two moments', () => {}],
  ['while paused', () => player.togglePause()],
  ['while held', () => player.hold()],
])('ends with the signal %s', async (_, act) => {
  player = new Player(1, AT);
  await player.until(AT, stop.signal);
  act();
  const waiting = player.until(AT + 60_000, stop.signal);
  stop.abort();
  expect(await waiting).toBe(false);
});
