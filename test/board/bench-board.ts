/** The benches that need a kernel's own lines and USB scanners: on the virtual board. */
import { fileURLToPath } from 'node:url';
import type { BenchResult } from './bench-program.js';
import { runOnBoard } from './board.js';
import { makeChipCommand } from './gpio-sim.js';

const program = fileURLToPath(new URL('./bench-program.js', import.meta.url));

/**
 * Runs them; where the board can run at all (`kernel.ts`).
 * @param roundsMax at most so many rounds of each; all without it
 * @returns what each gave; rejects with what the board has said where it did not come to the end
 */
export async function benchOnBoard(roundsMax?: number): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  const command = `${makeChipCommand('pinctrl-bcm2711', 58)} && ${process.execPath} ${program} ${roundsMax ?? ''}`;
  const end = await runOnBoard(command, {
    timeLimitSeconds: 600,
    onLine: (line) => results.push(JSON.parse(line) as BenchResult),
  });
  if (end.code !== 0) throw new Error(`the board ended with ${end.code}\n${end.console}`);
  return results;
}
