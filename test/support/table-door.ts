import type { Notice } from '../../src/monitor/monitor.js';
import { applyNotice, type Model, type Size } from '../../src/screen/model.js';
import { type Effect, pressKey } from '../../src/screen/update.js';
import { prepare, reachOf, view } from '../../src/screen/view.js';
import type { Input, KeyName } from '../../src/terminal/input.js';
import { NOW } from '../screen/sample.js';
import { PLAIN, plainLine, ROOM } from '../screen/sample-model.js';

/** The table as a person has it: keys in, the screen's text out. */
export class TableDoor {
  readonly effects: Effect[] = [];
  readonly #size: Size;
  #model: Model;
  #now = NOW;

  constructor(model: Model, size: Size = { width: 100, height: 15 }) {
    this.#size = size;
    this.#model = prepare(model, size, NOW, PLAIN);
  }

  /** Presses keys, as `j`, `/` or `<enter>`, and gives the screen after them. */
  press(...keys: readonly string[]): string {
    for (const pressed of keys) {
      const reach = reachOf(this.#model, this.#size, this.#now, PLAIN);
      const { model, effect } = pressKey(this.#model, inputOf(pressed), reach, this.#now);
      if (effect !== null) this.effects.push(effect);
      this.#model = prepare(model, this.#size, this.#now, PLAIN);
    }
    return this.screen();
  }

  /** Types text in a search. */
  search(text: string): string {
    return this.press('/', ...text, '<enter>');
  }

  /** What a Room reports while it is open. */
  show(...notices: readonly Notice[]): string {
    for (const notice of notices) this.#model = applyNotice(this.#model, notice, ROOM);
    this.#model = prepare(this.#model, this.#size, this.#now, PLAIN);
    return this.screen();
  }

  wait(ms: number): string {
    this.#now += ms;
    this.#model = prepare(this.#model, this.#size, this.#now, PLAIN);
    return this.screen();
  }

  screen(): string {
    return view(this.#model, this.#size, this.#now, PLAIN).map(plainLine).join('\n');
  }

  /** The file names of the rows, from the top. */
  names(): string[] {
    return this.screen()
      .split('\n')
      .flatMap((line) => /^.\S[ \w]*? {2}[↓↑?] {2}(\S+)/.exec(line)?.[1] ?? []);
  }

  /** The line of the selected row. */
  selected(): string | undefined {
    return this.screen()
      .split('\n')
      .find((line) => line.startsWith('▸'));
  }
}

const NAMED: Readonly<Record<string, KeyName>> = {
  '<enter>': 'enter',
  '<esc>': 'escape',
  '<backspace>': 'backspace',
  '<left>': 'left',
  '<right>': 'right',
};

function inputOf(pressed: string): Input {
  const name = NAMED[pressed];
  return name === undefined ? { kind: 'text', text: pressed } : { kind: 'key', key: name };
}
