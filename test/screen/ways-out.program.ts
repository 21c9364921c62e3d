import { makeLook } from '../../src/output/look.js';
import { ScreenView } from '../../src/screen/screen.js';

/** A program that does nothing but show a screen; its process id is the Room's name. Run by `ways-out.test.ts`. */
const view = new ScreenView({
  stdout: process.stdout,
  stdin: process.stdin,
  look: makeLook({ color: true, unicode: true }),
  now: Date.now,
  rooms: [`pid ${process.pid};`],
  actions: {
    quit: () => leave(0),
    interrupt: () => leave(130),
    decide: async () => ({ ok: true }),
  },
});
const alive = setInterval(() => {}, 60_000);

process.stdin.on('data', (chunk) => {
  if (String(chunk) === 'T') throw new Error('Thrown on purpose.');
  if (String(chunk) === 'X') process.exit(7);
});

function leave(code: number): void {
  clearInterval(alive);
  process.exitCode = code;
  void view.close();
}
