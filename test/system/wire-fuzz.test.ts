/**
 * Frames of every codec, changed and spliced: no throw, no wrong card, no wrong temperature. The long
 * run takes a million of each; `FUZZ_SEED=N` makes the same again.
 */
import { expect, test } from 'vitest';
import type { Scan } from '../../drivers/qr-scanner/codec.js';
import type { ZoneReply } from '../../drivers/qr-scanner/gm65/codec.js';
import { random } from '../../hardware/simulated/random.js';
import { cardCodecs, temperatureCodecs } from '../drivers/fuzzed-codecs.js';
import { fuzzReports, scannerCodecs } from '../drivers/fuzzed-scanners.js';
import { type FuzzedCodec, fuzz } from '../drivers/wire-fuzz.js';

const isLong = process.env['GATE_KIOSK_LONG'] === '1';
const seed = Number(process.env['FUZZ_SEED'] ?? '90614');
const longMs = 3 * 3_600_000;

function run<Frame extends { readonly type: string }>(
  codec: FuzzedCodec<Frame>,
  usualCount: number,
): void {
  const began = process.hrtime.bigint();
  const counts = fuzz(codec, random(seed), isLong ? 1_000_000 : usualCount);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  process.stdout.write(
    `wire fuzz ${codec.name}, seed ${seed}: ${JSON.stringify(counts)} in ${seconds.toFixed(1)} s\n`,
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

test.each(['flagged', 'bare'] as const)(
  'hid-pos, %s: spoiled reports cost no whole code after them',
  (kind) => {
    const counts = fuzzReports(kind, random(seed), isLong ? 1_000_000 : 50_000);
    process.stdout.write(`wire fuzz hid-pos ${kind}, seed ${seed}: ${JSON.stringify(counts)}\n`);
    expect(counts.wrong).toBe(0);
    expect(counts.true).toBeGreaterThan(counts.reports / 50);
  },
  longMs,
);

test('the judge finds a codec that does not look at the check', () => {
  const [codec] = temperatureCodecs;
  const counts = fuzz(
    {
      ...codec,
      decoder() {
        const inner = codec.decoder();
        const mend = (bytes: Uint8Array) => {
          // Whatever it is handed, it takes the last twelve bytes for a frame.
          const frame = bytes.slice(-12);
          if (frame.length < 12) return inner.push(bytes);
          frame.set([0x5a, 0x5a, 0x45, 0x07]);
          frame[11] = frame.subarray(0, 11).reduce((sum, byte) => sum + byte, 0) & 0xff;
          return inner.push(frame);
        };
        return {
          ...inner,
          push: mend,
          get heldBytes() {
            return inner.heldBytes;
          },
        };
      },
    },
    random(seed),
    2_000,
  );
  expect(counts.wrong).toBeGreaterThan(0);
});
