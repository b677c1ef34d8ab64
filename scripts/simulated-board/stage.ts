/**
 * What people do at a simulated gate: the verbs of the scripted day and of the live show. Time
 * passes through `pause`: skipped on the scripted day, real in the show.
 */
import {
  type DetailField,
  type GuardedButton,
  guardedButtons,
  type PanelButton,
} from '../../config/vocabulary.js';
import type { IdCard } from '../../drivers/id-card-reader/id-card.js';
import { usualBaudRates } from '../../drivers/registry.js';
import { chilledSkinOf, skinOf } from '../../drivers/thermometer/twin.js';
import type { GateState } from '../../kiosk/core/state.js';
import type { DetailProblem } from '../../kiosk/evidence/details.js';
import type { Board } from './board.js';
import type { Papers } from './papers.js';
import type { Trace, Witness } from './witness.js';

/** Skin is measured in steps of this until the gate has its reading. */
const measureStepMs = 100;
/** A wrist is held this long at most. */
const measureMsMax = 3_000;
/** Longer than a walker needs through the arm and the lane to settle. */
const walkMs = 1_700;
const inSeconds = 1_000;
const bitsPerByte = 10;
/** Longer than the contacts of a press need to settle. */
const settledMs = 100;
const pressMsUsual = 200;
/** A card that cannot be read is tried for 6 s before it is given up. */
const cardMsMax = 8_000;
/** The reader misses a card three times in a row before it is gone. */
const removedMs = 1_200;

export interface Stage {
  readonly board: Board;
  readonly papers: Papers;
  pause(ms: number): Promise<void>;
  /** lets real time pass until the gate is so far */
  waitFor(isThere: () => boolean): Promise<void>;
  scan(text: string): Promise<void>;
  scanBytes(bytes: Uint8Array): Promise<void>;
  /** holds a wrist to the sensor; degrees Celsius of the body */
  measure(celsius: number, outsideCelsius?: number): Promise<void>;
  /** lays a card on the reader, until the gate has read it or given up; its text may be none */
  laysCard(card: IdCard | Uint8Array): Promise<void>;
  takesCard(): Promise<void>;
  walk(): Promise<void>;
  /** comes against the lane's direction, or turns back in the arm */
  walkBack(): Promise<void>;
  /** on the panel, its cover lifted where it has one; longer than a second is a long press */
  press(button: PanelButton, ms?: number): Promise<void>;
  hold(button: PanelButton): Promise<void>;
  release(button: PanelButton): Promise<void>;
  /** the same as `press`, by the keyboard of the booth's page */
  key(button: PanelButton): Promise<void>;
  /** a guard comes on duty: the badge is scanned while NEXT is held */
  badge(guardId: string): Promise<void>;
  /** entered in the booth, about this person unless another attempt is named; null: an emergency */
  details(
    fields: Readonly<Partial<Record<DetailField, string>>>,
    attempt?: number | null,
  ): Promise<readonly DetailProblem[]>;
  /** Everybody has gone: attempts, verdicts and alarms are over, and what was broken is mended. */
  rest(): Promise<void>;
  /** Starts a new trace. */
  begin(): void;
  trace(): Trace;
  state(): GateState;
}

export interface StageOptions {
  readonly board: () => Board;
  readonly papers: Papers;
  /** lets time pass, and comes back when the gate has nothing under way with disk or relay */
  pause(ms: number): Promise<void>;
  waitFor(isThere: () => boolean): Promise<void>;
}

/** Sets a stage before a board. */
export function openStage(options: StageOptions, seen: Witness): Stage {
  const { papers, pause, waitFor } = options;
  const board = (): Board => options.board();
  const state = (): GateState => board().gate.state();
  const wrist = async (skinCentidegrees: number): Promise<void> => {
    const { thermometer } = board();
    const before = state().attempt;
    thermometer.present(skinCentidegrees);
    for (let ms = 0; ms < measureMsMax; ms += measureStepMs) {
      await pause(measureStepMs);
      const { attempt } = state();
      if (attempt === null || attempt.temperature !== before?.temperature) break;
    }
    thermometer.clear();
    await pause(measureStepMs);
  };
  const lift = async (button: PanelButton, lifted: boolean): Promise<void> => {
    if (!isGuarded(button)) return;
    board().panel.cover(button, lifted);
    await pause(settledMs);
  };
  const hold = async (button: PanelButton): Promise<void> => {
    await lift(button, true);
    board().panel.hold(button);
    await pause(settledMs);
  };
  const release = async (button: PanelButton): Promise<void> => {
    board().panel.release(button);
    await pause(settledMs);
    await lift(button, false);
  };
  const press = async (button: PanelButton, ms = pressMsUsual): Promise<void> => {
    await hold(button);
    await pause(Math.max(0, ms - settledMs));
    await release(button);
  };
  let edgesBefore = 0;
  return {
    get board() {
      return board();
    },
    papers,
    pause,
    waitFor,
    state,
    press,
    hold,
    release,
    async scan(text) {
      board().scan(text);
      await pause(100);
    },
    async scanBytes(bytes) {
      board().scanBytes(bytes);
      await pause((bytes.length * bitsPerByte * 1_000) / usualBaudRates.line + 100);
    },
    measure: (celsius, outsideCelsius) =>
      wrist(
        outsideCelsius === undefined
          ? skinOf(Math.round(celsius * 100))
          : chilledSkinOf(Math.round(celsius * 100), outsideCelsius * 100),
      ),
    async laysCard(card) {
      const before = seen.cardCount;
      board().reader.place(card);
      for (let ms = 0; ms < cardMsMax && seen.cardCount === before; ms += measureStepMs)
        await pause(measureStepMs);
    },
    async takesCard() {
      board().reader.remove();
      await pause(removedMs);
    },
    async walk() {
      board().turnstile.walk();
      await pause(walkMs);
    },
    async walkBack() {
      board().turnstile.walkBack();
      await pause(walkMs);
    },
    async key(button) {
      const { gate } = board();
      gate.press(button, 'pressed');
      await pause(pressMsUsual);
      gate.press(button, 'released');
      await pause(settledMs);
    },
    async badge(guardId) {
      await hold('next');
      board().scan(papers.guardBadge(guardId));
      await pause(settledMs);
      await release('next');
    },
    async details(fields, attempt = state().attempt?.serial ?? null) {
      const problems = board().gate.details({ attempt, fields });
      await pause(settledMs);
      return problems;
    },
    async rest() {
      board().mend();
      board().reader.remove();
      await pause(removedMs);
      board().disk.heal();
      if (state().attempt?.standing.type === 'held') await press('acknowledge');
      else if (state().attempt !== null) await press('refuse');
      const isOver = (): boolean => {
        const { attempt, lane, verdict, emergencyUntilMs, fire } = state();
        const isQuiet = attempt === null && verdict === null && emergencyUntilMs === null;
        return isQuiet && !fire && !('grant' in lane);
      };
      for (let seconds = 0; seconds < 700 && !isOver(); seconds += 10) await pause(10 * inSeconds);
      if (state().alarms.length > 0) await press('acknowledge');
    },
    begin() {
      seen.records.length = 0;
      seen.grantByteAtMs = null;
      edgesBefore = board().relayEdges().length;
    },
    trace() {
      const edge = board()
        .relayEdges()
        .slice(edgesBefore)
        .findLast(({ line, on }) => line === 'grant' && on);
      const from = seen.grantByteAtMs;
      const relayMs = edge === undefined || from === null ? null : edge.atMs - from;
      return { records: [...seen.records], relayMs };
    },
  };
}

function isGuarded(button: PanelButton): button is GuardedButton {
  return guardedButtons.some((name) => name === button);
}
