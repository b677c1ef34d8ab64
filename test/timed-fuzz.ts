/** Runs that take a seed and a count: some thousands in `npm test`, a million and more in the long run. */
import type { Told } from './drivers/wire-fuzz.js';

const isLong = process.env['GATE_KIOSK_LONG'] === '1';
const longCount = 1_000_000;
/** The long run says every so many that it goes on. */
const progressEvery = 100_000;
/** Then the runner is answered: it takes a test that is silent for a minute for a hung one. */
const pauseEvery = 10_000;
/** `FUZZ_SEED=N` makes a run again. */
export const fuzzSeed = Number(process.env['FUZZ_SEED'] ?? '90614');
export const fuzzMs = 3 * 3_600_000;

/**
 * Runs one fuzz and prints what came of it, with the seed.
 * @param what is fuzzed, as the printed lines begin
 * @param name of its part
 * @param usualCount where this is not the long run
 * @param work takes a count and whom to tell how many are done
 */
export async function timedFuzz<Counts>(
  what: string,
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
      process.stdout.write(`${what} ${name}: ${done} of ${count} in ${seconds()}\n`);
      due = { ...due, progress: due.progress + progressEvery };
    }
    if (done < due.pause) return null;
    due = { ...due, pause: due.pause + pauseEvery };
    return new Promise((resolve) => setImmediate(resolve));
  });
  const came = JSON.stringify(counts);
  process.stdout.write(`${what} ${name}, seed ${fuzzSeed}: ${came} in ${seconds()}\n`);
  return counts;
}
