import { expect, test } from 'vitest';
import { readBarcodes } from 'zxing-wasm/reader';
import { frameDecoder } from '../../hardware/linux/frame-decoder.js';
import { effortPlan, openQrReader } from '../../hardware/linux/qr-reader.js';
import { random } from '../../hardware/simulated/random.js';
import { type KindName, kindNames } from '../../scripts/test-camera/kinds.js';
import { show } from '../../scripts/test-camera/pictures.js';

const size = { width: 640, height: 480 };
const reader = await openQrReader(size);
/** Within 0.8 s at ten frames a second; all but the noisy and the inverted need one. */
const framesMax = 8;
const seeds = [1, 2, 3];

/** How many frames it takes until each code of the scene has been read; what else was read. */
async function framesUntilRead(kind: KindName, seed: number) {
  const { texts, draw } = await show(kind, size, seed);
  const missing = new Set(texts);
  const nextEffort = effortPlan();
  const others: string[] = [];
  let hasFound = false;
  for (let frame = 1; frame <= framesMax; frame++) {
    const found = reader.read(draw(), nextEffort(hasFound));
    hasFound = found.length > 0;
    others.push(...found.filter((text) => !texts.includes(text)));
    for (const text of found) missing.delete(text);
    if (missing.size === 0) return { frame, others };
  }
  return { frame: Number.POSITIVE_INFINITY, others };
}

test.each(kindNames.filter((kind) => kind !== 'empty'))(
  'codes that are held %s are read, and never as anything else',
  async (kind) => {
    const frames: number[] = [];
    for (const seed of seeds) {
      const { frame, others } = await framesUntilRead(kind, seed);
      expect(others).toEqual([]);
      frames.push(frame);
    }
    process.stdout.write(`frames until read, ${kind}: ${frames.join(', ')}\n`);
    expect(Math.max(...frames)).toBeLessThanOrEqual(framesMax);
  },
);

test('where no code is nothing is read, in noise neither, with any effort', async () => {
  const { draw } = await show('empty', size, 1);
  for (const pixels of [draw(), random(7).bytes(size.width * size.height)])
    for (const effort of ['quick', 'thorough'] as const)
      expect(reader.read(pixels, effort)).toEqual([]);
});

test("it reads what the package's public call reads in the same pixels", async () => {
  const { texts, draw } = await show('tilted', size, 6);
  const pixels = draw();
  const header = new TextEncoder().encode(`P5\n${size.width} ${size.height}\n255\n`);
  const codes = await readBarcodes(Buffer.concat([header, pixels]), { formats: ['QRCode'] });
  expect(codes.map(({ text }) => text)).toEqual(texts);
  expect(reader.read(pixels, 'quick')).toEqual(texts);
});

test('every fourth frame is looked at thoroughly, and that is kept while a quick look finds less', () => {
  const planOf = () => {
    const next = effortPlan();
    return (founds: readonly boolean[]) => founds.map((found) => next(found)[0]).join('');
  };
  expect(planOf()(Array(8).fill(false))).toBe('qqqtqqqt');
  expect(planOf()([false, ...Array(7).fill(true)])).toBe('qqqtqqqt');
  const inverted = planOf();
  expect(inverted([false, false, false, false])).toBe('qqqt');
  expect(inverted([true, true, false, false])).toBe('ttqt');
});

test('a looker that never answers costs frames: three places are all that it is given', () => {
  const looks: number[] = [];
  let placeCount = 0;
  const decoder = frameDecoder(size, { looked() {}, ended() {} }, ({ places }) => {
    placeCount = places.length;
    return { look: (place) => void looks.push(place), close: async () => {} };
  });
  for (let frame = 0; frame < 1_000; frame++) decoder.filled();
  expect([placeCount, looks.length, decoder.skippedCount]).toEqual([3, 1, 998]);
});

test('its memory stays as it is, frame after frame', async () => {
  const { draw } = await show('two at once', size, 1);
  const pixels = draw();
  const read = (count: number): number => {
    for (let frame = 0; frame < count; frame++) reader.read(pixels, 'quick');
    return process.memoryUsage().external;
  };
  const before = read(50);
  expect(read(300) - before).toBeLessThan(4 * 1024 * 1024);
});
