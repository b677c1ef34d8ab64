/**
 * The built daemon on a virtual board, killed before, in and after the pulse. What a line does when its
 * owner has died is the chip's: gpio-sim lets it go back to its pull, which is down, within the time that is
 * printed here; what a real chip does, and what then keeps the gate shut, is said in hardware/wiring.md.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { relayLimits } from '../../hardware/ports.js';
import { program } from '../system/child.js';
import { runOnBoard } from './board.js';
import type { Life, Moment } from './daemon-kill-program.js';
import { hasTools, setUpCommand, whyNot } from './daemon-setup.js';
import { canRun } from './kernel.js';

const guest = program('../board/daemon-kill-program.js');
const livesInAll = 20;
const seedGiven = process.env['GATE_KIOSK_SEED'];
const seed = seedGiven === undefined ? Date.now() % 1_000_000 : Number(seedGiven);
/** Boards at a time, each with a seed of its own: one for each processor of a small machine. */
const seeds = [seed, seed + 1] as const;
/** A life takes five seconds, most of it the start, and four times as long on a crowded machine. */
const timeLimitSeconds = 800;
/** What the eye on the line may be late by, on a machine of other tests. */
const lateMsMax = 250;

describe.skipIf(!canRun || !hasTools)(
  `the daemon killed ${livesInAll} times on a virtual board, seed ${seed}${whyNot}`,
  () => {
    let lives: readonly Life[];
    beforeAll(
      async () => {
        lives = (await Promise.all(seeds.map(livesOf))).flat();
      },
      1_000 * (timeLimitSeconds + 60),
    );

    test('every life was lived, and some were ended before, in and after a pulse', () => {
      expect(lives).toHaveLength(livesInAll);
      for (const moment of ['before', 'in', 'after'] satisfies readonly Moment[])
        expect(lives.filter((life) => life.moment === moment).length).toBeGreaterThan(2);
      const cut = lives.filter(({ onMs }) => onMs !== null);
      expect(cut.length).toBeGreaterThan(2);
      const fell = cut.map(
        ({ onMs, fellMs }) => `${onMs?.toFixed(0)} on, off ${fellMs?.toFixed(0)}`,
      );
      process.stdout.write(`board: killed in mid-pulse, ms: ${fell.join('; ')}\n`);
    });

    test('while it lived the line was never on for longer than the relay’s maximum', () => {
      for (const { pulses, onMs } of lives)
        for (const ms of [...pulses.map(({ lengthMs }) => lengthMs), onMs ?? 0])
          expect(ms).toBeLessThanOrEqual(relayLimits.pulseMsMax + lateMsMax);
    });

    test('nothing rises after its death, nor by the next start, which is safe', () => {
      for (const { risesAfter, levelAtStart } of lives)
        expect({ risesAfter, levelAtStart }).toEqual({ risesAfter: 0, levelAtStart: false });
    });

    test('this chip lets go of a dead owner’s line: it falls by itself before the next start', () => {
      for (const { levelBefore, onMs, fellMs } of lives) {
        expect(levelBefore).toBe(false);
        if (onMs !== null) expect(fellMs).toBeLessThan(relayLimits.pulseMsMax);
      }
    });

    test('one ticket is one pulse: who was let out is not let out again', () => {
      for (const { again, pulses, onMs, ticketPulses } of lives) {
        expect(ticketPulses).toBeLessThanOrEqual(1);
        const wasLetOut = pulses.length > 0 || onMs !== null;
        if (wasLetOut) expect(again).not.toBe('go');
        // Killed between the two the ticket is in doubt, and the person is the guard's.
        else expect(ticketPulses).toBe(again === 'go' ? 1 : 0);
      }
    });
  },
);

async function livesOf(seed: number): Promise<readonly Life[]> {
  const lives: Life[] = [];
  const count = livesInAll / seeds.length;
  const end = await runOnBoard(
    `${setUpCommand()} && ${process.execPath} ${guest} ${seed} ${count}`,
    {
      onLine: (line) => void lives.push(JSON.parse(line) as Life),
      timeLimitSeconds,
    },
  );
  expect(end.code, `seed ${seed}: ${JSON.stringify(lives)}\n${end.console}`).toBe(0);
  return lives;
}
