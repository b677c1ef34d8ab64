import { expect, test } from 'vitest';
import type { TemperatureEvidence } from '../../../kiosk/core/evidence.js';
import { collectTemperature } from '../../../kiosk/evidence/temperature.js';

const limits = { samplesMin: 3, samplesSpreadCentidegreesMax: 30 };
const air = 2_250;

/** Feeds surfaces, one every 100 ms from `startMs` on; returns what came out last. */
function measure(
  take: ReturnType<typeof collectTemperature>,
  startMs: number,
  surfaces: readonly number[],
): TemperatureEvidence | null {
  let last: TemperatureEvidence | null = null;
  surfaces.forEach((objectCentidegrees, index) => {
    last = take({
      type: 'temperature-sample',
      objectCentidegrees,
      ambientCentidegrees: 2_200,
      bodyCentidegrees: objectCentidegrees + 300,
      monotonicMs: startMs + 100 * index,
    });
  });
  return last;
}

test('a reading carries since when that hand is there, not only its last samples', () => {
  const take = collectTemperature(limits);
  const evidence = measure(take, 1_000, [air, 3_350, 3_352, 3_355, 3_351, 3_350, 3_350]);
  expect(evidence).toMatchObject({ fromMs: 1_100, takenMs: 1_600, sampleCount: 3 });
});

test('a hand that is taken away and comes back is a new one', () => {
  const take = collectTemperature(limits);
  measure(take, 1_000, [3_350, 3_350, 3_350]);
  const evidence = measure(take, 1_300, [air, 3_350, 3_350, 3_350]);
  expect(evidence?.fromMs).toBe(1_400);
});

test('another surface without a moment of air between is a new one too', () => {
  const take = collectTemperature(limits);
  measure(take, 1_000, [2_950, 2_950, 2_950]);
  expect(measure(take, 1_300, [3_350, 3_350, 3_350])?.fromMs).toBe(1_300);
});

test('a gap in the samples is a break', () => {
  const take = collectTemperature(limits);
  measure(take, 1_000, [3_350, 3_350, 3_350]);
  expect(measure(take, 2_400, [3_350, 3_350])).toBeNull();
  expect(measure(take, 2_600, [3_350])?.fromMs).toBe(2_400);
});

test('too few samples, an unsteady hand, the air and a wall are no reading', () => {
  const cases = [
    [3_350, 3_350],
    [3_350, 3_390, 3_350],
    [air, air, air],
    [2_700, 2_700, 2_700],
  ];
  for (const surfaces of cases) expect(measure(collectTemperature(limits), 0, surfaces)).toBeNull();
});
