import { describe, expect, it } from 'vitest';
import type { Link } from '../../src/room/entry.js';
import { applyNotice, initialModel, type Model } from '../../src/screen/model.js';
import { changeOf, makeTransfer, NOW } from './sample.js';
import { LIVE, screen } from './sample-model.js';

const SERVER = 'nats://10.0.0.9';
const LOST: Link = { state: 'waiting', attempt: 0, retryInMs: 1_000, reason: 'It is away.', wasLive: true };

/** The countdown is over. */
const LONG_LOST: Link = { ...LOST, retryInMs: 0 };

/** Rooms that are live, told of by a server. */
function model(rooms: readonly string[], server: Link): Model {
  const start = initialModel(NOW, [SERVER], undefined, [SERVER]);
  const links = [...rooms.map((room) => [room, LIVE] as const), [SERVER, server] as const];
  return links.reduce(
    (before, [room, link]) => applyNotice(before, { kind: 'link', at: NOW, link }, room),
    start,
  );
}

const firstLine = (of: Model) =>
  screen(of, { width: 80, height: 9 })
    .split('\n')[0]
    ?.replace(/ {2}○\d.*/, '');

describe('a server that reports Rooms', () => {
  it.each([
    ['is no Room', ['10.0.0.5', '10.0.0.6'], LIVE, '2 Rooms:  2 live'],
    ['leaves one Room alone', ['10.0.0.5'], LIVE, '10.0.0.5  ● live'],
    ['stands for itself before it has told of any', [], LIVE, '10.0.0.9  ● live'],
    ['is named once it is away', ['10.0.0.5', '10.0.0.6'], LOST, '2 Rooms:  2 live, 10.0.0.9 retry 1s'],
    [
      'is retried, and no time is given',
      ['10.0.0.5', '10.0.0.6'],
      LONG_LOST,
      '2 Rooms:  2 live, 10.0.0.9 retrying',
    ],
    ['is named beside one Room', ['10.0.0.5'], LOST, '10.0.0.5  1 live, 10.0.0.9 retry 1s'],
  ])('%s', (_, rooms, server, line) => {
    expect(firstLine(model(rooms, server))).toBe(line);
  });

  it('is silent on an empty screen, and wants no column of its own', () => {
    const size = { width: 80, height: 9 };
    const empty = screen(model(['10.0.0.5'], LIVE), size);
    expect(empty.match(/no transfers yet/g)).toHaveLength(1);
    const one = applyNotice(model(['10.0.0.5'], LIVE), changeOf(makeTransfer()), '10.0.0.5');
    expect(screen(one, size)).not.toContain('Room');
  });
});
