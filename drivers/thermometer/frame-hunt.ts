/**
 * Hunts for a thermometer's frames in a byte stream: header, length, check. What is none is a value,
 * and the search goes on from the next byte. Pure.
 */
import { type Decoder, type Discarded, discardRunBytesMax } from '../decoder.js';
import type { DiscardReason } from '../reading.js';
import { receiveBuffer } from '../receive-buffer.js';

/** One measurement as the sensor sent it, in hundredths of a degree Celsius. */
export interface SensorFrame {
  readonly type: 'frame';
  readonly objectCentidegrees: number;
  readonly ambientCentidegrees: number;
  /** the sensor's own estimate; null where it makes none */
  readonly bodyCentidegrees: number | null;
}

/** The byte at `index` from the front; undefined where none has come yet. */
export type ByteAt = (index: number) => number | undefined;

export interface FrameShape<Frame> {
  readonly header: readonly number[];
  /** longest frame; the buffer holds no more */
  readonly bytesMax: number;
  /**
   * The length of the frame whose header stands at the front.
   * @returns `more` as long as it cannot be told, `bad` if it will be longer than `bytesMax`
   */
  lengthOf(at: ByteAt, heldBytes: number): number | 'more' | 'bad';
  /** Takes a whole frame; null where its check is wrong or its values are none. */
  parse(frame: Uint8Array): Frame | null;
}

/**
 * Makes a decoder. Bytes before a header are `noise`; a frame with a wrong check (`checksum`) or no
 * end (`length`) gives up its first byte only and is searched again from the second, so that a true
 * frame behind a false header is not lost; what that search passes over is reported with it. `end`
 * gives up as `incomplete` what waits for bytes that will not come.
 */
export function frameHunt<Frame>(shape: FrameShape<Frame>): Decoder<Frame> {
  const { header, bytesMax } = shape;
  const held = receiveBuffer(bytesMax);
  let runWhy: DiscardReason = 'noise';
  let runBytes = 0;
  type Results = (Frame | Discarded)[];

  const flushRun = (results: Results): void => {
    if (runBytes > 0) results.push({ type: 'discarded', why: runWhy, byteCount: runBytes });
    runBytes = 0;
    runWhy = 'noise';
  };
  const giveUpByte = (why: DiscardReason | null, results: Results): void => {
    if (why !== null) {
      flushRun(results);
      runWhy = why;
    }
    held.take(1);
    if (++runBytes === discardRunBytesMax) flushRun(results);
  };
  /** Whether what is there so far may be the beginning of a frame. */
  const mayBegin = (): boolean => {
    const count = Math.min(header.length, held.length);
    for (let index = 0; index < count; index++) if (held.at(index) !== header[index]) return false;
    return true;
  };

  const examine = (results: Results): void => {
    while (held.length > 0) {
      if (!mayBegin()) {
        giveUpByte(null, results);
        continue;
      }
      const length = held.length < header.length ? 'more' : shape.lengthOf(held.at, held.length);
      if (length === 'bad') {
        giveUpByte('length', results);
        continue;
      }
      if (length === 'more' || held.length < length) return;
      const bytes = Uint8Array.from({ length }, (_, index) => held.at(index) ?? 0);
      const frame = shape.parse(bytes);
      if (frame === null) {
        giveUpByte('checksum', results);
        continue;
      }
      flushRun(results);
      held.take(length);
      results.push(frame);
    }
  };

  return {
    push(bytes) {
      const results: Results = [];
      for (const byte of bytes) {
        held.push(byte);
        examine(results);
      }
      return results;
    },
    end() {
      const results: Results = [];
      flushRun(results);
      while (held.length > 0) {
        giveUpByte('incomplete', results);
        examine(results);
      }
      flushRun(results);
      return results;
    },
    get heldBytes() {
      return held.length + runBytes;
    },
  };
}
