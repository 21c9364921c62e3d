import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../faults.js';
import { type Keep, Keeper } from './keeper.js';
import { createFile, LineFile, type LineFileHandlers, type LineWriter } from './line-file.js';
import type { NamePattern } from './names.js';
import type { Parts } from './recorder.js';

export interface SeriesOptions {
  readonly pattern: NamePattern;
  /** Size after which a part ends; `null` for any. */
  readonly maxBytes: number | null;
  /** Which parts stay; `null` for all. */
  readonly keep: Keep | null;
  /** Whether closed parts are packed with gzip. */
  readonly packs: boolean;
}

export interface SeriesHandlers {
  /** For one part: what to call when its disk is slower than what comes. */
  gate(): Pick<LineFileHandlers, 'onFull' | 'onDrain'>;
  /** A part can't be written any more. */
  onLost(path: string, error: unknown): void;
  /** A part can't be made, packed or deleted: what, as a sentence without its end. */
  onFault(what: string, error: unknown): void;
}

/** A recording in several files, which follow the clock and a size. */
export class Series implements Parts {
  /** Of the part that is written now. */
  path = '';
  count = 0;
  readonly #options: SeriesOptions;
  readonly #handlers: SeriesHandlers;
  readonly #keeper: Keeper;
  #file: LineFile | null = null;
  /** The name of the part that is written now, without its number. */
  #name = '';
  #nth = 0;

  constructor(options: SeriesOptions, handlers: SeriesHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#keeper = new Keeper(options, handlers.onFault);
  }

  isDue(at: number, { held, own }: { readonly held: number; readonly own: number }): boolean {
    const { pattern, maxBytes } = this.#options;
    if (pattern.hasCodes && pattern.at(at) !== this.#name) return true;
    // A part that begins with a long list of what is there would else be full from the start.
    return maxBytes !== null && held + own >= maxBytes && own >= held;
  }

  begin(at: number): LineWriter {
    const { path, file } = this.#create(at);
    const { gate, onLost } = this.#handlers;
    if (this.#file !== null) this.#keeper.close(this.#file, this.path);
    this.#keeper.begin(path, at);
    this.path = path;
    this.count++;
    const writer = new LineFile(file, { ...gate(), onFault: (error) => onLost(path, error) });
    this.#file = writer;
    return writer;
  }

  onFault(error: unknown): void {
    this.#handlers.onFault("The next part of the recording can't be made", error);
  }

  /**
   * Packs what is not yet packed, once the last part was closed, if that does not take too long.
   * @returns the path of the last part
   */
  finish(): Promise<string> {
    return this.#keeper.finish(this.path);
  }

  /** The first free name; none is ever taken that another recording has, packed or not. */
  #create(at: number) {
    const { pattern } = this.#options;
    const name = pattern.at(at);
    if (name !== this.#name) this.#nth = 0;
    this.#name = name;
    mkdirSync(dirname(name), { recursive: true });
    for (;;) {
      const path = pattern.numbered(name, ++this.#nth);
      if (existsSync(path) || existsSync(`${path}.gz`)) continue;
      try {
        return { path, file: createFile(path) };
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
  }
}
