/**
 * Whether it is a scanner that speaks on a scanner's line. A scanner is silent until somebody shows it a
 * code, so silence proves nothing and neither does one odd code; frames of another device, or line after
 * line that is no text, do. Pure.
 */
import { foreignDetector } from '../foreign.js';

/** `wrong-device`: another device's frames come; `garbled`: what comes is no text (speed, wires). */
export type LineFault = 'wrong-device' | 'garbled';

/** People show codes of all sorts, but not so many in a row that hold no text. */
const garbledLinesMin = 5;
/** Characters of a line that is believed to be a code's; noise makes shorter ones by accident. */
const provingLength = 8;
/** What no code of text has: controls, halves of pairs, and what bytes that are no UTF-8 become. */
const unreadable = /[\p{Cc}\p{Cs}\uFFFD-\uFFFF]/u;

export interface LineDoubt {
  readonly fault: LineFault | null;
  /** Takes what comes, before it is made lines of. */
  heard(bytes: Uint8Array): void;
  /**
   * Takes a line; returns whether it is to be told as a scan: while there is a fault only a text is,
   * and with it the fault is over.
   */
  line(text: string): boolean;
  /** So much came without an end that it was given up. */
  overlong(): void;
  /** The scanner has spoken otherwise, or the connection is a new one. */
  reset(): void;
}

/** Makes the doubt of one connection, without any. */
export function lineDoubt(): LineDoubt {
  const strangers = foreignDetector(['scanner']);
  let fault: LineFault | null = null;
  let garbledLines = 0;

  const reset = (): void => {
    fault = null;
    garbledLines = 0;
    strangers.reset();
  };
  const garbled = (): void => {
    garbledLines += 1;
    if (garbledLines >= garbledLinesMin) fault ??= 'garbled';
  };
  return {
    get fault() {
      return fault;
    },
    heard(bytes) {
      if (strangers.push(bytes)) fault = 'wrong-device';
    },
    line(text) {
      if (unreadable.test(text)) garbled();
      else if (text.length >= provingLength) reset();
      return fault === null;
    },
    overlong: garbled,
    reset,
  };
}
