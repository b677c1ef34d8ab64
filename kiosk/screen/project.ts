/** The person's screen as a projection of the gate's state. Nothing private can get in here. */
import type { HeadlineId } from '../../config/language.js';
import type { Now } from '../../config/vocabulary.js';
import { evaluate } from '../core/policy/rules.js';
import type { GateState } from '../core/state.js';
import { collectingHeadline, idleStep, type Next, nextOf, refusedStep } from './next-step.js';
import type { ChecklistItem, NextStep, ScreenMode, ScreenView, Tone } from './view.js';

/**
 * @param state the gate after a step
 * @param now the moment of that step
 * @returns what the person sees; the same look for every "see the guard", whatever its reason
 */
export function projectView(state: GateState, now: Now): ScreenView {
  const mode = modeOf(state);
  const checklist =
    mode === 'collecting' || mode === 'refused' ? checklistOf(state, now) : noChecklist;
  const { attempt, toneSerial, settings } = state;
  const measured = mode === 'collecting' || mode === 'go' ? attempt?.temperature : null;
  return {
    mode,
    headline: headlineOf(state, mode, checklist),
    nextStep: stepOf(state, mode, checklist, now),
    checklist: checklist.items,
    temperature: measured ? { celsius: celsius(measured.bodyCentidegrees) } : null,
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

interface Checklist {
  readonly items: readonly ChecklistItem[];
  readonly next: Next | null;
  /** false: everything is there, and the arm has still to come to rest behind somebody */
  readonly isPending: boolean;
}
const noChecklist: Checklist = { items: [], next: null, isPending: false };

function checklistOf(state: GateState, now: Now): Checklist {
  const { attempt } = state;
  if (attempt === null) return noChecklist;
  const decision = evaluate(state, attempt, now);
  if (decision.outcome !== 'pending') return noChecklist;
  const { done, missing, rule, noReading } = decision;
  const next = nextOf(missing, rule, noReading);
  return {
    items: [
      ...done.map((line) => ({ ...line, state: 'done' as const })),
      ...missing.map((line) => ({
        ...line,
        state: line.id === next?.line.id ? ('next' as const) : ('missing' as const),
      })),
    ],
    next,
    isPending: true,
  };
}

function headlineOf(
  { verdict }: GateState,
  mode: ScreenMode,
  { next, isPending }: Checklist,
): HeadlineId {
  if (mode === 'idle') return verdict?.type === 'passed' ? 'passed' : 'idle';
  if (mode === 'collecting') {
    if (next !== null) return collectingHeadline(next);
    return isPending ? 'ask' : 'wait';
  }
  if (mode === 'refused') return refusedStep(verdict?.reasons[0]).isUnknown ? 'unknown' : 'refused';
  return mode;
}

function stepOf(
  state: GateState,
  mode: ScreenMode,
  { next, isPending }: Checklist,
  now: Now,
): NextStep | null {
  switch (mode) {
    case 'idle':
      return idleStep(state, now);
    case 'collecting':
      if (next !== null) return next.step;
      return isPending ? { step: 'ask-guard', hint: 'guard' } : null;
    case 'go':
      return { step: 'walk', hint: 'walk' };
    case 'refused': {
      const { verdict, settings } = state;
      // Who fits no rule is told what the policy says to them (clause 九).
      if (verdict?.reasons[0] === 'no-rule')
        return { step: null, phrase: settings.policy.otherwise.nextStep, hint: 'guard' };
      const { step, hint } = refusedStep(verdict?.reasons[0]);
      return { step, hint };
    }
    case 'lockdown':
      return { step: 'wait-outside', hint: 'wait' };
    case 'out-of-service':
      return { step: 'other-gate', hint: 'lane' };
    case 'emergency':
      return { step: 'walk-calmly', hint: 'walk' };
    case 'wait':
    case 'see-guard':
      return null;
  }
}

function toneOf(mode: ScreenMode): Tone {
  if (mode === 'collecting') return 'accepted';
  if (mode === 'go') return 'go';
  if (mode === 'refused') return 'refused';
  if (mode === 'see-guard') return 'see-guard';
  return mode === 'emergency' ? 'siren' : 'none';
}

/** Hundredths to one decimal, as a thermometer shows it: 3652 → 36.5; never rounded up to a fever. */
function celsius(centidegrees: number): string {
  return (Math.floor(centidegrees / 10) / 10).toFixed(1);
}
