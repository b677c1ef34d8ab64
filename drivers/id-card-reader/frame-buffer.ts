/**
 * Hunts for SAM_V frames in a byte stream: preamble, length, XOR. What is not one is a value, and
 * the search goes on from the next byte. Pure; what has been read or given up is wiped at once.
 */
import { type Decoder, type Discarded, discardRunBytesMax } from '../decoder.js';
import type { DiscardReason } from '../reading.js';

export const preamble = [0xaa, 0xaa, 0xaa, 0x96, 0x69] as const;

/** The largest body known is 2,314 bytes (fingerprints); what claims more than this is noise. */
export const lengthMax = 4_096;
const headBytes = preamble.length + 2;
export const frameBytesMax = headBytes + lengthMax;

export interface FrameBufferOptions<Frame> {
  /** smallest length that a frame may claim */
  readonly lengthMin: number;
  /** bytes that count as a frame although their length is wrong; they begin with the preamble */
  readonly literal: readonly number[] | null;
  /** Takes a whole frame that is lent for the call. */
  readonly parse: (frame: Uint8Array) => Frame;
}

/**
 * Makes a decoder. Bytes before a preamble are `noise`; a preamble with an impossible length
 * (`length`) or a wrong XOR (`checksum`) gives up one byte, and what the search passes over behind
 * it is reported with it. `end` gives up as `incomplete` what waits for bytes that will not come,
 * and finds what stood whole behind it.
 */
export function frameBuffer<Frame>(options: FrameBufferOptions<Frame>): Decoder<Frame> {
  const { lengthMin, literal, parse } = options;
  // Twice a frame: the rest of it moves to the front only when the back is reached.
  const bytes = new Uint8Array(2 * frameBytesMax);
  let from = 0;
  let to = 0;
  let runWhy: DiscardReason = 'noise';
  let runBytes = 0;
  type Results = (Frame | Discarded)[];

  const flushRun = (results: Results): void => {
    if (runBytes > 0) results.push({ type: 'discarded', why: runWhy, byteCount: runBytes });
    runBytes = 0;
    runWhy = 'noise';
  };
  const beginRun = (why: DiscardReason, results: Results): void => {
    flushRun(results);
    runWhy = why;
  };
  const dropByte = (results: Results): void => {
    bytes[from++] = 0;
    if (++runBytes === discardRunBytesMax) flushRun(results);
  };
  const takeFrame = (byteCount: number, results: Results): void => {
    flushRun(results);
    const whole = bytes.subarray(from, from + byteCount);
    results.push(parse(whole));
    whole.fill(0);
    from += byteCount;
  };

  /** Takes what is whole and drops what is none, until nothing more can be said without more. */
  const examine = (results: Results): void => {
    while (from < to) {
      const held = to - from;
      // Most garbage shows in its first byte.
      if (bytes[from] !== preamble[0] || !begins(preamble, bytes, from, held)) {
        dropByte(results);
        continue;
      }
      if (held < headBytes) return;
      if (literal !== null && begins(literal, bytes, from, held)) {
        if (held < literal.length) return;
        takeFrame(literal.length, results);
        continue;
      }
      const length = ((bytes[from + 5] ?? 0) << 8) | (bytes[from + 6] ?? 0);
      if (length < lengthMin || length > lengthMax) {
        beginRun('length', results);
        dropByte(results);
      } else if (held < headBytes + length) {
        return;
      } else if (xorOf(bytes, from + preamble.length, from + headBytes + length) === 0) {
        takeFrame(headBytes + length, results);
      } else {
        beginRun('checksum', results);
        dropByte(results);
      }
    }
  };

  const append = (chunk: Uint8Array): void => {
    if (to + chunk.length > bytes.length) {
      bytes.copyWithin(0, from, to);
      bytes.fill(0, to - from);
      to -= from;
      from = 0;
    }
    bytes.set(chunk, to);
    to += chunk.length;
  };

  return {
    push(pushed) {
      const results: Results = [];
      for (let done = 0; done < pushed.length; done += frameBytesMax) {
        append(pushed.subarray(done, done + frameBytesMax));
        examine(results);
      }
      return results;
    },
    end() {
      const results: Results = [];
      while (from < to) {
        beginRun('incomplete', results);
        dropByte(results);
        examine(results);
      }
      flushRun(results);
      return results;
    },
    get heldBytes() {
      return to - from + runBytes;
    },
  };
}

/** Whether what is there so far may be the beginning of `expected`. */
function begins(
  expected: readonly number[],
  bytes: Uint8Array,
  from: number,
  held: number,
): boolean {
  const count = Math.min(expected.length, held);
  for (let index = 0; index < count; index++)
    if (bytes[from + index] !== expected[index]) return false;
  return true;
}

/** XOR over a range that includes the check byte: 0 where it is right. */
function xorOf(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum ^= bytes[index] ?? 0;
  return sum;
}
