// Draws docs/screen.svg: the live table of the demo, as a terminal emulator shows it after some seconds.
import { writeFile } from 'node:fs/promises';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const COLUMNS = 124;
const ROWS = 22;
const WATCHED_MS = 14_000;
const CELL = { width: 8.4, height: 18 };
const PADDING = 14;
const INK = '#d4d4d4';
const PAPER = '#1e1e1e';
/** The first 16 colours, as a common dark theme has them. */
const PALETTE = [
  '#1e1e1e',
  '#f14c4c',
  '#23d18b',
  '#e5e510',
  '#3b8eea',
  '#d670d6',
  '#29b8db',
  '#e5e5e5',
  '#8a8a8a',
  '#f14c4c',
  '#23d18b',
  '#f5f543',
  '#3b8eea',
  '#d670d6',
  '#29b8db',
  '#ffffff',
];

const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
const program = spawn(process.execPath, ['bin/trueconf-files.js', 'watch', 'demo', '--color', 'always'], {
  cols: COLUMNS,
  rows: ROWS,
  name: 'xterm-256color',
  env: { ...process.env, LANG: 'C.UTF-8', NO_COLOR: '' },
});
program.onData((data) => terminal.write(data));
await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
await new Promise((resolve) => terminal.write('', resolve));
await writeFile('docs/screen.svg', drawSvg(terminal.buffer.active));
program.write('q');

function drawSvg(buffer) {
  const width = COLUMNS * CELL.width + 2 * PADDING;
  const height = ROWS * CELL.height + 2 * PADDING;
  const lines = Array.from({ length: ROWS }, (_, row) => drawLine(buffer.getLine(row), row)).join('');
  return `<svg xml:space="preserve" xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The live table of trueconf-files">
<style>text{font:14px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}</style>
<rect width="100%" height="100%" rx="8" fill="${PAPER}"/>
${lines}</svg>
`;
}

function drawLine(line, row) {
  return runsOf(line)
    .map(({ column, cells, text, isPlain, ink, paper, bold, dim }) => {
      const x = (PADDING + column * CELL.width).toFixed(1);
      const y = PADDING + row * CELL.height;
      const width = (cells * CELL.width).toFixed(1);
      const back =
        paper === null
          ? ''
          : `<rect x="${x}" y="${y}" width="${width}" height="${CELL.height}" fill="${paper}"/>\n`;
      if (text.trim() === '') return back;
      const weight = bold ? ' font-weight="bold"' : '';
      const opacity = dim ? ' opacity="0.6"' : '';
      // Not every viewer keeps spaces at the ends of a text.
      const inner = text.trim();
      const skipped = isPlain ? text.length - text.trimStart().length : 0;
      const start = (PADDING + (column + skipped) * CELL.width).toFixed(1);
      const length = ((isPlain ? inner.length : cells) * CELL.width).toFixed(1);
      return `${back}<text x="${start}" y="${y + 13}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${ink}"${weight}${opacity}>${escapeXml(inner)}</text>\n`;
    })
    .join('');
}

/** Neighbouring cells that look alike, with wide characters and everything not ASCII in runs of their own. */
function runsOf(line) {
  const runs = [];
  for (let column = 0; column < COLUMNS; column++) {
    const cell = line.getCell(column);
    if (cell.getWidth() === 0) continue;
    const look = lookOf(cell);
    const text = cell.getChars() || ' ';
    const last = runs.at(-1);
    // Letters, lines and blocks, which every monospaced font draws one cell wide.
    const isPlain = /^[\x20-\x7e\u2500-\u25ff]$/.test(text);
    if (last?.isPlain && isPlain && last.key === look.key) {
      last.text += text;
      last.cells++;
    } else runs.push({ ...look, column, cells: cell.getWidth(), text, isPlain });
  }
  return runs;
}

function lookOf(cell) {
  const color = (isPalette, index, other) => (isPalette ? (PALETTE[index] ?? cubeColor(index)) : other);
  const ink = color(cell.isFgPalette(), cell.getFgColor(), INK);
  const paper = color(cell.isBgPalette(), cell.getBgColor(), null);
  const isInverse = cell.isInverse() !== 0;
  const look = {
    ink: isInverse ? (paper ?? PAPER) : ink,
    paper: isInverse ? ink : paper,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
  };
  return { ...look, key: JSON.stringify(look) };
}

/** A colour of the cube of 216, or one of the greys after it, as every terminal has them. */
function cubeColor(index) {
  const levels = [0, 95, 135, 175, 215, 255];
  const parts =
    index >= 232
      ? Array(3).fill(8 + 10 * (index - 232))
      : [36, 6, 1].map((part) => levels[Math.floor((index - 16) / part) % 6]);
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function escapeXml(text) {
  return text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]);
}
