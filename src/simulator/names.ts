/** Names for the simulator's own traffic: everyday ones, and those that break displays. Strangers choose names. */

export interface NamedPeer {
  readonly id: string;
  readonly name: string;
}

/** A conference's id looks like this in the pages' examples. */
export const CONFERENCE_ID = '000001703e81e38e@some.server#vcs';

export const PLAIN_NAMES: readonly [string, ...string[]] = [
  'plan.docx',
  'slides.pptx',
  'budget 2026 (final).xlsx',
  'site-photo-0142.jpg',
  'minutes.pdf',
  'recording-2026-03-14.mp4',
  'backup.tar.gz',
  'firmware-4.3.1.bin',
  'logs.zip',
  'contract_signed.pdf',
  'drawing A1.dwg',
  'voice.ogg',
  'README',
];

export const ODD_NAMES: readonly [string, ...string[]] = [
  '四半期報告書（最終版）.pdf',
  '회의록 2026년 3월.hwp',
  'Отчёт за квартал.docx',
  'תקציב 2026.xlsx',
  'صورة-الموقع.jpg',
  '\u202egnp.exe',
  'family 👨‍👩‍👧‍👦 and flag 🏳️‍🌈.png',
  'Zalgo\u0301\u0302\u0303\u0304 te\u0301xt\u0300.txt',
  '\u001b[2J\u001b[31mred\u001b[0m.txt',
  '\u001b]0;new title\u0007.log',
  'two\r\nlines\tand a tab.txt',
  `it's "quoted" & <b>bold</b>, 100% \\ back.txt`,
  '  spaces around  ',
  '../../etc/passwd',
  `${'a-very-long-name-that-does-not-want-to-end-'.repeat(6)}end.tar.zst`,
  'noextension'.repeat(20),
  'zero\u200bwidth\u200djoined.txt',
];

export const PEERS: readonly [NamedPeer, ...NamedPeer[]] = [
  { id: '820_1@some.server', name: '820_1' },
  { id: 'user2@some.server', name: 'user2' },
  { id: 'alice@some.server', name: 'Alice Weber' },
  { id: 'bob@some.server', name: 'Bob Tremblay' },
  { id: 'olga@some.server', name: 'Ольга Петрова' },
  { id: 'sato@some.server', name: '佐藤 花子' },
  { id: 'meeting-room-7@branch.some.server', name: 'Meeting Room 7 (2nd floor, next to the kitchen)' },
  { id: 'party@some.server', name: '🎉 Party 👩🏽‍💻' },
];

/** A small seeded source of chance: the same seed gives the same sequence. Never for secrets. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** Looks like a UUID of version 4. */
  uuid(): string;
}

/** mulberry32: 32 bits of state, good enough to look alive. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  function int(min: number, max: number): number {
    return min + Math.floor(next() * (max - min + 1));
  }

  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (items) => items[int(0, items.length - 1)] ?? items[0],
    uuid: () =>
      'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (letter) =>
        (letter === 'x' ? int(0, 15) : int(8, 11)).toString(16),
      ),
  };
}
