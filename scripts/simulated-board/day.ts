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
import { simulatedMachine } from '../../hardware/simulated/machine-start.js';
import { type Board, openBoard } from './board.js';
import { allCases } from './cases/all.js';
import { type Case, freshFor, type GateName, gateNames, type Stages } from './cases/case.js';
import { knownHub } from './hub.js';
import { outcomeOf } from './outcome.js';
import { type Campus, openCampus } from './papers.js';
import { crowd } from './people.js';
import { openStage, type Stage } from './stage.js';
import { type Trace, type Witness, witness } from './witness.js';

export interface CaseResult {
  readonly case: Case;
  readonly actual: string;
  readonly records: Trace['records'];
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
/** The gates wake up this often in a long sleep: a clock further ahead at the start is doubted. */
const sleepMsMax = 9 * 24 * 3_600_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const places: Readonly<Record<GateName, Pick<KioskConfig, 'direction'> & Partial<KioskConfig>>> = {
  in: { direction: 'in' },
  out: { direction: 'out' },
  building: { direction: 'in', zone: { name: 'lab-7', kind: 'building' } },
  south: { direction: 'out', zone: { name: 'south-gate', kind: 'campus-gate' } },
};
const alwaysOpen: readonly GateName[] = ['in', 'out'];

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
  const machines = new Map(gateNames.map((name) => [name, simulatedMachine()]));
  /** what the site has set otherwise at a gate */
  const policies = new Map<GateName, Policy>();
  const results: CaseResult[] = [];
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
    south: witnessOf('south'),
  };
  /** A gate that was switched off for weeks would doubt its clock: each of those for a case is new. */
  const idOf = (name: GateName): string =>
    alwaysOpen.includes(name) ? `sim-${name}` : `sim-${name}-${results.length}`;
  const open = async (name: GateName): Promise<void> => {
    const board = await openBoard({
      config: { ...config, ...places[name], kiosk: idOf(name) },
      policy: policies.get(name) ?? policy,
      clock,
      verifier: campus.verifier,
      known: hub.join(),
      folder,
      log,
      machineStart: machines.get(name)?.start() ?? '',
      seed: 1 + gateNames.indexOf(name),
      // Both kinds of module are sold.
      readerBehaviour: name === 'building' ? 'falls-silent' : 'goes-on',
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
    machines.get(name)?.restart();
  };
  const settle = (): Promise<void> =>
    waitFor(() => ![...boards.values()].some((board) => board.isBusy()));
  /** Records that nobody waits for are written with others, some time later. */
  const written = (): Promise<void> =>
    waitFor(() => ![...boards.values()].some((board) => board.isBusy() || board.isWriting()));
  const waitFor = async (isThere: () => boolean): Promise<void> => {
    const giveUpMs = performance.now() + settleMsMax;
    while (!isThere()) {
      if (broken !== null) throw new Error(`a law is broken: ${broken}`);
      if (performance.now() > giveUpMs) throw new Error('the gate does not come to rest');
      // The journal's and the relay's answers come in meanwhile.
      await new Promise<void>((resolve) => {
        clock.at(clock.now().monotonicMs + 1, resolve);
      });
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
      await written();
      const names = [...boards.keys()];
      await Promise.all(names.map(shut));
      clock.skip(Math.min(leftMs(), sleepMsMax));
      await Promise.all(names.map(open));
      await pause(startsMs);
    }
    await pause(Math.max(0, wallMs - clock.now().wallMs));
    await written();
  };
  /** When the site's clock next shows a time, wall milliseconds. */
  const next = (time: string): number => {
    const { wallMs } = clock.now();
    const wantedMs = Date.parse(`1970-01-01T${time}Z`) - utcOffsetMinutes * 60_000;
    return wallMs + ((((wantedMs - wallMs) % dayMs) + dayMs) % dayMs);
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
    south: stageOf('south'),
    async powerCut(name) {
      await written();
      await boardOf(name).cutPower();
      machines.get(name)?.restart();
      await open(name);
      await pause(startsMs);
    },
    setClock: (state) => clock.setClockState(state),
    stepClock: (ms) => clock.jumpWall(ms),
    network: { cut: hub.cut, mend: hub.mend },
    sleep: (hours) => sleepTo(clock.now().wallMs + hours * hourMs),
    sleepUntil: (time, daysLater = 0) => sleepTo(next(time) + daysLater * dayMs),
    waitUntil: (time) => pause(next(time) - clock.now().wallMs),
    setRegistry: campus.setRegistry,
  };
  try {
    await Promise.all(alwaysOpen.map(open));
    await pause(startsMs);
    for (const [index, one] of (options.cases ?? allCases).entries()) {
      const isOwn = !alwaysOpen.includes(one.gate);
      if (isOwn) {
        policies.set(one.gate, one.policy?.(policy) ?? policy);
        await open(one.gate);
        await pause(startsMs);
      }
      for (const name of boards.keys()) stages[name].begin();
      await one.play(stages, freshFor(index, nextPerson));
      const { records, relayMs } = stages[one.gate].trace();
      const actual = outcomeOf(records, one.withTells);
      const asExpected = actual === one.expected;
      const result = { case: one, actual, records, relayMs, asExpected };
      results.push(result);
      options.played(result);
      hub.mend();
      clock.setClockState('synced');
      campus.setRegistry('current');
      for (const name of boards.keys()) await stages[name].rest();
      if (isOwn) await shut(one.gate);
    }
  } finally {
    for (const board of boards.values()) await board.close();
    clock.close();
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
  return results;
}
