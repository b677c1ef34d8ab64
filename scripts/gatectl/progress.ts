/** How far long work is: one line that is written over, where somebody looks on. */
import { systemClock } from '../../hardware/linux/clock.js';
import { printable } from './collect-output.js';
import type { Streams } from './command.js';

/** Between two words: a terminal over a slow line. */
const everyMs = 250;
const eraseLine = '\r\u001b[K';

export interface Progress {
  /** @param text without a line end, which may hold what a file names itself; told now and then */
  tell(text: string): void;
  /** Takes the line away. */
  done(): void;
}

/** @returns tells on standard error where that is a terminal, else nothing */
export function startProgress(streams: Streams): Progress {
  const clock = systemClock();
  let toldMs = clock.now().monotonicMs;
  let isShown = false;
  return {
    tell(text) {
      const { monotonicMs } = clock.now();
      if (streams.isErrTerminal !== true || monotonicMs - toldMs < everyMs) return;
      toldMs = monotonicMs;
      isShown = true;
      streams.err(`${eraseLine}${printable(text)}`);
    },
    done() {
      if (isShown) streams.err(eraseLine);
      isShown = false;
    },
  };
}
