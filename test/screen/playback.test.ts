import { describe, expect, it } from 'vitest';
import type { Playback } from '../../src/recording/player.js';
import type { Model } from '../../src/screen/model.js';
import { pressKey } from '../../src/screen/update.js';
import { typed } from '../support/typing.js';
import { inStatus, NOW } from './sample.js';
import { modelWith, PLAIN, screen } from './sample-model.js';

const SIZE = { width: 120, height: 15 };
const REACH = { page: 10, lastTop: 0, matches: [] };
const TIMES = { startsAt: NOW - 12_000, endsAt: NOW + 208_000 };
const PLAYING: Playback = { state: 'playing', speed: 10, ...TIMES };

function playing(playback: Playback = PLAYING): Model {
  return { ...modelWith([inStatus('waiting', 12, { id: 'w' })]), playback };
}

/** Presses keys as a terminal sends them. */
function press(start: Model, bytes: string): { model: Model; effects: string[] } {
  const effects: string[] = [];
  let model = start;
  for (const key of typed(bytes)) {
    const update = pressKey(model, key, REACH, NOW);
    if (update.effect !== null) effects.push(update.effect.kind);
    model = update.model;
  }
  return { model, effects };
}

const RIGHT = '\x1b[C';
const ENTER = '\r';

describe('keys of a recording', () => {
  it.each<[keys: string, effects: readonly string[]]>([
    [' ', ['play']],
    ['p', ['play']],
    [RIGHT, ['step']],
    ['\x1bOC', ['step']],
    ['\x1b[D', ['back']],
    ['+-', ['speed', 'speed']],
    [`${ENTER} ${RIGHT}`, ['play', 'step']],
    // There they are text, or scroll.
    ['/ p', []],
    ['? ', []],
    ['q', ['quit']],
  ])('%j', (keys, effects) => {
    expect(press(playing(), keys).effects).toEqual(effects);
  });

  it('are what they were where what is shown happens now', () => {
    const live = modelWith([inStatus('waiting', 12, { id: 'w' })]);
    expect(press(live, ` p${RIGHT}`).effects).toEqual([]);
    expect(press(live, 'p').model.pausedAt).toBe(NOW);
  });

  it('takes no answer', () => {
    const { model, effects } = press(playing(), 'jay');
    expect(effects).toEqual([]);
    expect(screen(model, SIZE)).toContain('Not possible in a recording.');
  });

  it('are in the help, in the place of those that mean nothing there', () => {
    const help = screen(press(playing(), '?').model, { width: 120, height: 30 });
    expect(help).toContain('Right Left   to the next change and pause there; back by one');
    expect(help).not.toMatch(/accept|counting goes on/);
    expect(screen(press(modelWith([]), '?').model, { width: 120, height: 30 })).not.toContain('Right  ');
  });
});

it.each<[Playback, shown: string]>([
  [PLAYING, 'Playing 10x, 0:12 of 3:40, '],
  [{ state: 'playing', speed: 'max', startsAt: null, endsAt: null }, 'Playing at full speed, '],
  [{ state: 'paused', speed: 1, startsAt: null, endsAt: null }, 'PAUSED, Space plays on, Right steps  '],
  [{ state: 'ended', speed: 1, startsAt: null, endsAt: null }, 'END OF THE RECORDING  '],
])('the last line tells how it is played, and where it is: %j', (playback, shown) => {
  const time = `${new Date(NOW).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  expect(screen(playing(playback), SIZE).split('\n').at(-1)).toContain(`${shown}${time}`);
  expect(screen(playing(playback), SIZE, PLAIN)).toContain(shown);
});
