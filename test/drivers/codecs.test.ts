/** The promises that every codec keeps, whatever the bytes and however they are split. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FrameLayout } from '../../config/frame-layout.js';
import type { Decoder, Discarded } from '../../drivers/decoder.js';
import { writeCardText } from '../../drivers/id-card-reader/card-text.js';
import {
  encodeReadData,
  encodeReply,
  type Reply,
  replyDecoder,
} from '../../drivers/id-card-reader/codec.js';
import { frameBytesMax } from '../../drivers/id-card-reader/frame-buffer.js';
import { lineBytesMax, type Scan, scanDecoder } from '../../drivers/qr-scanner/codec.js';
import {
  encodeZoneReply,
  gm65Decoder,
  type ZoneReply,
} from '../../drivers/qr-scanner/gm65/codec.js';
import { type ScannerFraming, scannerTwin } from '../../drivers/qr-scanner/twin.js';
import {
  encodeTemperature,
  frameBytes,
  type TemperatureFrame,
  temperatureDecoder,
} from '../../drivers/thermometer/codec.js';
import type { SensorFrame } from '../../drivers/thermometer/frame-hunt.js';
import { configuredDecoder, encodeConfigured } from '../../drivers/thermometer/frames/codec.js';
import {
  encodeSurface,
  surfaceDecoder,
  surfaceFrameBytes,
} from '../../drivers/thermometer/gy-mcu90614/codec.js';
import { random } from '../../hardware/simulated/random.js';
import { sampleCard } from '../../scripts/simulated-board/people.js';

type Frame = Scan | ZoneReply | TemperatureFrame | SensorFrame | Reply;
interface CodecUnderTest {
  readonly name: string;
  readonly decoder: () => Decoder<Frame>;
  /** bytes of one frame as the device sends it, with what must come out of it */
  readonly frame: fc.Arbitrary<{ bytes: Uint8Array; frame: Frame }>;
  /** of each frame, where all are alike and do not say it themselves */
  readonly frameBytes?: number;
  /** most bytes it may hold back */
  readonly heldBytesMax: number;
}

/** What the scanner itself uses to frame a line cannot stand in one. */
const framingCharacters = new Set(['\u0002', '\u0003', '\n', '\r']);
const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 300 })
  .filter((candidate) => ![...candidate].some((character) => framingCharacters.has(character)));
const framing = fc.constantFrom<ScannerFraming>('cr', 'lf', 'crlf', 'stx-etx');
const centidegrees = fc.integer({ min: -32_768, max: 32_767 });
const measured = fc.integer({ min: -32_767, max: 32_767 });

/** A head that is known by its configuration: nothing in its frames can be taken for their end. */
const layout: FrameLayout = {
  header: 'F0 4F',
  terminator: 'EF EE',
  lengthMax: 20,
  fields: {
    object: { offset: 3, bytes: 2, endian: 'little', centidegreesPerUnit: 1 },
    body: { offset: 5, bytes: 2, centidegreesPerUnit: 1 },
    ambient: { offset: 8, bytes: 4, centidegreesPerUnit: 1, zeroCentidegrees: -27_315 },
  },
  checksum: { kind: 'crc16-modbus', from: 2 },
};
const layoutBytes = 16;

/** Replies as a module sends them: short ones of any status, and readings of both layouts. */
const shortReply = fc.record({ sw1: fc.nat(0xff), sw2: fc.nat(0xff) }).chain(({ sw1, sw2 }) =>
  fc
    .constantFrom<[number, Reply['status'], number, Reply['body']]>(
      [0x90, 'ok', 0, { type: 'empty' }],
      [0x9f, 'found', 4, { type: 'found' }],
      [0x90, 'ok', 8, { type: 'selected' }],
      [0x80, 'no-card', 0, { type: 'empty' }],
      [0x41, 'read-failed', 0, { type: 'empty' }],
      [0x77, 'unknown', 0, { type: 'empty' }],
      [0x90, 'ok', 70, { type: 'other' }],
    )
    .map(([sw3, status, dataBytes, body]) => {
      const bytes = encodeReply([sw1, sw2, sw3], new Uint8Array(dataBytes));
      const sw = [sw1, sw2, sw3] as const;
      return {
        bytes,
        frame: { type: 'reply' as const, status, sw, body, byteCount: bytes.length },
      };
    }),
);
const reading = fc.tuple(fc.nat(), fc.constantFrom(null, 0, 1, 2)).map(([seed, prints]) => {
  const dice = random(seed);
  const cardText = writeCardText(sampleCard(dice));
  const fingerprints = prints === null ? null : dice.bytes(prints * 512);
  const data = encodeReadData(cardText, dice.bytes(1_024), fingerprints);
  const bytes = encodeReply([0, 0, 0x90], data);
  const read = prints === null ? ('30 01' as const) : ('30 10' as const);
  const body = { type: 'card' as const, read, text: cardText };
  const sw = [0, 0, 0x90] as const;
  const frame = { type: 'reply' as const, status: 'ok' as const, sw, body };
  return { bytes, frame: { ...frame, byteCount: bytes.length } };
});

const codecs: CodecUnderTest[] = [
  {
    name: 'qr-scanner',
    decoder: scanDecoder,
    frame: fc.tuple(text, framing).map(([scanned, style]) => ({
      bytes: scannerTwin(style).scan(scanned),
      frame: { type: 'scan', text: scanned },
    })),
    heldBytesMax: 65_536 + lineBytesMax,
  },
  {
    name: 'thermometer',
    decoder: temperatureDecoder,
    frame: fc
      .record({
        emissivityPercent: fc.integer({ min: 0, max: 255 }),
        objectCentidegrees: centidegrees,
        ambientCentidegrees: centidegrees,
        bodyCentidegrees: centidegrees,
      })
      .map((fields) => ({
        bytes: encodeTemperature(fields),
        frame: { type: 'frame', ...fields },
      })),
    heldBytesMax: frameBytes + 256,
    frameBytes,
  },
  {
    name: 'id-card-reader',
    decoder: replyDecoder,
    frame: fc.oneof({ weight: 3, arbitrary: shortReply }, { weight: 1, arbitrary: reading }),
    heldBytesMax: frameBytesMax + 256,
  },
  {
    name: 'thermometer gy-mcu90614',
    decoder: surfaceDecoder,
    frame: fc
      .record({ objectCentidegrees: centidegrees, ambientCentidegrees: centidegrees })
      .map((fields) => ({
        bytes: encodeSurface(fields),
        frame: { type: 'frame', ...fields, bodyCentidegrees: null },
      })),
    heldBytesMax: surfaceFrameBytes + 256,
    frameBytes: surfaceFrameBytes,
  },
  {
    name: 'thermometer by configuration',
    decoder: () => configuredDecoder(layout),
    frame: fc
      .record({
        objectCentidegrees: measured,
        ambientCentidegrees: measured,
        bodyCentidegrees: measured,
      })
      .map((fields) => ({
        bytes: encodeConfigured(layout, fields),
        frame: { type: 'frame', ...fields },
      })),
    heldBytesMax: 20 + 256,
    frameBytes: layoutBytes,
  },
];

/** Lines like the scanner's, and replies between them. */
const gm65: CodecUnderTest = {
  name: 'qr-scanner gm65',
  decoder: gm65Decoder,
  frame: fc.oneof(
    text.map((scanned) => ({
      bytes: scannerTwin('cr').scan(scanned),
      frame: { type: 'scan' as const, text: scanned },
    })),
    fc
      .tuple(fc.nat(0xff), fc.array(fc.nat(0xff), { minLength: 1, maxLength: 16 }))
      .map(([status, data]) => ({
        bytes: encodeZoneReply(status, data),
        frame: { type: 'zone-reply' as const, status, data: Uint8Array.from(data) },
      })),
  ),
  heldBytesMax: 65_536 + lineBytesMax + 22,
};

type Result = Frame | Discarded;

function decode(codec: CodecUnderTest, chunks: readonly Uint8Array[]): Result[] {
  const decoder = codec.decoder();
  const results: Result[] = [];
  let heldBytes = 0;
  for (const chunk of chunks) {
    results.push(...decoder.push(chunk));
    // Not an expectation for each of thousands of chunks: those take longer than the decoding.
    heldBytes = Math.max(heldBytes, decoder.heldBytes);
  }
  expect(heldBytes).toBeLessThanOrEqual(codec.heldBytesMax);
  results.push(...decoder.end());
  expect(decoder.heldBytes).toBe(0);
  return results;
}

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const bytewise = (bytes: Uint8Array): Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte));
function split(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let from = 0;
  for (const length of lengths) {
    chunks.push(bytes.subarray(from, from + length));
    from += length;
  }
  return [...chunks, bytes.subarray(from)];
}

/** Frames with what a bad cable does to them: noise between, doubled, cut, a byte changed. */
const traffic = (codec: CodecUnderTest): fc.Arbitrary<Uint8Array> =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: codec.frame.map(({ bytes }) => bytes) },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
        {
          weight: 1,
          arbitrary: fc
            .tuple(codec.frame, fc.nat(), fc.integer({ min: 1, max: 255 }))
            .map(([{ bytes }, at, change]) =>
              bytes.map((byte, index) => (index === at % bytes.length ? byte ^ change : byte)),
            ),
        },
        {
          weight: 1,
          arbitrary: fc
            .tuple(codec.frame, fc.nat())
            .map(([{ bytes }, length]) => bytes.subarray(0, length % bytes.length)),
        },
        { weight: 1, arbitrary: codec.frame.map(({ bytes }) => joined([bytes, bytes])) },
      ),
      { maxLength: 12 },
    )
    .map(joined);

describe.each([...codecs, gm65])('$name', (codec) => {
  test('frames come out as they went in, in order, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(codec.frame, { maxLength: 20 }), (frames) => {
        const results = decode(codec, [joined(frames.map(({ bytes }) => bytes))]);
        expect(results).toEqual(frames.map(({ frame }) => frame));
      }),
    );
  });

  test('whole, byte by byte and split at random give the same, whatever is on the line', () => {
    const lengths = fc.array(fc.nat({ max: 30 }), { maxLength: 40 });
    fc.assert(
      fc.property(traffic(codec), lengths, (bytes, sizes) => {
        const whole = decode(codec, [bytes]);
        expect(decode(codec, bytewise(bytes))).toEqual(whole);
        expect(decode(codec, split(bytes, sizes))).toEqual(whole);
      }),
    );
  });

  test('any bytes at all give frames and declared garbage, never an error', () => {
    const declared = ['noise', 'checksum', 'length', 'incomplete', 'oversized'];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        for (const result of decode(codec, [bytes]))
          if (result.type === 'discarded') {
            expect(declared).toContain(result.why);
            expect(result.byteCount).toBeGreaterThan(0);
          }
      }),
    );
  });

  test('memory stays bounded however long the garbage is', () => {
    for (const byte of [0x00, 0x41, 0x5a, 0xff]) {
      const decoder = codec.decoder();
      const chunk = new Uint8Array(4_000).fill(byte);
      for (let round = 0; round < 100; round++) {
        decoder.push(chunk);
        expect(decoder.heldBytes).toBeLessThanOrEqual(codec.heldBytesMax);
      }
    }
  });

  test('after any garbage and a pause, the next frame is understood', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), codec.frame, (garbage, { bytes, frame }) => {
        const decoder = codec.decoder();
        decoder.push(garbage);
        decoder.end();
        expect(decoder.push(bytes)).toEqual([frame]);
      }),
    );
  });
});

describe.each(codecs.slice(1))('$name, whose frames have lengths', (codec) => {
  test('every byte is accounted for: in a frame or discarded', () => {
    fc.assert(
      fc.property(traffic(codec), (bytes) => {
        const results = decode(codec, [bytes]);
        const counted = results.map((result) =>
          'byteCount' in result ? result.byteCount : (codec.frameBytes ?? Number.NaN),
        );
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(bytes.length);
      }),
    );
  });
});

describe('what only the thermometer codec promises', () => {
  const codec = codecs[1] as CodecUnderTest;

  test('the frame of the published layout is read as its fields', () => {
    const bytes = Uint8Array.from(Buffer.from('5a5a4507610d1608a20e4480', 'hex'));
    expect(decode(codec, [bytes])).toEqual([
      {
        type: 'frame',
        emissivityPercent: 97,
        objectCentidegrees: 3_350,
        ambientCentidegrees: 2_210,
        bodyCentidegrees: 3_652,
      },
    ]);
    expect(
      encodeTemperature({
        emissivityPercent: 97,
        objectCentidegrees: 3_350,
        ambientCentidegrees: 2_210,
        bodyCentidegrees: 3_652,
      }),
    ).toEqual(bytes);
  });

  test('one wrong bit is a checksum discard of that frame and costs no other frame', () => {
    fc.assert(
      fc.property(codec.frame, codec.frame, fc.integer({ min: 3, max: 11 }), (bad, good, at) => {
        const broken = bad.bytes.map((byte, index) => (index === at ? byte ^ 0x10 : byte));
        fc.pre(!joined([broken.subarray(1)]).includes(0x5a, 2));
        expect(decode(codec, [joined([broken, good.bytes])])).toEqual([
          { type: 'discarded', why: 'checksum', byteCount: frameBytes },
          good.frame,
        ]);
      }),
    );
  });

  test('a true frame inside a false one is found: the search goes on from the next byte', () => {
    const fields = {
      emissivityPercent: 95,
      objectCentidegrees: -150,
      ambientCentidegrees: -2_050,
      bodyCentidegrees: 152,
    };
    const falseHeader = Uint8Array.of(0x5a, 0x5a, 0x45, 0x07, 0x61);
    expect(decode(codec, [joined([falseHeader, encodeTemperature(fields)])])).toEqual([
      { type: 'discarded', why: 'checksum', byteCount: falseHeader.length },
      { type: 'frame', ...fields },
    ]);
  });

  test('byte 3 may be anything, as sources disagree about it', () => {
    const bytes = Uint8Array.from(Buffer.from('5a5a4508610d1608a20e4481', 'hex'));
    expect(decode(codec, [bytes])).toMatchObject([{ type: 'frame', bodyCentidegrees: 3_652 }]);
  });
});

describe('what only the scanner codec promises', () => {
  const codec = codecs[0] as CodecUnderTest;
  const ascii = (line: string): Uint8Array => new TextEncoder().encode(line);

  test('only the end of the line is stripped: spaces, tabs and a byte order mark stay', () => {
    const line = '\uFEFF GK1: A B\t ';
    expect(decode(codec, [ascii(`${line}\r\n`)])).toEqual([{ type: 'scan', text: line }]);
  });

  test('a CRLF in two pieces ends one scan, and empty lines are nobody', () => {
    expect(decode(codec, [ascii('A\r'), ascii('\nB\r\n\r\n\n'), ascii('C\n')])).toEqual([
      { type: 'scan', text: 'A' },
      { type: 'scan', text: 'B' },
      { type: 'scan', text: 'C' },
    ]);
  });

  test('bytes that are no UTF-8 still give one scan, to be refused where the person can see it', () => {
    expect(decode(codec, [Uint8Array.of(0x41, 0xff, 0xc3, 0x28, 0x0d)])).toEqual([
      { type: 'scan', text: 'A\uFFFD\uFFFD(' },
    ]);
  });

  test('a line that is too long gives one scan over 1,200 units and counts the rest', () => {
    const wide = ['A', 'é', '€', '😀', '\uFFFD'].map((character) => ascii(character.repeat(8_000)));
    for (const line of [...wide, new Uint8Array(9_000).fill(0xf0)]) {
      const results = decode(codec, [line, ascii('\rnext\r')]);
      expect(results).toHaveLength(3);
      const [scan, rest, next] = results;
      expect(scan?.type === 'scan' ? scan.text.length : 0).toBeGreaterThan(1_200);
      expect(rest).toEqual({
        type: 'discarded',
        why: 'oversized',
        byteCount: line.length - lineBytesMax,
      });
      expect(next).toEqual({ type: 'scan', text: 'next' });
    }
  });

  test('a line of exactly the limit is whole', () => {
    const line = 'x'.repeat(lineBytesMax);
    expect(decode(codec, [ascii(`${line}\r`)])).toEqual([{ type: 'scan', text: line }]);
  });

  test('a line that never ends is reported again and again, as one scan', () => {
    const decoder = scanDecoder();
    const results = Array.from({ length: 200 }, () => decoder.push(new Uint8Array(1_000).fill(65)));
    const flat = results.flat();
    expect(flat.filter(({ type }) => type === 'scan')).toHaveLength(1);
    expect(flat.filter(({ type }) => type === 'discarded').length).toBeGreaterThanOrEqual(2);
    decoder.end();
    expect(decoder.push(ascii('next\r'))).toEqual([{ type: 'scan', text: 'next' }]);
  });

  test('a start of text inside a line gives up what was before it', () => {
    expect(decode(codec, [ascii('half\u0002whole\u0003\r\n')])).toEqual([
      { type: 'discarded', why: 'incomplete', byteCount: 4 },
      { type: 'scan', text: 'whole' },
    ]);
  });
});
