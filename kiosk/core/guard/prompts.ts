/**
 * What CONFIRM can mean now. NEXT walks through the list; CONFIRM counts only for what has been shown
 * for a second. A meaning that is there no longer gives way to the first one, and the second begins
 * anew.
 */
import type { Rule } from '../../../config/policy.js';
import type { Now } from '../../../config/vocabulary.js';
import { type Attestable, type OpenReason, openReasons } from '../../../config/vocabulary.js';
import { isFirm, takesEvidence } from '../attempt/attempt.js';
import type { Attempt } from '../attempt/attempt-state.js';
import { mayMeasureByHand } from '../attempt/by-hand.js';
import { promptReadyMs } from '../deadlines.js';
import { siteDay } from '../policy/isolation.js';
import { offersOf } from '../policy/offers.js';
import { evaluate } from '../policy/rules.js';
import type { GateState } from '../state.js';
import { set, type Turn } from '../turn.js';

export type Meaning =
  /** I have seen it, asked it */
  | { readonly type: 'attest'; readonly what: Attestable }
  /** measured by hand */
  | { readonly type: 'temperature'; readonly is: 'normal' | 'fever' }
  /** this is the person's case */
  | { readonly type: 'case'; readonly rule: Rule }
  /** I have looked at the person: let pass */
  | { readonly type: 'attend'; readonly rule: Rule }
  /** arrived on this day, days since 1970 in site time */
  | { readonly type: 'day'; readonly day: number; readonly daysBack: number }
  /** what became of the ticket that a power cut left open */
  | { readonly type: 'ticket'; readonly ticket: string; readonly isUsed: boolean }
  /** one more child passes with this person: who is in the lane by this grant; null: the attempt's */
  | { readonly type: 'accompanied'; readonly count: number; readonly grant: number | null }
  /** why I opened */
  | { readonly type: 'reason'; readonly reason: OpenReason };

export interface PromptMeaning {
  /** changes whenever the meaning changes: the attempt is in it */
  readonly id: string;
  readonly meaning: Meaning;
}

/** @returns everything that CONFIRM can mean now, the likeliest first; nothing where nobody may say it */
export function promptsOf(state: GateState, now: Now): readonly PromptMeaning[] {
  if (state.duty === null) return [];
  return [...reasons(state), ...ofAttempt(state, now), ...companions(state)];
}

/** Keeps what is shown where it can still be meant; called at the end of each step. */
export function refreshPrompt(turn: Turn): void {
  const { prompt } = turn.state;
  const list = promptsOf(turn.state, turn.now);
  const shown = list.find(({ id }) => id === prompt?.id) ?? list[0];
  if (shown === undefined) {
    if (prompt !== null) set(turn, { prompt: null });
    return;
  }
  if (prompt === null || prompt.id !== shown.id) return show(turn, shown.id);
  const isReady = promptReadyMs(turn.state, prompt) <= turn.now.monotonicMs;
  if (isReady !== prompt.isReady) set(turn, { prompt: { ...prompt, isReady } });
}

/** NEXT: the next meaning, and after the last the first again. */
export function walkPrompt(turn: Turn): void {
  const list = promptsOf(turn.state, turn.now);
  const at = list.findIndex(({ id }) => id === turn.state.prompt?.id);
  const next = list[(at + 1) % Math.max(1, list.length)];
  if (next !== undefined && next.id !== turn.state.prompt?.id) show(turn, next.id);
}

function show(turn: Turn, id: string): void {
  set(turn, { prompt: { id, sinceMs: turn.now.monotonicMs, isReady: false } });
}

function reasons({ opened }: GateState): PromptMeaning[] {
  if (opened === null) return [];
  return openReasons
    .filter((reason) => reason !== 'unspecified' && reason !== 'accompanied')
    .map((reason) => ({
      id: `${opened.grant}/reason:${reason}`,
      meaning: { type: 'reason', reason },
    }));
}

function ofAttempt(state: GateState, now: Now): PromptMeaning[] {
  const { attempt } = state;
  if (attempt === null || !takesEvidence(state)) return [];
  return meanings(state, attempt, now).map((meaning) => ({
    id: `${attempt.serial}/${nameOf(meaning)}`,
    meaning,
  }));
}

function meanings(state: GateState, attempt: Attempt, now: Now): Meaning[] {
  const byHand: Meaning[] = [
    { type: 'temperature', is: 'normal' },
    { type: 'temperature', is: 'fever' },
  ];
  const canMeasure = mayMeasureByHand(state, attempt, now.monotonicMs);
  if (isFirm(attempt)) return canMeasure ? byHand : [];
  const decision = evaluate(state, attempt, now);
  if (decision.outcome === 'awaits-guard')
    return decision.step === 'attend'
      ? [{ type: 'attend', rule: decision.rule }]
      : arrivalDays(state, now);
  if (decision.outcome !== 'pending') return [];
  const uncertain = decision.asks.flatMap(({ reason, document }): Meaning[] =>
    reason === 'ticket-uncertain' && document !== null
      ? [
          { type: 'ticket', ticket: document, isUsed: false },
          { type: 'ticket', ticket: document, isUsed: true },
        ]
      : [],
  );
  const { attest, cases } = offersOf(state, attempt, now);
  const attested = attest.flatMap((what): Meaning[] =>
    what === 'temperature' ? (canMeasure ? byHand : []) : [{ type: 'attest', what }],
  );
  // The chosen case is not asked for again: the list goes on with what it lacks.
  const selectable = cases
    .filter(({ id }) => id !== attempt.selected)
    .map((rule): Meaning => ({ type: 'case', rule }));
  return [...uncertain, ...attested, ...selectable];
}

function arrivalDays({ settings }: GateState, now: Now): Meaning[] {
  const today = siteDay(now.wallMs, settings);
  if (!Number.isSafeInteger(today)) return [];
  const { arrivalDaysBackMax } = settings.policy.settings;
  return Array.from({ length: arrivalDaysBackMax + 1 }, (_, daysBack) => ({
    type: 'day',
    day: today - daysBack,
    daysBack,
  }));
}

/** A child passes with an adult who is known: while the adult is at the gate, or in it. */
function companions({ attempt, lane, settings, releaseUntilMs }: GateState): PromptMeaning[] {
  if (releaseUntilMs !== null) return [];
  const grant = 'grant' in lane && lane.grant.accompanies === null ? lane.grant : null;
  const isKnown = attempt !== null && attempt.identifiedMs !== null;
  const isOpen = grant !== null && lane.name !== 'committing';
  const isWaiting = isKnown && attempt.standing.type !== 'held';
  const count = isOpen ? grant.companions : isWaiting && grant === null ? attempt.companions : null;
  if (count === null || count >= settings.policy.settings.companionsMax) return [];
  const serial = isOpen ? `g${grant.id}` : attempt?.serial;
  return [
    {
      id: `${serial}/accompanied:${count + 1}`,
      meaning: { type: 'accompanied', count: count + 1, grant: isOpen ? grant.id : null },
    },
  ];
}

function nameOf(meaning: Meaning): string {
  switch (meaning.type) {
    case 'attest':
      return `attest:${meaning.what}`;
    case 'temperature':
      return `temperature:${meaning.is}`;
    case 'case':
      return `case:${meaning.rule.id}`;
    case 'attend':
      return `attend:${meaning.rule.id}`;
    case 'day':
      return `day:${meaning.day}`;
    case 'ticket':
      return `ticket:${meaning.isUsed ? 'used' : 'unused'}:${meaning.ticket}`;
    case 'accompanied':
      return `accompanied:${meaning.count}`;
    case 'reason':
      return `reason:${meaning.reason}`;
  }
}
