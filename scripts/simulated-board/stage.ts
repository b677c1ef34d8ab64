/**
 * What people do at a simulated gate, and what came of it: the verbs of the scripted day and of the
 * live show. Time passes through `pause`: skipped on the scripted day, real in the show.
 */
import { usualBaudRates } from '../../drivers/registry.js';
import { chilledSkinOf, skinOf } from '../../drivers/thermometer/twin.js';
import type { Effect, Input } from '../../kiosk/core/messages.js';
import type { GateState } from '../../kiosk/core/state.js';
import type { RecordDraft } from '../../kiosk/journal/port.js';
import type { Board } from './board.js';
import type { Papers } from './papers.js';

/** Skin is measured in steps of this until the gate has its reading. */
const measureStepMs = 100;
/** A wrist is held this long at most. */
const measureMsMax = 3_000;
/** Longer than a walker needs through the arm and the lane to settle. */
const walkMs = 1_700;
const inSeconds = 1_000;
const bitsPerByte = 10;

/** What one case left behind, as the journal was told it. */
export interface Trace {
  readonly records: RecordDraft[];
  /** last byte of the completing evidence to the relay's edge, by the machine's clock */
  readonly relayMs: number | null;
}

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
  walk(): Promise<void>;
  press(button: 'emergency' | 'acknowledge'): Promise<void>;
  /** Everybody has gone: attempts, verdicts and alarms are over. */
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

/** Collects what a gate does; its `observe` is handed to the board. */
export interface Witness {
  observe(input: Input, state: GateState, effects: readonly Effect[]): void;
  readonly records: RecordDraft[];
  /** machine time of the last byte when the last grant was decided */
  grantByteAtMs: number | null;
}

/** @returns a witness of the gate that `board` gives once it is open */
export function witness(lastByteAtMs: () => number): Witness {
  const self: Witness = {
    records: [],
    grantByteAtMs: null,
    observe(_input, _state, effects) {
      for (const effect of effects) {
        if (effect.type !== 'append') continue;
        // What a failing disk did not take is sent again: that is the same record.
        self.records.push(...effect.records.filter((record) => !self.records.includes(record)));
        if (effect.urgent) self.grantByteAtMs = lastByteAtMs();
      }
    },
  };
  return self;
}

/** Sets a stage before a board. */
export function openStage(options: StageOptions, seen: Witness): Stage {
  const { papers, pause, waitFor } = options;
  const board = (): Board => options.board();
  const state = (): GateState => board().gate.state();
  const hold = async (skinCentidegrees: number): Promise<void> => {
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
  let edgesBefore = 0;
  return {
    get board() {
      return board();
    },
    papers,
    pause,
    waitFor,
    state,
    async scan(text) {
      board().scan(text);
      await pause(100);
    },
    async scanBytes(bytes) {
      board().scanBytes(bytes);
      await pause((bytes.length * bitsPerByte * 1_000) / usualBaudRates.line + 100);
    },
    measure: (celsius, outsideCelsius) =>
      hold(
        outsideCelsius === undefined
          ? skinOf(Math.round(celsius * 100))
          : chilledSkinOf(Math.round(celsius * 100), outsideCelsius * 100),
      ),
    async walk() {
      board().turnstile.walk();
      await pause(walkMs);
    },
    async press(button) {
      board().panel.press(button);
      await pause(300);
    },
    async rest() {
      board().thermometer.clear();
      if (state().attempt?.standing.type === 'held') await this.press('acknowledge');
      const isOver = (): boolean => {
        const { attempt, lane, verdict, emergencyUntilMs } = state();
        const isQuiet = attempt === null && verdict === null && emergencyUntilMs === null;
        return isQuiet && lane.name === 'locked';
      };
      for (let seconds = 0; seconds < 700 && !isOver(); seconds += 10) await pause(10 * inSeconds);
      if (state().alarms.length > 0) await this.press('acknowledge');
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

/**
 * What came of a case, in the words of the table: the last decision, then what was sensed.
 * E.g. `grant duty-staff, passed, tailgate` or `deny expired`.
 */
export function outcomeOf(trace: Trace): string {
  const words: string[] = [];
  const decision = trace.records.findLast(({ type }) => type === 'decision');
  if (decision !== undefined) {
    const reasons = decision['reasons'] as readonly string[];
    words.push(`${decision['outcome']} ${reasons.join('+') || decision['rule']}`);
  }
  for (const record of trace.records)
    if (record.type === 'passage') words.push(String(record['outcome']));
  for (const record of trace.records)
    if (record.type === 'emergency') words.push(record['on'] === true ? 'released' : 'locked');
  return words.join(', ') || 'nothing';
}
