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
import { type FuzzedCodec, fuzz, type Told } from '../drivers/wire-fuzz.js';
import { fuzzMs, fuzzSeed, timedFuzz } from '../timed-fuzz.js';

const kinds = ['flagged', 'bare'] as const;

/** Runs one codec's fuzz and prints what came of it; `work` takes a count and whom to tell. */
const timed = <Counts>(
  name: string,
  usualCount: number,
  work: (count: number, told: Told) => Promise<Counts>,
): Promise<Counts> => timedFuzz('wire fuzz', name, usualCount, work);

async function run<Frame extends { readonly type: string }>(
  codec: FuzzedCodec<Frame>,
  usualCount: number,
): Promise<void> {
  const counts = await timed(codec.name, usualCount, (count, told) =>
    fuzz(codec, random(fuzzSeed), count, told),
  );
  expect(counts).toMatchObject({ wrong: 0, missed: 0 });
  expect(counts.true).toBeGreaterThan(counts.frames / 10);
}

test.each(temperatureCodecs)(
  '$name: spoiled frames give no wrong temperature',
  (codec) => run(codec, 20_000),
  fuzzMs,
);

test.each(cardCodecs)(
  '$name: spoiled frames give no wrong card',
  (codec) => run(codec, 3_000),
  fuzzMs,
);

test.each(scannerCodecs)(
  '$name: spoiled lines give no text that nobody sent',
  (codec) => run<Scan | ZoneReply>(codec as FuzzedCodec<Scan | ZoneReply>, 20_000),
  fuzzMs,
);

test.each(kinds)(
  'hid-pos, %s: spoiled reports give no text that they do not hold, and cost no whole code after them',
  async (kind) => {
    const counts = await timed(`hid-pos ${kind}`, 50_000, (reportCount, done) =>
      fuzzReports({ kind, reportCount, done }, random(fuzzSeed)),
    );
    expect(counts.wrong).toBe(0);
    expect(counts.true).toBeGreaterThan(counts.reports / 50);
    expect(counts.spoiled).toBeGreaterThan(counts.reports / 50);
  },
  fuzzMs,
);

test(
  'hid-pos, descriptors: a spoiled one gives no layout that looks beyond its report',
  async () => {
    const counts = await timed('hid-pos descriptors', 20_000, (count, told) =>
      fuzzDescriptors(random(fuzzSeed), count, told),
    );
    expect(counts.wrong).toBe(0);
    expect(counts.layouts).toBeGreaterThan(counts.descriptors / 50);
  },
  fuzzMs,
);

test(
  'camera: frames of any shape in any pieces give no wrong picture, and half a frame gives none',
  async () => {
    const counts = await timed('camera frames', 20_000, (count, told) =>
      fuzzFrames(random(fuzzSeed), count, told),
    );
    expect(counts.wrong).toBe(0);
    expect(counts.true).toBeGreaterThan(counts.frames / 2);
  },
  fuzzMs,
);

test.each([...temperatureCodecs, ...cardCodecs, ...scannerCodecs])(
  '$name: the judge finds a decoder that does not look at the check',
  async (codec) => {
    const mend = mends[codec.name];
    if (mend === undefined) throw new Error(`nothing spoils the decoder of ${codec.name}`);
    const faulty = unchecked(codec as FuzzedCodec<Scan | ZoneReply>, mend);
    const { wrong } = await fuzz(faulty, random(fuzzSeed), 2_000);
    expect(wrong).toBeGreaterThan(0);
  },
);

test.each(kinds)(
  'hid-pos, %s: the judge finds what is read of reports of another id',
  async (kind) => {
    const counts = await fuzzReports(
      {
        kind,
        reportCount: 5_000,
        decoderOf: (layout) => reportDecoder({ ...layout, reportId: 0 }),
      },
      random(fuzzSeed),
    );
    expect(counts.wrong).toBeGreaterThan(0);
  },
);

test('camera: the judge finds rows that are taken for unpadded ones', async () => {
  const counts = await fuzzFrames(random(fuzzSeed), 1_000, undefined, (shape, target) =>
    frameAssembler({ ...shape, stride: shape.width + (shape.width % 2) }, target),
  );
  expect(counts.wrong).toBeGreaterThan(0);
});
