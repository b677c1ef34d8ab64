/**
 * Frames of the GY-614V3 infrared thermometer: twelve bytes,
 * `5A 5A 45 NN | E | ToHi ToLo | TaHi TaLo | BoHi BoLo | SUM`. See PROTOCOL.md. Pure.
 */
import { type Decoder, type Discarded, discardRunBytesMax } from '../decoder.js';
import type { DiscardReason } from '../reading.js';
import { receiveBuffer } from '../receive-buffer.js';

export interface TemperatureFrame {
  readonly type: 'frame';
  /** emissivity in hundredths */
  readonly emissivityPercent: number;
  /** hundredths of a degree Celsius, each from -327.68 to 327.67 degrees */
  readonly objectCentidegrees: number;
  readonly ambientCentidegrees: number;
  readonly bodyCentidegrees: number;
}

export const frameBytes = 12;
const header = [0x5a, 0x5a, 0x45];
/** Byte 3 is 07 or 08 by source, so it is written as one of them and read as anything. */
const writtenByte3 = 0x07;

/** The frame's bytes as the sensor sends them. Fields are cut to what sixteen (eight) bits hold. */
export function encodeTemperature(frame: Omit<TemperatureFrame, 'type'>): Uint8Array {
  const words = [frame.objectCentidegrees, frame.ambientCentidegrees, frame.bodyCentidegrees];
  const bytes = [
    ...header,
    writtenByte3,
    frame.emissivityPercent & 0xff,
    ...words.flatMap((word) => [(word >> 8) & 0xff, word & 0xff]),
  ];
  return Uint8Array.from([...bytes, sumOf(bytes)]);
}

/**
 * Makes a decoder of frames. Bytes before a header are `noise`; a frame with a wrong sum gives up
 * its first byte only and is searched again from the second, so that a true frame behind a false
 * header is not lost; what that search passes over is reported with it as `checksum`.
 */
export function temperatureDecoder(): Decoder<TemperatureFrame> {
  const held = receiveBuffer(frameBytes);
  let runWhy: DiscardReason = 'noise';
  let runBytes = 0;

  const flushRun = (results: (TemperatureFrame | Discarded)[]): void => {
    if (runBytes > 0) results.push({ type: 'discarded', why: runWhy, byteCount: runBytes });
    runBytes = 0;
    runWhy = 'noise';
  };
  const dropByte = (results: (TemperatureFrame | Discarded)[]): void => {
    held.take(1);
    if (++runBytes === discardRunBytesMax) flushRun(results);
  };

  const examine = (results: (TemperatureFrame | Discarded)[]): void => {
    while (held.length > 0) {
      if (!startsLikeHeader(held.at)) {
        dropByte(results);
        continue;
      }
      if (!held.isFull) return;
      const frame = parse(held.at);
      if (frame !== null) {
        flushRun(results);
        held.clear();
        results.push(frame);
        return;
      }
      flushRun(results);
      runWhy = 'checksum';
      dropByte(results);
    }
  };

  return {
    push(bytes) {
      const results: (TemperatureFrame | Discarded)[] = [];
      for (const byte of bytes) {
        held.push(byte);
        examine(results);
      }
      return results;
    },
    end() {
      const results: (TemperatureFrame | Discarded)[] = [];
      flushRun(results);
      if (held.length > 0)
        results.push({ type: 'discarded', why: 'incomplete', byteCount: held.length });
      held.clear();
      return results;
    },
    get heldBytes() {
      return held.length + runBytes;
    },
  };
}

type ByteAt = (index: number) => number | undefined;

/** Whether what is there so far may be the beginning of a frame. */
function startsLikeHeader(at: ByteAt): boolean {
  return header.every((byte, index) => at(index) === byte || at(index) === undefined);
}

/** The frame in twelve bytes whose header is right, or null where the sum is wrong. */
function parse(at: ByteAt): TemperatureFrame | null {
  const bytes = Array.from({ length: frameBytes }, (_, index) => at(index) ?? 0);
  if (sumOf(bytes.slice(0, -1)) !== bytes.at(-1)) return null;
  const word = (index: number): number =>
    (((bytes[index] ?? 0) << 24) >> 16) | (bytes[index + 1] ?? 0);
  return {
    type: 'frame',
    emissivityPercent: bytes[4] ?? 0,
    objectCentidegrees: word(5),
    ambientCentidegrees: word(7),
    bodyCentidegrees: word(9),
  };
}

/** The low byte of the sum. */
function sumOf(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);
}
