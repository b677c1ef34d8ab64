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

const isLong = process.env['GATE_KIOSK_LONG'] === '1';
const longCount = 1_000_000;
const seed = Number(process.env['FUZZ_SEED'] ?? '90614');
const longMs = 3 * 3_600_000;
/** The long run says every so many that it goes on. */
const progressEvery = 100_000;
/** Then the runner is answered: it takes a test that is silent for a minute for a hung one. */
const pauseEvery = 10_000;
const kinds = ['flagged', 'bare'] as const;

/** Runs one codec's fuzz and prints what came of it; `work` takes a count and whom to tell. */
async function timed<Counts>(
  name: string,
  usualCount: number,
  work: (count: number, told: Told) => Promise<Counts>,
): Promise<Counts> {
  const count = isLong ? longCount : usualCount;
  const began = process.hrtime.bigint();
  const seconds = (): string => `${(Number(process.hrtime.bigint() - began) / 1e9).toFixed(1)} s`;
  let due = { pause: pauseEvery, progress: progressEvery };
  const counts = await work(count, (done) => {
    if (done >= due.progress && done < count) {
      process.stdout.write(`wire fuzz ${name}: ${done} of ${count} in ${seconds()}\n`);
      due = { ...due, progress: due.progress + progressEvery };
    }
    if (done < due.pause) return null;
    due = { ...due, pause: due.pause + pauseEvery };
    return new Promise((resolve) => setImmediate(resolve));
  });
  const what = JSON.stringify(counts);
  process.stdout.write(`wire fuzz ${name}, seed ${seed}: ${what} in ${seconds()}\n`);
  return counts;
}

async function run<Frame extends { readonly type: string }>(
  codec: FuzzedCodec<Frame>,
  usualCount: number,
): Promise<void> {
  const counts = await timed(codec.name, usualCount, (count, told) =>
    fuzz(codec, random(seed), count, told),
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
  async (kind) => {
    const counts = await timed(`hid-pos ${kind}`, 50_000, (reportCount, done) =>
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
  async () => {
    const counts = await timed('hid-pos descriptors', 20_000, (count, told) =>
      fuzzDescriptors(random(seed), count, told),
    );
    expect(counts.wrong).toBe(0);
    expect(counts.layouts).toBeGreaterThan(counts.descriptors / 50);
  },
  longMs,
);

test(
  'camera: frames of any shape in any pieces give no wrong picture, and half a frame gives none',
  async () => {
    const counts = await timed('camera frames', 20_000, (count, told) =>
      fuzzFrames(random(seed), count, told),
    );
    expect(counts.wrong).toBe(0);
    expect(counts.true).toBeGreaterThan(counts.frames / 2);
  },
  longMs,
);

test.each([...temperatureCodecs, ...cardCodecs, ...scannerCodecs])(
  '$name: the judge finds a decoder that does not look at the check',
  async (codec) => {
    const mend = mends[codec.name];
    if (mend === undefined) throw new Error(`nothing spoils the decoder of ${codec.name}`);
    const faulty = unchecked(codec as FuzzedCodec<Scan | ZoneReply>, mend);
    const { wrong } = await fuzz(faulty, random(seed), 2_000);
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
      random(seed),
    );
    expect(counts.wrong).toBeGreaterThan(0);
  },
);

test('camera: the judge finds rows that are taken for unpadded ones', async () => {
  const counts = await fuzzFrames(random(seed), 1_000, undefined, (shape, target) =>
    frameAssembler({ ...shape, stride: shape.width + (shape.width % 2) }, target),
  );
  expect(counts.wrong).toBeGreaterThan(0);
});
