import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/simulator/names.js';
import { type RoomEvent, RoomState } from '../../src/simulator/room-state.js';
import { Traffic } from '../../src/simulator/traffic.js';
import { eventToWire } from '../../src/simulator/wire.js';
import type { Frame } from './client.js';
import { fieldProblems } from './field-sets.js';

const NOBODY: ReadonlySet<string> = new Set();
const START = 1_700_000_000_000;
const MAX_TRANSFERS = 40;

function run(seed: number, steps: number, look: (state: RoomState) => void = () => {}): RoomEvent[] {
  const state = new RoomState();
  const traffic = new Traffic(createRandom(seed), MAX_TRANSFERS);
  traffic.furnish(state, START);
  look(state);
  const events: RoomEvent[] = [];
  for (let step = 0; step < steps; step += 1) {
    events.push(...traffic.step(state, START + step * 250, NOBODY));
    look(state);
  }
  return events;
}

function wireName(event: RoomEvent): unknown {
  const wire: Frame = eventToWire(event);
  return wire.event;
}

describe('the traffic', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(run(7, 500)).toEqual(run(7, 500));
    expect(run(7, 500)).not.toEqual(run(8, 500));
  });

  it('starts with something to list, of every kind', () => {
    const state = new RoomState();
    new Traffic(createRandom(1), MAX_TRANSFERS).furnish(state, START);
    expect(new Set(state.transfers.map((transfer) => transfer.status))).toEqual(new Set([0, 1, 2, 3]));
  });

  it.each([1, 2, 3, 4, 5])('keeps its bounds and some five to ten active (seed %i)', (seed) => {
    const active: number[] = [];
    run(seed, 5_000, ({ transfers, files }) => {
      expect(transfers.length).toBeLessThanOrEqual(MAX_TRANSFERS);
      expect(files.length).toBeLessThanOrEqual(100 + MAX_TRANSFERS);
      active.push(transfers.filter((one) => one.status === 1 || one.status === 2).length);
    });
    const settled = active.slice(100);
    const usual = settled.filter((count) => count >= 4 && count <= 10).length;
    expect(usual / settled.length).toBeGreaterThan(0.95);
  });

  it('has something of everything', () => {
    const kinds = new Set(run(1, 5_000).map((event) => wireName(event)));
    expect([...kinds].sort()).toEqual([
      'fileDeletedFromFileTransferHistory',
      'fileRequestStatusChanged',
      'incomingFileRequestAccepted',
      'incomingFileRequestDownloadingProgress',
      'incomingFileRequestRejected',
      'outgoingFileRequestSent',
      'outgoingFileRequestSentToConference',
      'outgoingFileRequestUploadingProgress',
      'receivedFileRequest',
    ]);
  });

  it('sends only events of the documented shapes, about one a step', () => {
    const events = run(3, 5_000);
    expect(events.flatMap((event) => fieldProblems(eventToWire(event)))).toEqual([]);
    expect(events.length).toBeGreaterThan(4_500);
    expect(events.length).toBeLessThan(7_000);
  });

  it('never lets progress go back, nor an end be left', () => {
    const percents = new Map<string, number>();
    const ended = new Set<string>();
    for (const event of run(4, 5_000)) {
      if (!('transfer' in event)) continue;
      const { id, percent, status } = event.transfer;
      expect(percent).toBeGreaterThanOrEqual(percents.get(id) ?? 0);
      expect(Number.isInteger(percent)).toBe(true);
      if (event.kind !== 'deleted') expect(ended.has(id)).toBe(false);
      percents.set(id, percent);
      if (status === 0 || status === 3) ended.add(id);
    }
    expect(ended.size).toBeGreaterThan(50);
  });

  it('leaves alone what proceeds by itself', () => {
    const state = new RoomState();
    const traffic = new Traffic(createRandom(1), MAX_TRANSFERS);
    traffic.furnish(state, START);
    const others = new Set(state.transfers.filter((one) => one.status === 2).map((one) => one.id));
    for (let step = 0; step < 500; step += 1) {
      for (const event of traffic.step(state, START, others)) {
        expect('transfer' in event && others.has(event.transfer.id)).toBe(false);
      }
    }
  });
});
