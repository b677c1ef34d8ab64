/** The person's screen as a projection of the gate's state. Nothing private can get in here. */
import type { Phrase } from '../../config/policy.js';
import type { Now } from '../../config/vocabulary.js';
import type { Attempt } from '../core/attempt/attempt-state.js';
import { evaluate } from '../core/policy/rules.js';
import type { GateState } from '../core/state.js';
import {
  failedParts,
  headlines,
  nextSteps,
  noShow,
  passed,
  present,
  temperatureSteps,
  useOtherGate,
  waitOutside,
  walk,
  walkCalmly,
} from './phrases.js';
import type { ChecklistItem, ScreenMode, ScreenView } from './view.js';

/**
 * @param state the gate after a step
 * @param now the moment of that step
 * @returns what the person sees; the same look for every "see the guard", whatever its reason
 */
export function projectView(state: GateState, now: Now): ScreenView {
  const mode = modeOf(state);
  const checklist = mode === 'collecting' || mode === 'refused' ? listOf(state, now) : noList;
  const { attempt, verdict, toneSerial, settings } = state;
  const isNormal = attempt?.temperature && (mode === 'collecting' || mode === 'go');
  return {
    mode,
    headline: verdict?.type === 'passed' && mode === 'idle' ? passed : headlines[mode],
    nextStep: nextStepOf(state, mode, checklist.missing, now),
    checklist: checklist.items,
    temperature:
      isNormal && attempt.temperature
        ? { celsius: celsius(attempt.temperature.bodyCentidegrees), verdict: 'normal' }
        : null,
    masked: mode === 'see-guard' ? null : (attempt?.masked ?? null),
    tone: toneOf(mode),
    toneSerial,
    direction: settings.direction,
  };
}

function modeOf(state: GateState): ScreenMode {
  if (state.releaseUntilMs !== null) return 'emergency';
  if (state.lane.name === 'committing') return 'wait';
  if (state.lane.name === 'granted' || state.lane.name === 'passing') return 'go';
  if (state.lane.name === 'lockdown') return 'lockdown';
  if (state.attempt !== null && state.attempt.standing.type !== 'collecting') return 'see-guard';
  if (state.verdict?.type === 'refused') return 'refused';
  if (state.attempt !== null) return 'collecting';
  if (state.devices.scanner !== 'ok' || state.devices.relay !== 'ok') return 'out-of-service';
  return 'idle';
}

const noList = { items: [] as ChecklistItem[], missing: [] as Phrase[] };

function listOf(state: GateState, now: Now): typeof noList {
  const { attempt } = state;
  if (attempt === null) return noList;
  const decision = evaluate(state, attempt, now);
  if (decision.outcome !== 'pending') return noList;
  const line = (id: string, label: Phrase, isDone: boolean): ChecklistItem => ({
    id,
    label,
    state: isDone ? 'done' : 'missing',
  });
  return {
    items: [
      ...decision.done.map(({ id, label }) => line(id, label, true)),
      ...decision.missing.map(({ id, label }) => line(id, label, false)),
    ],
    missing: decision.missing.map(({ id, label }) =>
      id === 'temperature' ? temperatureStep(attempt) : both(present, label),
    ),
  };
}

function nextStepOf(
  state: GateState,
  mode: ScreenMode,
  missing: readonly Phrase[],
  now: Now,
): Phrase | null {
  if (mode === 'go') return walk;
  if (mode === 'lockdown') return waitOutside;
  if (mode === 'emergency') return walkCalmly;
  if (mode === 'out-of-service') return useOtherGate;
  if (mode === 'refused') return nextSteps[state.verdict?.reasons[0] ?? 'no-rule'] ?? null;
  if (mode === 'idle' && state.verdict?.type === 'no-show') return noShow;
  if (mode === 'idle') return failedPart(state, now);
  if (mode === 'collecting') return missing[0] ?? null;
  return null;
}

/** A part that no automatic grant can do without is not sound: nobody is to find out at the end. */
function failedPart({ devices, unwritten, late }: GateState, { clock }: Now): Phrase | null {
  for (const device of ['turnstile', 'thermometer', 'id-card-reader'] as const) {
    const status = devices[device];
    if (status !== undefined && status !== 'ok') return failedParts[device];
  }
  if (unwritten.failed.length > 0 || late.length > 0) return failedParts.record;
  return clock === 'synced' || clock === 'holdover' ? null : failedParts.clock;
}

function temperatureStep(attempt: Attempt): Phrase {
  return temperatureSteps[attempt.noReading ?? 'measure'];
}

function toneOf(mode: ScreenMode): ScreenView['tone'] {
  if (mode === 'collecting') return 'accepted';
  if (mode === 'go') return 'go';
  if (mode === 'refused') return 'refused';
  if (mode === 'see-guard') return 'see-guard';
  return mode === 'emergency' ? 'siren' : 'none';
}

function both(first: Phrase, second: Phrase): Phrase {
  return { zh: first.zh + second.zh, en: first.en + second.en };
}

/** Hundredths to one decimal, as a thermometer shows it: 3652 → 36.5; never rounded up to a fever. */
function celsius(centidegrees: number): string {
  return (Math.floor(centidegrees / 10) / 10).toFixed(1);
}
