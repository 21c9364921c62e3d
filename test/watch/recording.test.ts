import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { Sink } from '../../src/output/sink.js';
import { Redactor } from '../../src/protocol/secrets.js';
import { windowsNameFault } from '../../src/recording/names.js';
import { Flow } from '../../src/watch/feed.js';
import { openRecording } from '../../src/watch/recording.js';
import { useFolder } from '../support/folder.js';

const { newPath } = useFolder();

function surroundings() {
  const lastResorts = new Set<() => void>();
  const host = {
    platform: 'linux' as NodeJS.Platform,
    signal: new AbortController().signal,
    stdout: process.stdout,
    stderr: process.stderr,
    onLastResort: (act: () => void) => {
      lastResorts.add(act);
      return () => lastResorts.delete(act);
    },
  };
  const show = {
    flow: new Flow({ pause: () => {}, resume: () => {} }),
    out: new Sink(new PassThrough()),
    warn: vi.fn(),
    sayLast: vi.fn(async () => {}),
  };
  const open = (record: string, rooms = ['one']) =>
    openRecording({ record, color: 'auto' }, rooms, show, host);
  return { lastResorts, host, show, open };
}

it('a recording has all that was seen before a second Ctrl-C ends the process', async () => {
  const { lastResorts, open } = surroundings();
  const path = newPath();
  const recording = await open(path);
  recording.tap.entry({ kind: 'heartbeat', at: 0, connected: true }, 'one', new Redactor());
  for (const act of lastResorts) act();
  expect(readFileSync(path, 'utf8').split('\n').slice(1)).toEqual([
    '{"at":"1970-01-01T00:00:00.000Z","room":"one","kind":"heartbeat","connected":true}',
    '',
  ]);
  await recording.close();
  expect(lastResorts.size).toBe(0);
});

it('a recording of nothing is one all the same, and is said to be there', async () => {
  const { show, open } = surroundings();
  const path = newPath();
  const recording = await open(path, ['one', 'two']);
  await recording.close();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ type: 'recording', rooms: ['one', 'two'] });
  expect(show.sayLast).toHaveBeenCalledWith(`Recorded to "${path}".`, false);
  expect(show.warn).not.toHaveBeenCalled();
});

describe('on Windows', () => {
  it.each([
    ['CON', 'the name "CON" for a device'],
    ['C:\\con\\room.ndjson', 'the name "con" for a device'],
    ['rec/aux.d/%F.ndjson', 'the name "aux" for a device'],
    ['C:\\logs\\Aux.ndjson', 'a device'],
    ['lpt1', 'a device'],
    ['nul.txt', 'a device'],
    ['10.0.0.5:8080.ndjson', 'a colon'],
    ['C:\\logs\\room:8080', 'a colon'],
    ['rec-%T.ndjson', 'a colon'],
    ['rec\\what?.ndjson', 'Windows allows no "?"'],
    ['room.', 'a dot at the end'],
    ['rec \\room.ndjson', 'a dot at the end'],
  ])('%s is no name of a recording', async (path, why) => {
    const { host, open } = surroundings();
    host.platform = 'win32';
    await expect(open(path)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(why) });
  });

  it.each([
    'NUL',
    'C:\\console\\room.ndjson',
    '..\\.\\room.ndjson',
    '\\\\?\\C:\\room.ndjson',
    '\\\\server\\share\\console',
    'com10.ndjson',
  ])('%s is one', (path) => {
    expect(windowsNameFault(path)).toBeNull();
  });
});
