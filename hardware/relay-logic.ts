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

/** What the turnstile wants, and has. */
export interface RelayKind {
  readonly mode: TurnstileMode;
  /** false: a release is made of the grant contact */
  readonly hasRelease: boolean;
}

export interface RelayState extends RelayKind {
  readonly pulse: { readonly id: number; readonly endsAtMs: number } | null;
  readonly lastPulseAtMs: number | null;
  readonly lastEndAtMs: number | null;
  readonly releasedUntilMs: number | null;
  /** when the closing that stands for the release output ends; null: none is on */
  readonly releasePulseEndsAtMs: number | null;
  readonly closed: boolean;
}

/** @returns the owner of a relay before such a turnstile, with everything off */
export function relayAtRest({ mode, hasRelease }: RelayKind): RelayState {
  return {
    mode,
    hasRelease,
    pulse: null,
    lastPulseAtMs: null,
    lastEndAtMs: null,
    releasedUntilMs: null,
    releasePulseEndsAtMs: null,
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
  const released = withReleasePulse(next.state, nowMs);
  return { state: released, reports: [...settled.reports, ...next.reports] };
}

/** Whether the line is energised in this state. */
export function isEnergised(state: RelayState, line: RelayLine): boolean {
  if (line === 'release') return state.hasRelease && state.releasedUntilMs !== null;
  return state.pulse !== null || state.releasePulseEndsAtMs !== null;
}

/** When the state must be stepped by `tick` at the latest, or null while everything is off. */
export function relayDeadlineMs(state: RelayState): number | null {
  const isBetween = isReleasedByPulses(state) && !isEnergised(state, 'grant');
  const deadlines = [
    state.pulse?.endsAtMs ?? null,
    state.releasedUntilMs,
    state.releasePulseEndsAtMs,
    isBetween ? nextPulseAtMs(state) : null,
  ].filter((deadline) => deadline !== null);
  return deadlines.length === 0 ? null : Math.min(...deadlines);
}

function isReleasedByPulses({ hasRelease, releasedUntilMs }: RelayState): boolean {
  return !hasRelease && releasedUntilMs !== null;
}

/** When another pulse may begin at the earliest: far behind, and it may at once. */
function nextPulseAtMs({ lastPulseAtMs, lastEndAtMs }: RelayState): number {
  const never = Number.NEGATIVE_INFINITY;
  return Math.max(
    lastPulseAtMs === null ? never : lastPulseAtMs + relayLimits.pulseIntervalMsMin,
    lastEndAtMs === null ? never : lastEndAtMs + restMsMin,
  );
}

/**
 * Without a release output the turnstile is let go one permission after the other, as fast as boards
 * count them; one that wants a level has it for as long as the release lasts.
 */
function withReleasePulse(state: RelayState, nowMs: number): RelayState {
  const { mode, pulse, releasedUntilMs, releasePulseEndsAtMs } = state;
  if (state.hasRelease || releasedUntilMs === null) return state;
  if (mode === 'level') return { ...state, releasePulseEndsAtMs: releasedUntilMs };
  if (pulse !== null || releasePulseEndsAtMs !== null || nowMs < nextPulseAtMs(state)) return state;
  const endsAtMs = Math.min(nowMs + relayLimits.releasePulseMs, releasedUntilMs);
  return { ...state, releasePulseEndsAtMs: endsAtMs, lastPulseAtMs: nowMs };
}

function apply(state: RelayState, input: RelayInput, nowMs: number): RelayStep {
  if (state.closed)
    return input.type === 'pulse' ? refuse(state, input.id, 'the relay is closed') : quiet(state);
  switch (input.type) {
    case 'pulse':
      return startPulse(state, input, nowMs);
    case 'drop':
      return state.pulse?.id === input.id ? pulseOff(state, nowMs) : quiet(state);
    case 'release': {
      const releasedUntilMs = releaseEnd(input.on, input.untilMs, nowMs);
      return quiet(
        releasedUntilMs === null
          ? { ...releasePulseOff(state, nowMs), releasedUntilMs }
          : { ...state, releasedUntilMs },
      );
    }
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
  if (isReleasedByPulses(state)) return refuse(state, id, 'the turnstile is released');
  if (state.lastPulseAtMs !== null && nowMs - state.lastPulseAtMs < relayLimits.pulseIntervalMsMin)
    return refuse(state, id, `one pulse in ${relayLimits.pulseIntervalMsMin} ms`);
  if (state.lastEndAtMs !== null && nowMs - state.lastEndAtMs < restMsMin)
    return refuse(state, id, 'the last pulse has only just ended');
  const { pulseMsMax, levelMsMax } = relayLimits;
  const endsAtMs = nowMs + Math.min(durationMs, state.mode === 'level' ? levelMsMax : pulseMsMax);
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
  const endsAtMs = state.releasePulseEndsAtMs;
  const isEnd = releaseOver || (endsAtMs !== null && nowMs >= endsAtMs);
  const rest = isEnd ? releasePulseOff(state, nowMs) : state;
  return {
    state: {
      ...rest,
      pulse: pulseOver ? null : state.pulse,
      lastEndAtMs: pulseOver ? nowMs : rest.lastEndAtMs,
      releasedUntilMs: releaseOver ? null : state.releasedUntilMs,
    },
    reports: pulseOver && state.pulse !== null ? [ended(state.pulse.id, nowMs)] : [],
  };
}

function allOff(state: RelayState, nowMs: number): RelayStep {
  const off = pulseOff(releasePulseOff(state, nowMs), nowMs);
  return { ...off, state: { ...off.state, releasedUntilMs: null } };
}

function releasePulseOff(state: RelayState, nowMs: number): RelayState {
  if (state.releasePulseEndsAtMs === null) return state;
  return { ...state, releasePulseEndsAtMs: null, lastEndAtMs: nowMs };
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
