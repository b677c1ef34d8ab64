/**
 * The scripted day: one gate in, one gate out, joined as gates are, and where a case needs it the
 * door of a laboratory; each case played on real journal, real relay worker and real bytes, in time
 * that is skipped where nothing happens.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { timeZoneOffsetMinutes } from '../../config/kiosk-config.js';
import type { Policy } from '../../config/policy.js';
import { skippingClock } from '../../hardware/simulated/clock.js';
import { type Board, openBoard } from './board.js';
import { type Case, freshFor, type GateName, gateNames, type Stages } from './cases/case.js';
import { edgeCases } from './cases/edges.js';
import { gateCases } from './cases/gate.js';
import { guardCases } from './cases/guard.js';
import { hostCases } from './cases/hosts.js';
import { outsideCases } from './cases/outside.js';
import { paperCases } from './cases/papers.js';
import { residentCases } from './cases/residents.js';
import { returningCases } from './cases/returning.js';
import { staffCases } from './cases/staff.js';
import { knownHub } from './hub.js';
import { type Campus, openCampus } from './papers.js';
import { crowd } from './people.js';
import { openStage, type Stage } from './stage.js';
import { outcomeOf, type Witness, witness } from './witness.js';

export const allCases: readonly Case[] = [
  ...staffCases,
  ...outsideCases,
  ...residentCases,
  ...returningCases,
  ...hostCases,
  ...paperCases,
  ...guardCases,
  ...edgeCases,
  ...gateCases,
];

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
  /** where the journals lie; the caller's to remove. A folder of its own without it */
  readonly folder?: string;
  /** the offices, once they are open: who may look into what was sealed */
  opened?(campus: Campus): void;
  /** everything that leaves a gate: pictures for the person and the guard, and what its steps ask for */
  saw?(what: unknown): void;
}

/** Two days after the notice, eight in the morning, site time. */
const dayStartsMs = Date.parse('2020-02-12T08:00:00+08:00');
/** The gate answers within milliseconds; a minute means that it never will. */
const settleMsMax = 60_000;
/** The devices are all there this long after a gate has been switched on. */
const startsMs = 3_000;
/** The gates wake up this often in a long night: a clock that jumps by more than a day is doubted. */
const sleepMsMax = 12 * 3_600_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const places: Readonly<Record<GateName, Pick<KioskConfig, 'direction'> & Partial<KioskConfig>>> = {
  in: { direction: 'in' },
  out: { direction: 'out' },
  building: { direction: 'in', zone: { name: 'lab-7', kind: 'building' } },
};

/** Plays the day. @returns all results; @throws where a law is broken or the gate hangs */
export async function playDay(options: DayOptions): Promise<readonly CaseResult[]> {
  const { config, policy, log } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'gate-kiosk-day-'));
  const clock = skippingClock({ wallMs: dayStartsMs });
  const utcOffsetMinutes = timeZoneOffsetMinutes(config.timeZone) ?? 0;
  const campus = openCampus(clock, utcOffsetMinutes);
  options.opened?.(campus);
  const nextPerson = crowd(() => clock.now().wallMs);
  const hub = knownHub();
  const boards = new Map<GateName, Board>();
  let broken: string | null = null;

  const boardOf = (name: GateName): Board => {
    const board = boards.get(name);
    if (board === undefined) throw new Error(`no gate ${name}`);
    return board;
  };
  const witnessOf = (name: GateName): Witness => witness(() => boardOf(name).lastByteAtMs());
  const witnesses: Readonly<Record<GateName, Witness>> = {
    in: witnessOf('in'),
    out: witnessOf('out'),
    building: witnessOf('building'),
  };
  const open = async (name: GateName): Promise<void> => {
    const board = await openBoard({
      config: { ...config, ...places[name], kiosk: `sim-${name}` },
      policy,
      clock,
      verifier: campus.verifier,
      known: hub.join(),
      folder,
      log,
      seed: 1 + gateNames.indexOf(name),
      show: (view) => options.saw?.(view),
      showBooth: (view) => options.saw?.(view),
      observe(...step) {
        witnesses[name].observe(...step);
        options.saw?.(step[2]);
      },
      broken: (detail) => {
        broken = detail;
      },
    });
    boards.set(name, board);
    // The relay's owner is a thread: on a busy machine it takes its time to begin.
    await waitFor(() => board.gate.state().devices.relay === 'ok');
  };
  const shut = async (name: GateName): Promise<void> => {
    const board = boardOf(name);
    boards.delete(name);
    await board.close();
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
  /** Switched off, the gates do nothing that would have to be gone through: a night takes no time. */
  const sleepTo = async (wallMs: number): Promise<void> => {
    const leftMs = (): number => wallMs - startsMs - clock.now().wallMs;
    while (leftMs() > 0) {
      await settle();
      const names = [...boards.keys()];
      for (const name of names) await shut(name);
      clock.skip(Math.min(leftMs(), sleepMsMax));
      for (const name of names) await open(name);
      await pause(startsMs);
    }
    await pause(Math.max(0, wallMs - clock.now().wallMs));
  };
  const stageOf = (name: GateName): Stage =>
    openStage(
      { board: () => boardOf(name), papers: campus.papers, pause, waitFor },
      witnesses[name],
    );

  const stages: Stages = {
    in: stageOf('in'),
    out: stageOf('out'),
    building: stageOf('building'),
    async powerCut(name) {
      await boardOf(name).cutPower();
      await open(name);
      await pause(startsMs);
    },
    setClock: (state) => clock.setClockState(state),
    stepClock: (ms) => clock.jumpWall(ms),
    network: { cut: hub.cut, mend: hub.mend },
    sleep: (hours) => sleepTo(clock.now().wallMs + hours * hourMs),
    sleepUntil(time) {
      const { wallMs } = clock.now();
      const wantedMs = Date.parse(`1970-01-01T${time}Z`) - utcOffsetMinutes * 60_000;
      return sleepTo(wallMs + ((((wantedMs - wallMs) % dayMs) + dayMs) % dayMs));
    },
  };
  const results: CaseResult[] = [];
  try {
    await open('in');
    await open('out');
    await pause(startsMs);
    for (const [index, one] of (options.cases ?? allCases).entries()) {
      if (one.gate === 'building') {
        await open('building');
        await pause(startsMs);
      }
      for (const name of boards.keys()) stages[name].begin();
      await one.play(stages, freshFor(index, nextPerson));
      const trace = stages[one.gate].trace();
      const actual = outcomeOf(trace);
      const { relayMs } = trace;
      const result = { case: one, actual, relayMs, asExpected: actual === one.expected };
      results.push(result);
      options.played(result);
      hub.mend();
      clock.setClockState('synced');
      for (const name of boards.keys()) await stages[name].rest();
      if (one.gate === 'building') await shut('building');
    }
  } finally {
    for (const board of boards.values()) await board.close();
    clock.close();
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
  return results;
}
