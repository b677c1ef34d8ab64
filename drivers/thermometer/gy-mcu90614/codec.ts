/**
 * Frames of the GY-MCU90614 (and MCU90615) infrared thermometer: nine bytes,
 * `5A 5A 45 04 | ToHi ToLo | TaHi TaLo | SUM`, and the commands that it takes. See ../PROTOCOL.md. Pure.
 */
import type { Decoder } from '../../decoder.js';
import { hasSum, withSum, wordAt } from '../codec.js';
import { frameHunt, type SensorFrame } from '../frame-hunt.js';

export const surfaceFrameBytes = 9;
const header = [0x5a, 0x5a, 0x45, 0x04];

/** What it is told: `A5`, a byte, the low byte of their sum. Neither is kept over a power cycle. */
export const surfaceCommands = {
  /** send by yourself from now on */
  continuous: [0xa5, 0x45, 0xea],
  /** send one frame */
  query: [0xa5, 0x15, 0xba],
} as const;

/**
 * The frame's bytes as the sensor sends them, in hundredths of a degree Celsius. Fields are cut to
 * what sixteen bits hold; that they are signed is not confirmed on a device.
 */
export function encodeSurface(
  frame: Pick<SensorFrame, 'objectCentidegrees' | 'ambientCentidegrees'>,
): Uint8Array {
  const words = [frame.objectCentidegrees, frame.ambientCentidegrees];
  return withSum([...header, ...words.flatMap((word) => [(word >> 8) & 0xff, word & 0xff])]);
}

/** Makes a decoder of frames; see `frameHunt` for what it does with the rest. */
export function surfaceDecoder(): Decoder<SensorFrame> {
  return frameHunt({
    header,
    bytesMax: surfaceFrameBytes,
    lengthOf: () => surfaceFrameBytes,
    parse,
  });
}

function parse(bytes: Uint8Array): SensorFrame | null {
  if (!hasSum(bytes)) return null;
  return {
    type: 'frame',
    objectCentidegrees: wordAt(bytes, 4),
    ambientCentidegrees: wordAt(bytes, 6),
    bodyCentidegrees: null,
  };
}
