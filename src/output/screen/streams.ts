/** What the screen writes to: the part of a terminal's `tty.WriteStream` that is used. */
export interface ScreenOutput {
  readonly columns?: number;
  readonly rows?: number;
  /**
   * Gives `false` where nothing more should be written before `drain`.
   * @param done called once the text is written, or never can be
   */
  write(text: string, done?: () => void): boolean;
  on(event: 'resize' | 'drain', listener: () => void): unknown;
  off(event: 'resize' | 'drain', listener: () => void): unknown;
}

/** Where keys come from: the part of a terminal's `tty.ReadStream` that is used. */
export interface ScreenInput {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
  off(event: 'data', listener: (chunk: Uint8Array | string) => void): unknown;
}
