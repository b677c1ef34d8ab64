/**
 * What every codec's receiving half looks like: bytes in, frames and declared garbage out.
 * The same bytes give the same results however they are split, and memory is bounded. Types only.
 */
import type { DiscardReason } from './reading.js';

/** Bytes that were no frame: a value, counted and never fatal. */
export interface Discarded {
  readonly type: 'discarded';
  readonly why: DiscardReason;
  readonly byteCount: number;
}

export interface Decoder<Frame> {
  /** Takes the next bytes; returns what they complete, in order. Never throws. */
  push(bytes: Uint8Array): (Frame | Discarded)[];
  /** The line fell silent or was cut: what lies half received is finished or given up. */
  end(): (Frame | Discarded)[];
  /** How many bytes are held back for what comes next. */
  readonly heldBytes: number;
}

/** Noise is reported in runs of this many bytes at most, so that an endless run is seen too. */
export const discardRunBytesMax = 256;
