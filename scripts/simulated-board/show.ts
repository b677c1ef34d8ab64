/**
 * Visitors who come and go by themselves. Whoever takes the gate in hand has it: the visitor who is
 * there leaves at once, and the next comes when nobody has touched anything for a while.
 */
import type { Clock, Scheduler } from '../../hardware/ports.js';
import { random } from '../../hardware/simulated/random.js';
import { type Fresh, freshFor } from './cases/case.js';
import type { LiveGate } from './live-gate.js';
import type { Papers } from './papers.js';
import type { Crowd } from './people.js';
import { openStage, type Stage } from './stage.js';
import type { Visitor } from './visitors.js';
import type { Trace } from './witness.js';

export interface ShowOptions {
  readonly gate: LiveGate;
  /** of the gate: it may run ahead */
  readonly clock: Clock & Scheduler;
  /** of the player, who waits as long as anybody */
  readonly playerClock: Clock;
  readonly visitors: readonly [Visitor, ...Visitor[]];
  readonly papers: Papers;
  readonly nextPerson: Crowd;
  readonly seed: number;
  /** false: nobody comes by themselves */
  readonly isOn: boolean;
  /** whether the gates stand as visitors know them: nothing broken, no fire, EMERGENCY or LOCKDOWN */
  isSound(): boolean;
  /** before the first visitor behind a player: everything is sound again */
  mend(): Promise<void>;
  /** a visitor's turn is over, but for leaving */
  played(visitor: Visitor, trace: Trace): void;
}

export interface Show {
  /** Somebody plays: resolves when no visitor stands in the lane any more. */
  stepAside(): Promise<void>;
  /** The guard's page was used: the visitor who is there goes on, and nobody comes for as long. */
  touched(): void;
  /** whether somebody has played within the last minute */
  isPlaying(): boolean;
  /** whether somebody plays, or has used the guard's page, or has left something that keeps visitors away */
  isTaken(): boolean;
  /** Runs until it fails. */
  run(): Promise<never>;
}

/** Between two visitors the lane stands empty for a moment. */
const betweenVisitorsMs = 4_000;
const firstMs = 2_000;
/** So long after the last thing that a player did the show goes on. */
const playedMs = 60_000;
const lookMs = 50;
/** Longer than a walker takes, and shorter than anybody waits for a button to do something. */
const tidyMsMax = 3_000;

class SteppedAside extends Error {}

/** @returns a show that has not begun */
export function openShow(options: ShowOptions): Show {
  const { gate, clock, papers, played } = options;
  const dice = random(options.seed);
  let lastPlayedMs = Number.NEGATIVE_INFINITY;
  let lastTouchedMs = Number.NEGATIVE_INFINITY;
  let isOnStage = false;
  const nowMs = (): number => clock.now().monotonicMs;
  const playerMs = (): number => options.playerClock.now().monotonicMs;
  const isPlaying = (): boolean => playerMs() - lastPlayedMs < playedMs;
  const isTaken = (): boolean =>
    isPlaying() || playerMs() - lastTouchedMs < playedMs || !options.isSound();
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.at(nowMs() + ms, resolve);
    });
  /** Returns early where a player comes: the caller looks. */
  const pauseOrPlayer = async (ms: number): Promise<void> => {
    const untilMs = nowMs() + ms;
    while (nowMs() < untilMs && !isPlaying()) await sleep(Math.min(lookMs, untilMs - nowMs()));
  };
  const pause = async (ms: number): Promise<void> => {
    await pauseOrPlayer(ms);
    if (isPlaying()) throw new SteppedAside();
  };
  const waitFor = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) await pause(lookMs);
  };
  const stage: Stage = openStage({ board: gate.board, papers, pause, waitFor }, gate.seen);

  const play = async (visitor: Visitor, fresh: Fresh): Promise<void> => {
    isOnStage = true;
    try {
      stage.begin();
      await visitor.play(stage, fresh);
      played(visitor, stage.trace());
      await visitor.leave(stage);
    } catch (error) {
      if (!(error instanceof SteppedAside)) throw error;
      await clearLane(gate, sleep);
    } finally {
      isOnStage = false;
    }
  };
  return {
    isPlaying,
    isTaken,
    touched() {
      lastTouchedMs = playerMs();
    },
    async stepAside() {
      lastPlayedMs = playerMs();
      while (isOnStage) await sleep(lookMs);
    },
    async run() {
      await pauseOrPlayer(firstMs);
      for (let serial = 0; ; serial += 1) {
        if (isTaken() || !options.isOn) {
          while (isTaken() || !options.isOn) await sleep(1_000);
          await options.mend();
        }
        await play(dice.pick(options.visitors), freshFor(serial, options.nextPerson));
        await pauseOrPlayer(betweenVisitorsMs);
      }
    },
  };
}

/** Takes off the gate what a visitor has left on it; who may pass passes, and the guard ends the rest. */
async function clearLane(gate: LiveGate, sleep: (ms: number) => Promise<void>): Promise<void> {
  if (!gate.hasPower()) return;
  const board = gate.board();
  board.reader.remove();
  board.thermometer.clear();
  for (const button of board.panel.buttons) board.panel.release(button);
  board.panel.cover('emergency', false);
  board.panel.cover('lockdown', false);
  if (board.turnstile.isUnlocked()) board.turnstile.walk();
  for (let ms = 0; ms < tidyMsMax && 'grant' in board.gate.state().lane; ms += lookMs)
    await sleep(lookMs);
  const { attempt } = board.gate.state();
  if (attempt === null) return;
  const button = attempt.standing.type === 'held' ? 'acknowledge' : 'refuse';
  board.gate.press(button, 'pressed');
  board.gate.press(button, 'released');
}
