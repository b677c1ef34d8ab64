/**
 * What the relay's owner may do, as a pure function: the hard limits stand here and nowhere else.
 * Used by the worker that owns the real lines and by the twin in virtual time. No clock, no timer.
 */
import type { TurnstileMode } from '../config/vocabulary.js';
import { type RelayReport, relayLimits } from './ports.js';

/** `grant` unlocks one passage; `release` holds the turnstile open (emergency, fire). */
export type RelayLine = 'grant' | 'release';
export const relayLines: readonly RelayLine[] = ['grant', 'release'];

/** Open output lines, in the thread that owns them. */
export interface RelayOutputs {
  /** Sets a line; the same level again does nothing. False where it was not taken. */
  set(line: RelayLine, on: boolean): boolean;
  /** The level that the line has; null where it cannot be read. */
  read(line: RelayLine): boolean | null;
  /** The monotonic time by which the limits run, in milliseconds. */
  nowMs(): number;
  close(): void;
}

/**
 * A pulse asked for longer ago than this is refused: whoever waited for it may have left, and a
 * late command never actuates (law 1).
 */
const askedAgoMsMax = 1_000;

/** Off for this long at least between two pulses: boards would read a shorter gap as one closing. */
const restMsMin = 100;

export type RelayInput =
  | {
      readonly type: 'pulse';
      readonly id: number;
      readonly durationMs: number;
      readonly askedAtMs: number;
    }
  /** of that pulse only: one that came late ends no other */
  | { readonly type: 'drop'; readonly id: number }
  | { readonly type: 'release'; readonly on: boolean; readonly untilMs: number }
  | { readonly type: 'off' }
  /** time has passed */
  | { readonly type: 'tick' }
  /** like `off`, and nothing is accepted from now on */
  | { readonly type: 'close' };

export interface RelayState {
  /** longest pulse of this owner's */
  readonly pulseMsMax: number;
  readonly pulse: { readonly id: number; readonly endsAtMs: number } | null;
  readonly lastPulseAtMs: number | null;
  readonly lastEndAtMs: number | null;
  readonly releasedUntilMs: number | null;
  readonly closed: boolean;
}

/** @returns the owner of a relay before a turnstile that wants this, with everything off */
export function relayAtRest(mode: TurnstileMode): RelayState {
  return {
    pulseMsMax: mode === 'level' ? relayLimits.levelMsMax : relayLimits.pulseMsMax,
    pulse: null,
    lastPulseAtMs: null,
    lastEndAtMs: null,
    releasedUntilMs: null,
    closed: false,
  };
}

export interface RelayStep {
  readonly state: RelayState;
  readonly reports: readonly RelayReport[];
}

/**
 * The next state and what to report. All times are milliseconds of one monotonic clock, `nowMs`
 * the present. What has run out ends first, so that no input can extend it by coming late.
 */
export function stepRelay(state: RelayState, input: RelayInput, nowMs: number): RelayStep {
  const settled = expire(state, nowMs);
  const next = apply(settled.state, input, nowMs);
  return { state: next.state, reports: [...settled.reports, ...next.reports] };
}

/** Whether the line is energised in this state. */
export function isEnergised(state: RelayState, line: RelayLine): boolean {
  return line === 'grant' ? state.pulse !== null : state.releasedUntilMs !== null;
}

/** When the state must be stepped by `tick` at the latest, or null while everything is off. */
export function relayDeadlineMs(state: RelayState): number | null {
  const deadlines = [state.pulse?.endsAtMs, state.releasedUntilMs ?? undefined].filter(
    (deadline) => deadline !== undefined,
  );
  return deadlines.length === 0 ? null : Math.min(...deadlines);
}

function apply(state: RelayState, input: RelayInput, nowMs: number): RelayStep {
  if (state.closed)
    return input.type === 'pulse' ? refuse(state, input.id, 'the relay is closed') : quiet(state);
  switch (input.type) {
    case 'pulse':
      return startPulse(state, input, nowMs);
    case 'drop':
      return state.pulse?.id === input.id ? pulseOff(state, nowMs) : quiet(state);
    case 'release':
      return quiet({ ...state, releasedUntilMs: releaseEnd(input.on, input.untilMs, nowMs) });
    case 'off':
      return allOff(state, nowMs);
    case 'close': {
      const off = allOff(state, nowMs);
      return { ...off, state: { ...off.state, closed: true } };
    }
    case 'tick':
      return quiet(state);
  }
}

function startPulse(
  state: RelayState,
  input: Extract<RelayInput, { type: 'pulse' }>,
  nowMs: number,
): RelayStep {
  const { id, durationMs, askedAtMs } = input;
  if (!(durationMs >= relayLimits.pulseMsMin))
    return refuse(state, id, `a pulse is at least ${relayLimits.pulseMsMin} ms`);
  if (!(nowMs - askedAtMs <= askedAgoMsMax)) return refuse(state, id, 'asked for too long ago');
  if (state.pulse !== null) return refuse(state, id, 'another pulse is on');
  if (state.lastPulseAtMs !== null && nowMs - state.lastPulseAtMs < relayLimits.pulseIntervalMsMin)
    return refuse(state, id, `one pulse in ${relayLimits.pulseIntervalMsMin} ms`);
  if (state.lastEndAtMs !== null && nowMs - state.lastEndAtMs < restMsMin)
    return refuse(state, id, 'the last pulse has only just ended');
  const endsAtMs = nowMs + Math.min(durationMs, state.pulseMsMax);
  return {
    state: { ...state, pulse: { id, endsAtMs }, lastPulseAtMs: nowMs },
    reports: [{ type: 'pulse-started', id, monotonicMs: nowMs }],
  };
}

/** Null (off) unless the asked end lies ahead; never further ahead than the limit. */
function releaseEnd(on: boolean, untilMs: number, nowMs: number): number | null {
  if (!on || !(untilMs > nowMs)) return null;
  return Math.min(untilMs, nowMs + relayLimits.releaseMsMax);
}

function expire(state: RelayState, nowMs: number): RelayStep {
  const pulseOver = state.pulse !== null && nowMs >= state.pulse.endsAtMs;
  const releaseOver = state.releasedUntilMs !== null && nowMs >= state.releasedUntilMs;
  return {
    state: {
      ...state,
      pulse: pulseOver ? null : state.pulse,
      lastEndAtMs: pulseOver ? nowMs : state.lastEndAtMs,
      releasedUntilMs: releaseOver ? null : state.releasedUntilMs,
    },
    reports: pulseOver && state.pulse !== null ? [ended(state.pulse.id, nowMs)] : [],
  };
}

function allOff(state: RelayState, nowMs: number): RelayStep {
  const off = pulseOff(state, nowMs);
  return { ...off, state: { ...off.state, releasedUntilMs: null } };
}

function pulseOff(state: RelayState, nowMs: number): RelayStep {
  if (state.pulse === null) return quiet(state);
  return {
    state: { ...state, pulse: null, lastEndAtMs: nowMs },
    reports: [ended(state.pulse.id, nowMs)],
  };
}

const ended = (id: number, monotonicMs: number): RelayReport => ({
  type: 'pulse-ended',
  id,
  monotonicMs,
});
const refuse = (state: RelayState, id: number, why: string): RelayStep => ({
  state,
  reports: [{ type: 'pulse-refused', id, why }],
});
const quiet = (state: RelayState): RelayStep => ({ state, reports: [] });
