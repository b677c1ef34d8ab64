/**
 * Frames of every codec, changed and spliced: no throw, no wrong card, no wrong temperature, no wrong
 * text. The long run takes a million of each; `FUZZ_SEED=N` makes the same again.
 */
import { expect, test } from 'vitest';
import type { Scan } from '../../drivers/qr-scanner/codec.js';
import type { ZoneReply } from '../../drivers/qr-scanner/gm65/codec.js';
import { reportDecoder } from '../../drivers/qr-scanner/hid-pos/codec.js';
import { frameAssembler } from '../../hardware/camera-frames.js';
import { random } from '../../hardware/simulated/random.js';
import { cardCodecs, temperatureCodecs } from '../drivers/fuzzed-codecs.js';
import { fuzzFrames } from '../drivers/fuzzed-frames.js';
import { fuzzDescriptors, fuzzReports } from '../drivers/fuzzed-reports.js';
import { scannerCodecs } from '../drivers/fuzzed-scanners.js';
import { mends, unchecked } from '../drivers/unchecked.js';
import { type FuzzedCodec, fuzz } from '../drivers/wire-fuzz.js';

const isLong = process.env['GATE_KIOSK_LONG'] === '1';
const longCount = 1_000_000;
const seed = Number(process.env['FUZZ_SEED'] ?? '90614');
const longMs = 3 * 3_600_000;
/** The long run says every so many that it goes on. */
const progressEvery = 100_000;
const kinds = ['flagged', 'bare'] as const;

/** Runs one codec's fuzz and prints what came of it; `work` takes a count and who is told how far it is. */
function timed<Counts>(
  name: string,
  usualCount: number,
  work: (count: number, done: (frames: number) => void) => Counts,
): Counts {
  const count = isLong ? longCount : usualCount;
  const began = process.hrtime.bigint();
  const seconds = (): string => `${(Number(process.hrtime.bigint() - began) / 1e9).toFixed(1)} s`;
  let told = progressEvery;
  const counts = work(count, (frames) => {
    if (frames < told || frames >= count) return;
    told += progressEvery;
    process.stdout.write(`wire fuzz ${name}: ${frames} of ${count} in ${seconds()}\n`);
  });
  const what = JSON.stringify(counts);
  process.stdout.write(`wire fuzz ${name}, seed ${seed}: ${what} in ${seconds()}\n`);
  return counts;
}

function run<Frame extends { readonly type: string }>(
  codec: FuzzedCodec<Frame>,
  usualCount: number,
): void {
  const counts = timed(codec.name, usualCount, (count, done) =>
    fuzz(codec, random(seed), count, done),
  );
  expect(counts).toMatchObject({ wrong: 0, missed: 0 });
  expect(counts.true).toBeGreaterThan(counts.frames / 10);
}

test.each(temperatureCodecs)(
  '$name: spoiled frames give no wrong temperature',
  (codec) => run(codec, 20_000),
  longMs,
);

test.each(cardCodecs)(
  '$name: spoiled frames give no wrong card',
  (codec) => run(codec, 3_000),
  longMs,
);

test.each(scannerCodecs)(
  '$name: spoiled lines give no text that nobody sent',
  (codec) => run<Scan | ZoneReply>(codec as FuzzedCodec<Scan | ZoneReply>, 20_000),
  longMs,
);

test.each(kinds)(
  'hid-pos, %s: spoiled reports give no text that they do not hold, and cost no whole code after them',
  (kind) => {
    const counts = timed(`hid-pos ${kind}`, 50_000, (reportCount, done) =>
      fuzzReports({ kind, reportCount, done }, random(seed)),
    );
    expect(counts.wrong).toBe(0);
    expect(counts.true).toBeGreaterThan(counts.reports / 50);
    expect(counts.spoiled).toBeGreaterThan(counts.reports / 50);
  },
  longMs,
);

test(
  'hid-pos, descriptors: a spoiled one gives no layout that looks beyond its report',
  () => {
    const counts = timed('hid-pos descriptors', 20_000, (count) =>
      fuzzDescriptors(random(seed), count),
    );
    expect(counts.wrong).toBe(0);
    expect(counts.layouts).toBeGreaterThan(counts.descriptors / 50);
  },
  longMs,
);

test(
  'camera: frames of any shape in any pieces give no wrong picture, and half a frame gives none',
  () => {
    const counts = timed('camera frames', 20_000, (count) => fuzzFrames(random(seed), count));
    expect(counts.wrong).toBe(0);
    expect(counts.true).toBeGreaterThan(counts.frames / 2);
  },
  longMs,
);

test.each([...temperatureCodecs, ...cardCodecs, ...scannerCodecs])(
  '$name: the judge finds a decoder that does not look at the check',
  (codec) => {
    const mend = mends[codec.name];
    if (mend === undefined) throw new Error(`nothing spoils the decoder of ${codec.name}`);
    const faulty = unchecked(codec as FuzzedCodec<Scan | ZoneReply>, mend);
    expect(fuzz(faulty, random(seed), 2_000).wrong).toBeGreaterThan(0);
  },
);

test.each(kinds)('hid-pos, %s: the judge finds what is read of reports of another id', (kind) => {
  const counts = fuzzReports(
    { kind, reportCount: 5_000, decoderOf: (layout) => reportDecoder({ ...layout, reportId: 0 }) },
    random(seed),
  );
  expect(counts.wrong).toBeGreaterThan(0);
});

test('camera: the judge finds rows that are taken for unpadded ones', () => {
  const counts = fuzzFrames(random(seed), 1_000, (shape, target) =>
    frameAssembler({ ...shape, stride: shape.width + (shape.width % 2) }, target),
  );
  expect(counts.wrong).toBeGreaterThan(0);
});
