/** Runs on the board: the benches of its lines and its USB scanner. Prints each result as one JSON line. */
import { measure, type Result } from '../../scripts/bench/harness.js';
import { gpioBenches } from './gpio-benches.js';
import { hidBench } from './hid-benches.js';

/** What one bench gave. */
export type BenchResult = Result;

/** at most so many of each, where not all are wanted */
const roundsMax = Number(process.argv[2] ?? Number.POSITIVE_INFINITY);

for (const bench of [...gpioBenches(), await hidBench()]) {
  const { warmUpRounds = roundsMax } = bench;
  const result: BenchResult = await measure({
    ...bench,
    rounds: Math.min(bench.rounds, roundsMax),
    ...(Number.isFinite(roundsMax) && { warmUpRounds: Math.min(warmUpRounds, roundsMax) }),
  });
  await bench.close();
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
process.exit(0);
