import { describe, expect, test } from 'vitest';
import { makeLook } from '../../src/output/look.js';
import { applyNotice, initialModel, layoutOf, type Model, settle } from '../../src/screen/model.js';
import { view } from '../../src/screen/view.js';
import { inStatus, makeTransfer, NOW } from './sample.js';
import { LIVE, modelWith, PLAIN, ROOM, sampleTransfers, screen } from './sample-model.js';

describe('a whole frame', () => {
  const model = modelWith(sampleTransfers());

  test('80x24', () => {
    expect(screen(model, { width: 80, height: 24 })).toMatchInlineSnapshot(`
      "10.0.0.5  ● live  ○2 ●2 ✓1 ✗1 ⊘1 ?1  3.1 MiB/s  30.7 MiB of 64.0 MiB, 11s left
             Name                        Peer              Size  Done     Left   Time▾
      ────────────────────────────────────────────────────────────────────────────────
       ●  ↑  日本語の資料.docx           Anna          32.0 MiB   48%  stalled     15s
       ●  ↓  quarterly-repo…pproved.pdf  Anna          32.0 MiB   48%       6s     15s
       ○  ↓  👨‍👩‍👧‍👦 family.heic              820_1         32.0 MiB     -              12s
       ○  ↑  slides.pptx                 conf 4567@s…  32.0 MiB     -               1m
       ?  ↓  שלום.pdf                    Anna               0 B     -               8s
       ✓  ↓  été.txt                     Anna           3.1 KiB  100%            11:55
      !✗  ↓  evil\\x1b[2J\\x0d\\x0a.exe     Anna          32.0 MiB   31%            11:54
      !⊘  ↓  -                           -                    -     -            11:53











                                                                        ? help  q quit"
    `);
  });

  test('200x50', () => {
    expect(screen(model, { width: 200, height: 50 })).toMatchInlineSnapshot(`
      "10.0.0.5  ● live  ○ 2 waiting  ● 2 processing  ✓ 1 complete  ✗ 1 failed  ⊘ 1 rejected  ? 1 unknown  3.1 MiB/s  30.7 MiB of 64.0 MiB, 11s left
       Status           Name                                      Peer                       Size                   Done       Rate     Left     Time▾  Path
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       ● processing  ↑  日本語の資料.docx                         Anna                   32.0 MiB  ███████░░░░░░░░░  48%             stalled       15s  processing 1m 10s
       ● processing  ↓  quarterly-report-2024-final-approved.pdf  Anna                   32.0 MiB  ███████░░░░░░░░░  48%  3.1 MiB/s       6s       15s  waiting 12s → processing 3s
       ○ waiting     ↓  👨‍👩‍👧‍👦 family.heic                            820_1                  32.0 MiB                      -                           12s  waiting 12s
       ○ waiting     ↑  slides.pptx                               conf 4567@some.server  32.0 MiB                      -                            1m  waiting 1m 15s
       ? unknown     ↓  שלום.pdf                                  Anna                        0 B                      -                            8s  unknown 8s
       ✓ complete    ↓  été.txt                                   Anna                    3.1 KiB                   100%                      11:55:00  waiting 12s → processing 3s → complete
      !✗ failed      ↓  evil\\x1b[2J\\x0d\\x0a.exe                   Anna                   32.0 MiB                    31%                      11:54:00  failed
      !⊘ rejected    ↓  -                                         -                             -                      -                      11:53:00  rejected





































                                                                                                                                                                                                ? help  q quit"
    `);
  });

  test('40x12', () => {
    expect(screen(model, { width: 40, height: 12 })).toMatchInlineSnapshot(`
      "10.0.0.5  ● live  ○2 ●2 ✓1 ✗1 ⊘1 ?1
             Name                   Size  Done
      ────────────────────────────────────────
       ●  ↑  日本語の資料.docx  32.0 MiB   48%
       ●  ↓  quarterl…oved.pdf  32.0 MiB   48%
       ○  ↓  👨‍👩‍👧‍👦 family.heic     32.0 MiB     -
       ○  ↑  slides.pptx        32.0 MiB     -
       ?  ↓  שלום.pdf                0 B     -
       ✓  ↓  été.txt             3.1 KiB  100%
      !✗  ↓  evil\\x1b…\\x0a.exe  32.0 MiB   31%
      +1 more                   ? help  q quit"
    `);
  });

  test('30x5 has no table any more, and says how many are not shown', () => {
    expect(screen(model, { width: 30, height: 5 })).toMatchInlineSnapshot(`
      "● live  ○2 ●2 ✓1 ✗1 ⊘1 ?1
       ●  48% 日本語の資料.docx
       ●  48% quarterly-re…roved.pdf
      +6 more"
    `);
  });

  test('in a locale of another charset everything is ASCII', () => {
    const drawn = screen(
      model,
      { width: 120, height: 14 },
      makeLook({ color: false, unicode: false, utf8: false }),
    );
    expect(drawn).toMatch(/^[\n\x20-\x7e]*$/);
    expect(drawn).toMatchInlineSnapshot(`
      "10.0.0.5  * live  o2 *2 +1 x1 /1 ?1  3.1 MiB/s  30.7 MiB of 64.0 MiB, 11s left
       Status           Name                                  Peer                      Size  Done       Rate     Left   Timev
      ------------------------------------------------------------------------------------------------------------------------
       * processing  >  \\u65e5\\u672c\\u8a9e\\...cc7\\u6599.docx  Anna                  32.0 MiB   48%             stalled     15s
       * processing  <  quarterly-report-202...-approved.pdf  Anna                  32.0 MiB   48%  3.1 MiB/s       6s     15s
       o waiting     <  \\u{1f468}\\u200d\\u{1...6} family.heic  820_1                 32.0 MiB     -                         12s
       o waiting     >  slides.pptx                           conf 4567@some.se...  32.0 MiB     -                          1m
       ? unknown     <  \\u05e9\\u05dc\\u05d5\\u05dd.pdf          Anna                       0 B     -                          8s
       + complete    <  e\\u0301te\\u0301.txt                   Anna                   3.1 KiB  100%                       11:55
      !x failed      <  evil\\x1b[2J\\x0d\\x0a.exe               Anna                  32.0 MiB   31%                       11:54
      !/ rejected    <  -                                     -                            -     -                       11:53

                                                                                                                ? help  q quit"
    `);
  });
});

describe('a Room without transfers', () => {
  const size = { width: 60, height: 8 };

  test('says that it is quiet and alive', () => {
    expect(screen(modelWith([]), size)).toMatchInlineSnapshot(`
      "10.0.0.5  ● live  ○0 ●0 ✓0 ✗0 ⊘0  0 B/s

        Quiet: no transfers yet; last sign of life 3s ago.



                                                    ? help  q quit"
    `);
  });

  test('says that it is connecting', () => {
    expect(screen(modelWith([], { state: 'connecting', attempt: 2 }), size)).toMatchInlineSnapshot(`
      "10.0.0.5  ○ connecting (attempt 2)  ○0 ●0 ✓0 ✗0 ⊘0  0 B/s

        Connecting (attempt 2)…



                                                    ? help  q quit"
    `);
  });

  test('says why it waits, and how long', () => {
    const link = {
      state: 'waiting',
      attempt: 3,
      retryInMs: 7_000,
      reason: 'connect ECONNREFUSED',
      wasLive: false,
    } as const;
    expect(screen(modelWith([], link), size)).toMatchInlineSnapshot(`
      "10.0.0.5  ✗ retry 4s  ○0 ●0 ✓0 ✗0 ⊘0  0 B/s

        Attempt 3 failed, retrying in 4s…
        connect ECONNREFUSED


                                                    ? help  q quit"
    `);
  });

  test('says that files can not be transferred', () => {
    const model = applyNotice(modelWith([]), { kind: 'availability', at: NOW, code: 1 }, ROOM);
    expect(screen(model, size)).toContain('File transfer is forbidden by the licence.');
  });
});

describe('several Rooms', () => {
  const size = { width: 130, height: 9 };

  function twoRooms(): Model {
    const other = 'ws://10.0.0.6:8765';
    const notices = [
      { kind: 'link', at: NOW, link: LIVE },
      {
        kind: 'link',
        at: NOW,
        link: { state: 'waiting', attempt: 0, retryInMs: 4_000, reason: 'No sign of life.', wasLive: true },
      },
    ] as const;
    let model = initialModel(NOW, [ROOM, other]);
    model = applyNotice(model, notices[0], ROOM);
    model = applyNotice(model, notices[1], other);
    const change = { kind: 'transfer', at: NOW, previousStatus: null, origin: 'event', event: null } as const;
    model = applyNotice(model, { ...change, transfer: makeTransfer() }, ROOM);
    model = applyNotice(model, { ...change, transfer: makeTransfer() }, other);
    return applyNotice(model, { ...change, transfer: inStatus('complete', 5, { id: 'x' }) }, other);
  }

  test('have a column, a state each, and what is not heard of is marked', () => {
    expect(screen(twoRooms(), size)).toMatchInlineSnapshot(`
      "2 Rooms:  1 live, 10.0.0.6:8765 retry 4s  ○0 ●2 ✓1 ✗0 ⊘0  3.1 MiB/s  30.7 MiB of 64.0 MiB, 11s left
       Status        Room              Name        Peer       Size             Done       Rate  Left     Time▾  Path
      ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       ? processing  10.0.0.6:8765  ↓  report.pdf  Anna   32.0 MiB  ████░░░░░░  48%                -       15s  ○12s→●3s
       ● processing  10.0.0.5       ↓  report.pdf  Anna   32.0 MiB  ████░░░░░░  48%  3.1 MiB/s    6s       15s  ○12s→●3s
       ✓ complete    10.0.0.6:8765  ↓  report.pdf  Anna   32.0 MiB             100%                   11:59:55  complete

      ! 10.0.0.6:8765: No sign of life.                                                                                   ? help  q quit"
    `);
  });
});

test.each([
  [80, '10.0.0.5:65535  ● live  ○0 ●0 ✓0 ✗0 ⊘0  0 B/s'],
  [44, '10.0.0.5:65535  ● live  ○0 ●0 ✓0 ✗0 ⊘0'],
  [38, '10.0.0.5:65535  ● live  ○0 ●0 ✓0 ✗0 ⊘0'],
  [35, '10.0.0.5:6…  ● live  ○0 ●0 ✓0 ✗0 ⊘0'],
  [31, '● live  ○0 ●0 ✓0 ✗0 ⊘0'],
])('in %i columns the first line is %s', (width, line) => {
  const room = 'ws://10.0.0.5:65535';
  const model = applyNotice(initialModel(NOW, [room]), { kind: 'link', at: NOW, link: LIVE }, room);
  expect(screen(model, { width, height: 9 }).split('\n')[0]).toBe(line);
});

test('several Rooms that are not live are named where there is room, else counted', () => {
  const retrying = {
    state: 'waiting',
    attempt: 3,
    retryInMs: 4_000,
    reason: 'Refused.',
    wasLive: false,
  } as const;
  const links = {
    one: LIVE,
    'second.some.server': retrying,
    'third.some.server': { state: 'connecting', attempt: 1 },
  } as const;
  const model = Object.entries(links).reduce(
    (before, [room, link]) => applyNotice(before, { kind: 'link', at: NOW, link }, room),
    initialModel(NOW, Object.keys(links)),
  );
  const header = (width: number) => screen(model, { width, height: 9 }).split('\n')[0];
  expect(header(120)).toContain('1 live, second.some.server retry 4s, third.some.server connecting');
  expect(header(80)).toContain('1 live, 1 connecting, 1 retrying in 4s');
  expect(header(40)).toContain('1/3 live');
});

test('a warning leaves the last line once its Room is live again', () => {
  const warning = {
    kind: 'warning',
    at: NOW,
    code: 'discovery',
    message: 'The page can not be read.',
    count: 1,
    id: null,
  } as const;
  const warned = (room: string) => applyNotice(modelWith([makeTransfer()]), warning, room);
  const live = { kind: 'link', at: NOW, link: LIVE } as const;
  const last = (model: Model) => screen(model, { width: 80, height: 9 }).split('\n').at(-1);
  expect(last(warned(ROOM))).toContain('The page can not be read.');
  expect(last(applyNotice(warned(ROOM), live, ROOM))).not.toContain('The page');
  expect(last(applyNotice(warned('another'), live, ROOM))).toContain('The page can not be read.');
});

test('a warning names its Room among several', () => {
  const room = 'ws://second:8765';
  const warning = { kind: 'warning', at: NOW, code: 'x', message: 'Odd.', count: 1, id: null } as const;
  const last = (model: Model) =>
    screen(applyNotice(model, warning, room), { width: 80, height: 9 })
      .split('\n')
      .at(-1);
  expect(last(modelWith([makeTransfer()]))).toMatch(/^! second:8765: Odd\./);
  expect(last(initialModel(NOW, [room]))).toMatch(/^! Odd\./);
});

test('where nothing moves the last line says that the Room is alive', () => {
  const size = { width: 80, height: 9 };
  expect(screen(modelWith([inStatus('complete', 5)], LIVE), size)).toContain(
    'Quiet; last sign of life 0s ago',
  );
  expect(screen(modelWith([makeTransfer()], LIVE), size)).not.toContain('Quiet');
});

test('only the rows on the screen are looked at', () => {
  let looks = 0;
  const ended = Array.from({ length: 2_000 }, (_, at) =>
    Object.defineProperty(inStatus('complete', at, { id: `e${at}` }), 'name', { get: () => ++looks && 'x' }),
  );
  const size = { width: 100, height: 24 };
  const model = settle(modelWith([...ended, makeTransfer()]), layoutOf(size));
  looks = 0;
  view(model, size, NOW, PLAIN);
  expect(looks).toBeGreaterThan(0);
  expect(looks).toBeLessThan(10 * size.height);
});

test('failed and rejected ones stand out without colour', () => {
  const lines = screen(modelWith(sampleTransfers()), { width: 80, height: 24 }).split('\n');
  expect(lines.filter((line) => line.startsWith('!')).map((line) => line.slice(0, 5))).toEqual([
    '!✗  ↓',
    '!⊘  ↓',
  ]);
});

test('active ones come first, however many have ended since', () => {
  const ended = Array.from({ length: 500 }, (_, at) =>
    inStatus('complete', 1, { id: `e${at}`, name: 'done' }),
  );
  const active = Array.from({ length: 10 }, (_, at) => makeTransfer({ id: `a${at}` }));
  const lines = screen(modelWith([...active, ...ended]), { width: 100, height: 24 }).split('\n');
  expect(lines.slice(3, 13).every((line) => line.startsWith(' ● '))).toBe(true);
  expect(lines.at(-1)).toMatch(/^\+491 more/);
});

test('--ascii has signs in ASCII, and names as they are', () => {
  const drawn = screen(
    modelWith(sampleTransfers()),
    { width: 80, height: 14 },
    makeLook({ color: false, unicode: false }),
  );
  expect(drawn).toContain(' *  >  日本語の資料.docx');
  expect(drawn).toMatch(/ \* {2}< {2}quarterly-\S*\.\.\.\S*\.pdf/);
});
