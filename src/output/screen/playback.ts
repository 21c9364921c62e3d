import { isoTime } from '../record.js';
import type { Look } from './look.js';
import type { Piece } from './piece.js';

/** How a recording is being played: so many times as fast as it happened, or as fast as it can be shown. */
export interface Playback {
  readonly state: 'playing' | 'paused' | 'ended';
  readonly speed: number | 'max';
}

/** Where in the recording we are, and what goes on: `Playing 10x, 2022-07-31 16:17:03 UTC`. */
export function playbackPieces({ state, speed }: Playback, now: number, { style }: Look): Piece[] {
  const time = `${isoTime(now).slice(0, 'YYYY-MM-DDThh:mm:ss'.length).replace('T', ' ')} UTC`;
  switch (state) {
    case 'playing':
      return [{ text: `Playing ${speed === 'max' ? 'at full speed' : `${speed}x`}, ${time}` }];
    case 'paused':
      return [{ text: 'PAUSED, Space plays on, Right steps', paint: style.alarm }, { text: `  ${time}` }];
    case 'ended':
      return [{ text: 'END OF THE RECORDING', paint: style.alarm }, { text: `  ${time}` }];
  }
}
