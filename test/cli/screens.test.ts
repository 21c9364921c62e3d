import { expect, it } from 'vitest';
import { NODE, PROGRAM } from '../support/program.js';
import { useTerminals } from '../support/pseudo-terminal.js';

const { open } = useTerminals();

/** The screen of one recording at its end, as the program draws it on a terminal. */
async function screenOf(columns: number, rows: number): Promise<string> {
  const args = [PROGRAM, 'replay', 'test/fixtures/screens.ndjson', '--speed', 'max', '--no-color'];
  const terminal = open(NODE, args, columns, rows);
  const screen = await terminal.until((text) => text.includes('END OF THE RECORDING'));
  return screen.replace(/[\u2068\u2069]/g, '');
}

it('40x10', async () => {
  expect(await screenOf(40, 10)).toMatchInlineSnapshot(`
    "10.0.0.5  ● live  ○3 ●3 ✓4 ✗2 ⊘0
           Name                   Size  Done
    ────────────────────────────────────────
     ●  ↓  logs.zip           45.8 MiB   14%
     ●  ↓  firmware….3.1.bin  61.0 MiB   86%
     ●  ↑  recordin…3-14.mp4   1.4 GiB   63%
     ○  ↓  \\u202egnp.exe         666 B     -
     ○  ↓  family 👨‍👩‍👧‍👦.png     5.1 MiB     -
    END OF THE RECORDING  2026-03-14 09:04:…
    "
  `);
});

it('60x20', async () => {
  expect(await screenOf(60, 20)).toMatchInlineSnapshot(`
    "10.0.0.5  ● live  ○3 ●3 ✓4 ✗2 ⊘0  7.1 MiB/s
           Name                      Peer             Size  Done
    ────────────────────────────────────────────────────────────
     ●  ↓  logs.zip                  Bob Trembl…  45.8 MiB   14%
     ●  ↓  firmware-4.3.1.bin        Bob Trembl…  61.0 MiB   86%
     ●  ↑  recording-2026-03-14.mp4  Meeting Ro…   1.4 GiB   63%
     ○  ↓  \\u202egnp.exe             820_1           666 B     -
     ○  ↓  family 👨‍👩‍👧‍👦.png           Alice Weber   5.1 MiB     -
     ○  ↑  slides.pptx               conf 4567@…  14.6 MiB     -
    !✗  ↑  contract_signed.pdf       Bob Trembl…   303 KiB     -
     ✓  ↓  تقرير الاجتماع.pdf      Meeting Ro…  88.9 KiB  100%
     ✓  ↑  四半期報告書…終版）.pdf   佐藤 花子     2.0 MiB  100%
     ✓  ↓  Отчёт за пер…6 года.docx  Ольга Петр…   793 KiB  100%
    !✗  ↓  site-photo-0142.jpg       820_1         4.6 MiB   31%
     ✓  ↓  budget 2026 (final).xlsx  Alice Weber   3.2 MiB  100%



    END OF THE RECORDING  2026-03-14 09:04:50 UTC
    "
  `);
});

it('80x24', async () => {
  expect(await screenOf(80, 24)).toMatchInlineSnapshot(`
    "10.0.0.5  ● live  ○3 ●3 ✓4 ✗2 ⊘0  7.1 MiB/s  948 MiB of 1.5 GiB, 1m 21s left
           Name                        Peer              Size  Done     Left   Time▾
    ────────────────────────────────────────────────────────────────────────────────
     ●  ↓  logs.zip                    Bob Tremblay  45.8 MiB   14%  stalled      1m
     ●  ↓  firmware-4.3.1.bin          Bob Tremblay  61.0 MiB   86%       9s      3m
     ●  ↑  recording-2026-03-14.mp4    Meeting Roo…   1.4 GiB   63%   1m 26s      4m
     ○  ↓  \\u202egnp.exe               820_1            666 B     -              20s
     ○  ↓  family 👨‍👩‍👧‍👦.png             Alice Weber    5.1 MiB     -              40s
     ○  ↑  slides.pptx                 conf 4567@s…  14.6 MiB     -               2m
    !✗  ↑  contract_signed.pdf         Bob Tremblay   303 KiB     -            09:04
     ✓  ↓  تقرير الاجتماع.pdf        Meeting Roo…  88.9 KiB  100%            09:03
     ✓  ↑  四半期報告書（最終版）.pdf  佐藤 花子      2.0 MiB  100%            09:02
     ✓  ↓  Отчёт за первы…6 года.docx  Ольга Петро…   793 KiB  100%            09:01
    !✗  ↓  site-photo-0142.jpg         820_1          4.6 MiB   31%            09:00
     ✓  ↓  budget 2026 (final).xlsx    Alice Weber    3.2 MiB  100%            09:00







    END OF THE RECORDING  2026-03-14 09:04:50 UTC                     ? help  q quit
    "
  `);
});

it('120x30', async () => {
  expect(await screenOf(120, 30)).toMatchInlineSnapshot(`
    "10.0.0.5  ● live  ○3 ●3 ✓4 ✗2 ⊘0  7.1 MiB/s  948 MiB of 1.5 GiB, 1m 21s left
     Status           Name                                  Peer                     Size  Done        Rate     Left   Time▾
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
     ● processing  ↓  logs.zip                              Bob Tremblay         45.8 MiB   14%              stalled      1m
     ● processing  ↓  firmware-4.3.1.bin                    Bob Tremblay         61.0 MiB   86%  1000 KiB/s       9s      3m
     ● processing  ↑  recording-2026-03-14.mp4              Meeting Room 7 (2n…   1.4 GiB   63%   6.1 MiB/s   1m 26s      4m
     ○ waiting     ↓  \\u202egnp.exe                         820_1                   666 B     -                          20s
     ○ waiting     ↓  family 👨‍👩‍👧‍👦.png                       Alice Weber           5.1 MiB     -                          40s
     ○ waiting     ↑  slides.pptx                           conf 4567@some.ser…  14.6 MiB     -                           2m
    !✗ failed      ↑  contract_signed.pdf                   Bob Tremblay          303 KiB     -                        09:04
     ✓ complete    ↓  تقرير الاجتماع.pdf                  Meeting Room 7 (2n…  88.9 KiB  100%                        09:03
     ✓ complete    ↑  四半期報告書（最終版）.pdf            佐藤 花子             2.0 MiB  100%                        09:02
     ✓ complete    ↓  Отчёт за первый квар… 2026 года.docx  Ольга Петрова         793 KiB  100%                        09:01
    !✗ failed      ↓  site-photo-0142.jpg                   820_1                 4.6 MiB   31%                        09:00
     ✓ complete    ↓  budget 2026 (final).xlsx              Alice Weber           3.2 MiB  100%                        09:00













    END OF THE RECORDING  2026-03-14 09:04:50 UTC                                                             ? help  q quit
    "
  `);
});

it('200x50', async () => {
  expect(await screenOf(200, 50)).toMatchInlineSnapshot(`
    "10.0.0.5  ● live  ○ 3 waiting  ● 3 processing  ✓ 4 complete  ✗ 2 failed  ⊘ 0 rejected  7.1 MiB/s  948 MiB of 1.5 GiB, 1m 21s left
     Status           Name                                    Peer                            Size                   Done        Rate     Left     Time▾  Path                                  
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
     ● processing  ↓  logs.zip                                Bob Tremblay                45.8 MiB  ██░░░░░░░░░░░░░░  14%              stalled        1m  waiting 5s → processing 1m 25s        
     ● processing  ↓  firmware-4.3.1.bin                      Bob Tremblay                61.0 MiB  █████████████░░░  86%  1000 KiB/s       9s        3m  waiting 6s → processing 3m 44s        
     ● processing  ↑  recording-2026-03-14.mp4                Meeting Room 7 (2nd floor)   1.4 GiB  ██████████░░░░░░  63%   6.1 MiB/s   1m 26s        4m  waiting 3s → processing 4m 35s        
     ○ waiting     ↓  \\u202egnp.exe                           820_1                          666 B                      -                            20s  waiting 20s                           
     ○ waiting     ↓  family 👨‍👩‍👧‍👦.png                         Alice Weber                  5.1 MiB                      -                            40s  waiting 40s                           
     ○ waiting     ↑  slides.pptx                             conf 4567@some.server       14.6 MiB                      -                             2m  waiting 2m 20s                        
    !✗ failed      ↑  contract_signed.pdf                     Bob Tremblay                 303 KiB                      -                       09:04:03  waiting 3s → failed                   
     ✓ complete    ↓  تقرير الاجتماع.pdf                    Meeting Room 7 (2nd floor)  88.9 KiB                   100%                       09:03:49  waiting 8s → processing 1s → complete 
     ✓ complete    ↑  四半期報告書（最終版）.pdf              佐藤 花子                    2.0 MiB                   100%                       09:02:11  waiting 5s → processing 6s → complete 
     ✓ complete    ↓  Отчёт за первый квартал 2026 года.docx  Ольга Петрова                793 KiB                   100%                       09:01:39  waiting 5s → processing 4s → complete 
    !✗ failed      ↓  site-photo-0142.jpg                     820_1                        4.6 MiB                    31%                       09:00:44  waiting 10s → processing 4s → failed  
     ✓ complete    ↓  budget 2026 (final).xlsx                Alice Weber                  3.2 MiB                   100%                       09:00:20  waiting 4s → processing 11s → complete

































    END OF THE RECORDING  2026-03-14 09:04:50 UTC                                                                                                                                             ? help  q quit
    "
  `);
});
