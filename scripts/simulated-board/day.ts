/**
 * The scripted day: one gate in, one gate out, joined as gates are; each case played on real
 * journal, real relay worker and real bytes, in time that is skipped where nothing happens.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { timeZoneOffsetMinutes } from '../../config/kiosk-config.js';
import type { Policy } from '../../config/policy.js';
import type { Direction } from '../../config/vocabulary.js';
import { skippingClock } from '../../hardware/simulated/clock.js';
import { type Board, openBoard } from './board.js';
import type { Case, Stages } from './cases/case.js';
import { gateCases } from './cases/gate.js';
import { residentCases } from './cases/residents.js';
import { staffCases } from './cases/staff.js';
import { knownHub } from './hub.js';
import { openCampus } from './papers.js';
import { openStage, outcomeOf, type Stage, type Witness, witness } from './stage.js';

export const allCases: readonly Case[] = [...staffCases, ...residentCases, ...gateCases];

export interface CaseResult {
  readonly case: Case;
  readonly actual: string;
  readonly relayMs: number | null;
  readonly asExpected: boolean;
}

export interface DayOptions {
  readonly config: KioskConfig;
  readonly policy: Policy;
  readonly log: Logger;
  readonly cases?: readonly Case[];
  /** after each case, in order */
  played(result: CaseResult): void;
}

/** Two days after the notice, eight in the morning, site time. */
const dayStartsMs = Date.parse('2020-02-12T08:00:00+08:00');
/** The gate answers within milliseconds; a minute means that it never will. */
const settleMsMax = 60_000;

/** Plays the day. @returns all results; @throws where a law is broken or the gate hangs */
export async function playDay(options: DayOptions): Promise<readonly CaseResult[]> {
  const { config, policy, log } = options;
  const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-day-'));
  const clock = skippingClock({ wallMs: dayStartsMs });
  const campus = openCampus(clock, timeZoneOffsetMinutes(config.timeZone) ?? 0);
  const hub = knownHub();
  const boards = new Map<Direction, Board>();
  let broken: string | null = null;

  const boardOf = (direction: Direction): Board => {
    const board = boards.get(direction);
    if (board === undefined) throw new Error(`no gate ${direction}`);
    return board;
  };
  const witnesses: Record<Direction, Witness> = {
    in: witness(() => boardOf('in').lastByteAtMs()),
    out: witness(() => boardOf('out').lastByteAtMs()),
  };
  const open = async (direction: Direction): Promise<void> => {
    const board = await openBoard({
      direction,
      config,
      policy,
      clock,
      verifier: campus.verifier,
      known: hub.join(),
      folder,
      log,
      seed: direction === 'in' ? 1 : 2,
      show: () => {},
      observe: (...step) => witnesses[direction].observe(...step),
      broken: (detail) => {
        broken = detail;
      },
    });
    boards.set(direction, board);
    // The relay's owner is a thread: on a busy machine it takes its time to begin.
    await waitFor(() => board.gate.state().devices.relay === 'ok');
  };
  const settle = (): Promise<void> =>
    waitFor(() => ![...boards.values()].some((board) => board.isBusy()));
  const waitFor = async (isThere: () => boolean): Promise<void> => {
    const giveUpMs = performance.now() + settleMsMax;
    while (!isThere()) {
      if (broken !== null) throw new Error(`a law is broken: ${broken}`);
      if (performance.now() > giveUpMs) throw new Error('the gate does not come to rest');
      // One turn of the event loop: the journal's and the relay's answers come in there.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const pause = async (ms: number): Promise<void> => {
    await settle();
    clock.skip(ms);
    await settle();
  };
  const stageOf = (direction: Direction): Stage =>
    openStage(
      { board: () => boardOf(direction), papers: campus.papers, pause, waitFor },
      witnesses[direction],
    );

  await open('in');
  await open('out');
  const stages: Stages = {
    in: stageOf('in'),
    out: stageOf('out'),
    async powerCut(direction) {
      await boardOf(direction).cutPower();
      await open(direction);
      await pause(3_000);
    },
    setClock: (state) => clock.setClockState(state),
  };
  const results: CaseResult[] = [];
  try {
    await pause(3_000);
    for (const [index, one] of (options.cases ?? allCases).entries()) {
      stages.in.begin();
      stages.out.begin();
      await one.play(stages, {
        campusId: `2019${String(index * 2).padStart(6, '0')}`,
        otherCampusId: `2019${String(index * 2 + 1).padStart(6, '0')}`,
        household: `A12-${index}`,
      });
      const trace = stages[one.gate].trace();
      const actual = outcomeOf(trace);
      const { relayMs } = trace;
      const result = { case: one, actual, relayMs, asExpected: actual === one.expected };
      results.push(result);
      options.played(result);
      await stages.in.rest();
      await stages.out.rest();
    }
  } finally {
    for (const board of boards.values()) await board.close();
    clock.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}
