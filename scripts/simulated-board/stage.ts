/**
 * What people do at a simulated gate: the verbs of the scripted day and of the live show. Time
 * passes through `pause`: skipped on the scripted day, real in the show.
 */
import type { IdCard } from '../../drivers/id-card-reader/id-card.js';
import { usualBaudRates } from '../../drivers/registry.js';
import { chilledSkinOf, skinOf } from '../../drivers/thermometer/twin.js';
import type { GateState } from '../../kiosk/core/state.js';
import type { Board } from './board.js';
import { type GuardHands, guardHands } from './guard-hands.js';
import type { Papers } from './papers.js';
import type { Trace, Witness } from './witness.js';

/** Skin is measured in steps of this until the gate has its reading. */
const measureStepMs = 100;
/** A wrist is held this long at most. */
const measureMsMax = 3_000;
/** Longer than a walker needs through the arm, and then for the lane to settle. */
const armMs = 700;
const walkMs = 1_700;
const inSeconds = 1_000;
const bitsPerByte = 10;
/** A button held this long is a long press. */
const longPressMs = 2_000;
/** What a failed disk did not take is sent again every second. */
const retriedMs = 1_100;
/** Changes of identity are counted in this time. */
const changesCountMs = 60_000;
/** A card that cannot be read is tried for 6 s before it is given up. */
const cardMsMax = 8_000;
/** The reader misses a card three times in a row before it is gone. */
const removedMs = 1_200;

export interface Stage extends GuardHands {
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
  /** The disk takes nothing more, or does not answer; what was sent to it before is written. */
  diskFails(why: 'disk-full' | 'read-only' | 'stalls'): Promise<void>;
  /** It works again, and has taken what it owed. */
  diskHeals(): Promise<void>;
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
  const hands = guardHands({ board, state, papers, pause });
  const takesCard = async (): Promise<void> => {
    board().reader.remove();
    isCardLying = false;
    await pause(removedMs);
  };
  let edgesBefore = 0;
  let lastChangeMs: number | undefined;
  let isCardLying = false;
  return {
    get board() {
      return board();
    },
    papers,
    pause,
    waitFor,
    state,
    ...hands,
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
      isCardLying = true;
      board().reader.place(card);
      for (let ms = 0; ms < cardMsMax && seen.cardCount === before; ms += measureStepMs)
        await pause(measureStepMs);
    },
    takesCard,
    async walk() {
      board().turnstile.walk();
      // Not at once: the pulse is over before a child's may follow.
      await pause(armMs);
      await pause(walkMs - armMs);
    },
    async walkBack() {
      board().turnstile.walkBack();
      await pause(walkMs);
    },
    async diskFails(why) {
      await waitFor(() => !board().isWriting());
      if (why === 'stalls') board().disk.stall(Number.POSITIVE_INFINITY);
      else board().disk.fail(why);
    },
    async diskHeals() {
      board().disk.heal();
      while (board().isWriting() || state().unwritten.failed.length > 0) {
        await waitFor(() => !board().isWriting());
        await pause(retriedMs);
      }
    },
    async rest() {
      board().mend();
      board().disk.heal();
      if (isCardLying) await takesCard();
      if (state().attempt?.standing.type === 'held') await hands.press('acknowledge');
      else if (state().attempt !== null) await hands.press('refuse');
      if (state().lockdown) await hands.press('lockdown', longPressMs);
      const changeMs = state().identityChangesMs.at(-1);
      if (changeMs !== lastChangeMs) await pause(changesCountMs);
      lastChangeMs = changeMs;
      const isOver = (): boolean => {
        const { attempt, lane, verdict, emergencyUntilMs, fire, opened, devices } = state();
        const isQuiet = attempt === null && verdict === null && emergencyUntilMs === null;
        const isSound = Object.values(devices).every((status) => status === 'ok');
        return isQuiet && isSound && !fire && !('grant' in lane) && opened === null;
      };
      for (let seconds = 0; seconds < 700 && !isOver(); seconds += 10) await pause(10 * inSeconds);
      if (state().alarms.length > 0) await hands.press('acknowledge');
    },
    begin() {
      seen.forget();
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
