/** Every codec with checks of its own, and how to find its frames in bytes without it. */
import type { FrameLayout } from '../../config/frame-layout.js';
import { readCardText, writeCardText } from '../../drivers/id-card-reader/card-text.js';
import {
  encodeReadData,
  encodeReply,
  type Reply,
  replyDecoder,
} from '../../drivers/id-card-reader/codec.js';
import { frameBytesMax } from '../../drivers/id-card-reader/frame-buffer.js';
import {
  encodeTemperature,
  frameBytes,
  temperatureDecoder,
} from '../../drivers/thermometer/codec.js';
import type { SensorFrame } from '../../drivers/thermometer/frame-hunt.js';
import { configuredDecoder, encodeConfigured } from '../../drivers/thermometer/frames/codec.js';
import {
  encodeSurface,
  surfaceDecoder,
  surfaceFrameBytes,
} from '../../drivers/thermometer/gy-mcu90614/codec.js';
import { type Random, random } from '../../hardware/simulated/random.js';
import { sampleCard } from '../../scripts/simulated-board/people.js';
import type { FuzzedCodec } from './wire-fuzz.js';

/** Runs of noise that every codec may hold beside a frame. */
const runBytesMax = 256;

const temperatureText = (frame: SensorFrame): string =>
  [frame.objectCentidegrees, frame.ambientCentidegrees, frame.bodyCentidegrees].join(' ');
/** Of a frame with an end, where the configuration does not say. */
const endedBytesMax = 64;
const measured = (dice: Random) => ({
  emissivityPercent: 90 + dice.int(10),
  objectCentidegrees: 2_800 + dice.int(1_400),
  ambientCentidegrees: -2_000 + dice.int(5_000),
  bodyCentidegrees: 3_400 + dice.int(800),
});

/** The frames of fixed length in `bytes`: those of which `read` makes something. */
function fixed(
  length: number,
  read: (frame: Buffer) => string | null,
): (bytes: Uint8Array) => ReadonlySet<string> {
  return (bytes) => {
    const found = new Set<string>();
    for (let from = 0; from + length <= bytes.length; from++) {
      const text = read(Buffer.from(bytes.buffer, bytes.byteOffset + from, length));
      if (text !== null) found.add(text);
    }
    return found;
  };
}
const sumHolds = (frame: Buffer): boolean =>
  [...frame.subarray(0, -1)].reduce((sum, byte) => sum + byte, 0) % 256 === frame.at(-1);

const gy614v3: FuzzedCodec<SensorFrame> = {
  name: 'gy-614v3',
  decoder: temperatureDecoder,
  make: (dice) => encodeTemperature(measured(dice)),
  standing: fixed(frameBytes, (frame) =>
    frame.readUIntBE(0, 3) === 0x5a5a45 && sumHolds(frame)
      ? [5, 7, 9].map((at) => frame.readInt16BE(at)).join(' ')
      : null,
  ),
  text: temperatureText,
  heldBytesMax: frameBytes + runBytesMax,
};

const gyMcu90614: FuzzedCodec<SensorFrame> = {
  name: 'gy-mcu90614',
  decoder: surfaceDecoder,
  make: (dice) => encodeSurface(measured(dice)),
  standing: fixed(surfaceFrameBytes, (frame) =>
    frame.readUInt32BE(0) === 0x5a5a4504 && sumHolds(frame)
      ? [frame.readInt16BE(4), frame.readInt16BE(6), ''].join(' ')
      : null,
  ),
  text: temperatureText,
  heldBytesMax: surfaceFrameBytes + runBytesMax,
};

const layout: FrameLayout = {
  header: 'F0 4F',
  length: 12,
  fields: {
    object: { offset: 2, bytes: 2, endian: 'little', centidegreesPerUnit: 1 },
    body: { offset: 4, bytes: 2, endian: 'little', centidegreesPerUnit: 1 },
    ambient: { offset: 6, bytes: 2, endian: 'little', centidegreesPerUnit: 1 },
  },
  checksum: { kind: 'crc16-modbus', from: 2 },
};

/** By its table, as controllers do it; the codec goes bit by bit. */
const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let left = byte;
  for (let bit = 0; bit < 8; bit++) left = left & 1 ? (left >> 1) ^ 0xa001 : left >> 1;
  return left;
});
const crcOf = (bytes: Uint8Array): number =>
  bytes.reduce((crc, byte) => (crc >> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0), 0xffff);

const configured: FuzzedCodec<SensorFrame> = {
  name: 'frames by configuration',
  decoder: () => configuredDecoder(layout),
  make: (dice) => encodeConfigured(layout, measured(dice)),
  standing: fixed(12, (frame) =>
    frame.readUInt16BE(0) === 0xf04f && frame.readUInt16LE(10) === crcOf(frame.subarray(2, 10))
      ? [2, 6, 4].map((at) => frame.readInt16LE(at)).join(' ')
      : null,
  ),
  text: temperatureText,
  heldBytesMax: 12 + runBytesMax,
};

/** The same values in a frame that ends by its last bytes and not by its length. */
const { length: _length, ...unended } = layout;
const endedLayout: FrameLayout = { ...unended, terminator: '0D 0A' };

/** From each header to the first end that leaves room for all fields. */
function endedFramesIn(bytes: Uint8Array): ReadonlySet<string> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = new Set<string>();
  for (let at = all.indexOf('f04f', 0, 'hex'); at >= 0; at = all.indexOf('f04f', at + 1, 'hex')) {
    const endAt = all.indexOf('0d0a', at + 10, 'hex');
    if (endAt < 0 || endAt + 2 - at > endedBytesMax) continue;
    const frame = all.subarray(at, endAt);
    if (frame.readUInt16LE(frame.length - 2) === crcOf(frame.subarray(2, -2)))
      found.add([2, 6, 4].map((from) => frame.readInt16LE(from)).join(' '));
  }
  return found;
}

const ended: FuzzedCodec<SensorFrame> = {
  name: 'frames by configuration, with an end',
  decoder: () => configuredDecoder(endedLayout),
  make: (dice) => encodeConfigured(endedLayout, measured(dice)),
  standing: endedFramesIn,
  text: temperatureText,
  heldBytesMax: endedBytesMax + runBytesMax,
};

const preamble = Buffer.from('aaaaaa9669', 'hex');

/** The cards that stand in whole frames with a right XOR, in either layout. */
function cardsIn(bytes: Uint8Array): ReadonlySet<string> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = new Set<string>();
  for (let at = all.indexOf(preamble); at >= 0; at = all.indexOf(preamble, at + 1)) {
    if (at + 7 > all.length) break;
    const body = all.subarray(at + 5, at + 7 + all.readUInt16BE(at + 5));
    if (body.length !== all.readUInt16BE(at + 5) + 2) continue;
    let xor = 0;
    for (const byte of body) xor ^= byte;
    if (xor !== 0) continue;
    for (const from of [9, 11]) {
      const read = readCardText(body.subarray(from, from + 256));
      if (read.ok) found.add(JSON.stringify(read.card));
    }
  }
  return found;
}

/** Photos and prints are pieces of one noise: drawing each anew is much of the run. */
const noise = random(614).bytes(4_096);
const photoBytes = 1_024;
const pictureOf = (dice: Random, byteCount: number): Uint8Array => {
  const from = dice.int(noise.length - byteCount);
  return noise.subarray(from, from + byteCount);
};

const samV: FuzzedCodec<Reply> = {
  name: 'sam-v',
  decoder: replyDecoder,
  make(dice) {
    const prints = dice.chance(0.3) ? pictureOf(dice, 512 * dice.int(3)) : null;
    const photo = pictureOf(dice, photoBytes);
    const data = encodeReadData(writeCardText(sampleCard(dice)), photo, prints);
    return encodeReply([0, 0, 0x90], data);
  },
  standing: cardsIn,
  text({ body }) {
    if (body.type !== 'card') return null;
    const read = readCardText(body.text);
    return read.ok ? JSON.stringify(read.card) : null;
  },
  heldBytesMax: frameBytesMax + runBytesMax,
};

export const temperatureCodecs = [gy614v3, gyMcu90614, configured, ended] as const;
export const cardCodecs = [samV] as const;
