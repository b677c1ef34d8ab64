/**
 * Frames of the GY-614V3 infrared thermometer: twelve bytes,
 * `5A 5A 45 NN | E | ToHi ToLo | TaHi TaLo | BoHi BoLo | SUM`. See PROTOCOL.md. Pure.
 */
import type { Decoder } from '../decoder.js';
import { checksumOf } from './checksums.js';
import { frameHunt, type SensorFrame } from './frame-hunt.js';

export interface TemperatureFrame extends SensorFrame {
  /** emissivity in hundredths */
  readonly emissivityPercent: number;
  /** from -327.68 to 327.67 degrees, as the others are */
  readonly bodyCentidegrees: number;
}

export const frameBytes = 12;
const header = [0x5a, 0x5a, 0x45];
/** Byte 3 is 07 or 08 by source, so it is written as one of them and read as anything … */
const writtenByte3 = 0x07;
/** … but the older board's: its frames of nine bytes are none of these (`gy-mcu90614/`). */
const otherByte3 = 0x04;

/** The frame's bytes as the sensor sends them. Fields are cut to what sixteen (eight) bits hold. */
export function encodeTemperature(frame: Omit<TemperatureFrame, 'type'>): Uint8Array {
  const words = [frame.objectCentidegrees, frame.ambientCentidegrees, frame.bodyCentidegrees];
  return withSum([
    ...header,
    writtenByte3,
    frame.emissivityPercent & 0xff,
    ...words.flatMap((word) => [(word >> 8) & 0xff, word & 0xff]),
  ]);
}

/** Makes a decoder of frames; see `frameHunt` for what it does with the rest. */
export function temperatureDecoder(): Decoder<TemperatureFrame> {
  return frameHunt({ header, bytesMax: frameBytes, lengthOf: () => frameBytes, parse });
}

/** The bytes with the low byte of their sum behind them. */
export function withSum(bytes: readonly number[]): Uint8Array {
  return Uint8Array.from([...bytes, ...checksumOf('sum8', Uint8Array.from(bytes))]);
}

/** @returns whether the last byte is the low byte of the sum of those before it */
export function hasSum(bytes: Uint8Array): boolean {
  return checksumOf('sum8', bytes.subarray(0, -1))[0] === bytes.at(-1);
}

/** The signed big-endian word at `index`. */
export function wordAt(bytes: Uint8Array, index: number): number {
  return (((bytes[index] ?? 0) << 24) >> 16) | (bytes[index + 1] ?? 0);
}

function parse(bytes: Uint8Array): TemperatureFrame | null {
  if (bytes[3] === otherByte3 || !hasSum(bytes)) return null;
  return {
    type: 'frame',
    emissivityPercent: bytes[4] ?? 0,
    objectCentidegrees: wordAt(bytes, 5),
    ambientCentidegrees: wordAt(bytes, 7),
    bodyCentidegrees: wordAt(bytes, 9),
  };
}
