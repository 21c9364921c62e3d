import type { Look } from './look.js';
import { type Entry, entryLines } from './pane.js';

/** The keys, and what the signs mean. */
export function helpLines(width: number, { symbols }: Look, isRecording: boolean): string[] {
  const signs = Object.entries({ ...symbols.status, stale: symbols.stale })
    .map(([word, sign]) => `${sign} ${word}`)
    .join('  ');
  const { inbound, outbound } = symbols.direction;
  return entryLines(
    [
      ...(isRecording ? KEYS_OF_RECORDING : KEYS),
      { label: '', text: '' },
      { label: 'Signs', text: signs },
      { label: '', text: `${inbound} inbound  ${outbound} outbound  ${symbols.alarm} failed or rejected` },
    ],
    width,
  );
}

const KEYS: readonly Entry[] = [
  { label: 'j k, arrows', text: 'move the selection' },
  { label: 'PgUp PgDn', text: 'a page up or down; Space also goes down' },
  { label: 'g G', text: 'first, last; Home and End as well' },
  { label: 'Enter', text: 'all about the selected transfer' },
  { label: 'Esc', text: 'back; then no filter, no selection' },
  { label: '/', text: 'filter by name, peer, id, status as you type' },
  { label: 's', text: 'sort by activity, newest, problems, name, peer, size' },
  { label: 'c', text: 'hide or show ended transfers' },
  { label: 'p', text: 'pause the table; counting goes on' },
  { label: 'a r', text: 'accept or reject the selected waiting request' },
  { label: 'Ctrl-L', text: 'draw the screen anew' },
  { label: 'q', text: 'quit' },
];

/** Labels of keys that mean something else in a recording, or nothing. */
const ONLY_LIVE: ReadonlySet<string> = new Set(['PgUp PgDn', 'p', 'a r']);

const KEYS_OF_RECORDING: readonly Entry[] = [
  { label: 'Space', text: 'pause, or play on' },
  { label: 'Right', text: 'play to the next change, and pause there' },
  { label: 'PgUp PgDn', text: 'a page up or down' },
  ...KEYS.filter(({ label }) => !ONLY_LIVE.has(label)),
];
