import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import type { LiveGate } from '../../../scripts/simulated-board/live-gate.js';
import type { Papers } from '../../../scripts/simulated-board/papers.js';
import { crowd } from '../../../scripts/simulated-board/people.js';
import { openShow } from '../../../scripts/simulated-board/show.js';
import { witness } from '../../../scripts/simulated-board/witness.js';

/** A visitor stays so long. */
const visitMs = 10_000;

function stage(isOn = true) {
  const clock = virtualClock();
  const player = virtualClock();
  const log: string[] = [];
  let isSound = true;
  const note = (word: string) => () => void log.push(word);
  const board = {
    relayEdges: () => [],
    reader: { remove: note('card taken') },
    thermometer: { clear: () => {} },
    panel: { buttons: [], release: () => {}, cover: () => {} },
    turnstile: { isUnlocked: () => false },
    gate: {
      state: () => ({ attempt: { standing: { type: 'collecting' } }, lane: { name: 'locked' } }),
      press: (button: string, event: string) => void log.push(`${button} ${event}`),
    },
  };
  const gate = { seen: witness(() => 0), board: () => board, hasPower: () => true };
  const show = openShow({
    ...{ clock, playerClock: player, isOn, seed: 1, papers: {} as Papers },
    gate: gate as unknown as LiveGate,
    nextPerson: crowd(() => clock.now().wallMs, 1),
    visitors: [
      {
        ...{ rule: 'any', name: 'a visitor' },
        async play(own) {
          log.push('comes');
          await own.pause(visitMs);
        },
        async leave() {
          log.push('goes');
        },
      },
    ],
    mend: () => Promise.resolve(log.push('mended')).then(() => {}),
    played: () => {},
    isSound: () => isSound,
  });
  void show.run();
  /** Time passes for both, and what waits for it goes on. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 50) {
      clock.advance(50);
      player.advance(50);
      await new Promise(setImmediate);
    }
  };
  const breaks = (broken: boolean): void => {
    isSound = !broken;
  };
  return { show, log, pass, clock, breaks };
}

describe('the show of npm start', () => {
  it('visitors come one after the other, until somebody plays', async () => {
    const { show, log, pass } = stage();
    await pass(2_100);
    expect(log).toEqual(['comes']);
    await pass(visitMs + 4_200);
    expect(log).toEqual(['comes', 'goes', 'comes']);
    const aside = show.stepAside();
    await pass(200);
    await aside;
    // The visitor leaves nothing behind, and the guard ends the attempt.
    expect(log.slice(3)).toEqual(['card taken', 'refuse pressed', 'refuse released']);
    expect(show.isPlaying()).toBe(true);
  });

  it('it goes on when nobody has played for a minute, with everything sound', async () => {
    const { show, log, pass } = stage();
    await show.stepAside();
    await pass(50_000);
    await show.stepAside();
    await pass(59_000);
    expect(log).toEqual([]);
    await pass(3_000);
    expect(show.isPlaying()).toBe(false);
    expect(log).toEqual(['mended', 'comes']);
  });

  it('nobody comes while something is left broken, or EMERGENCY or LOCKDOWN on', async () => {
    const { show, log, pass, breaks } = stage();
    await show.stepAside();
    breaks(true);
    await pass(120_000);
    expect(log).toEqual([]);
    expect(show.isTaken()).toBe(true);
    breaks(false);
    await pass(3_000);
    expect(log).toEqual(['mended', 'comes']);
  });

  it('who uses the guard’s page has the visitor who is there, and nobody comes for a minute', async () => {
    const { show, log, pass } = stage();
    await pass(2_100);
    show.touched();
    await pass(50_000);
    expect(log).toEqual(['comes', 'goes']);
    await pass(13_000);
    expect(log).toEqual(['comes', 'goes', 'mended', 'comes']);
  });

  it('time that a player lets pass is no time without a player', async () => {
    const { show, log, pass, clock } = stage();
    await show.stepAside();
    clock.advance(600_000);
    await pass(2_000);
    expect(show.isPlaying()).toBe(true);
    expect(log).toEqual([]);
  });

  it('where it is off nobody comes by themselves', async () => {
    const { log, pass } = stage(false);
    await pass(100_000);
    expect(log).toEqual([]);
  });
});
