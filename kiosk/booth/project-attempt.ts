/** The person at the gate, as the guard sees them: what was shown, what is missing, and why. */
import type { Phrase, Rule } from '../../config/policy.js';
import type { Now, Reason } from '../../config/vocabulary.js';
import type { Attempt } from '../core/attempt/attempt-state.js';
import { feverStanding, pauseEndMs } from '../core/attempt/fever.js';
import type { Decision } from '../core/policy/decision.js';
import { judgeTemperature } from '../core/policy/temperature.js';
import type { GateState } from '../core/state.js';
import {
  attestableWords,
  cardWords,
  feverWords,
  lineWords,
  paperWords,
  reasonWords,
  temperatureWords,
} from './phrases.js';
import { isoDay } from './prompt-words.js';
import type { BoothAttempt, BoothLine, Worded } from './view.js';
import { wallTime } from './wall-time.js';

/**
 * @param state the gate after a step
 * @param attempt the open one
 * @param decision what the policy says of it
 * @param now the moment of that step
 * @returns its picture: masks at most
 */
export function projectAttempt(
  state: GateState,
  attempt: Attempt,
  decision: Decision,
  now: Now,
): BoothAttempt {
  const { serial, masked, standing, companions, arrivalDay } = attempt;
  const rule = ruleOf(state, attempt, decision);
  return {
    serial,
    masked,
    shown: shownOf(attempt, decision),
    missing: missingOf(decision),
    standing: standing.type,
    reasons: reasonsOf(attempt, decision).map(worded),
    temperature: temperatureOf(state, attempt),
    fever: feverOf(state, attempt, now),
    rule:
      rule === null
        ? null
        : {
            id: rule.id,
            clause: rule.clause,
            title: rule.title,
            isSelected: rule.id === attempt.selected,
          },
    arrivalDay: arrivalDay === null ? null : isoDay(arrivalDay),
    companions,
  };
}

/** @returns the case that the guard has chosen, else the rule that the decision is about */
export function ruleOf(
  { settings }: GateState,
  { selected }: Attempt,
  decision: Decision,
): Rule | null {
  const chosen = settings.policy.rules.find(({ id }) => id === selected);
  return chosen ?? (decision.outcome === 'stop' ? null : decision.rule);
}

/** What is said of ID cards, and of no code whose kind nobody knows. */
const cardReasons: readonly Reason[] = ['card-unreadable', 'expired', 'not-yet-valid', 'revoked'];

/** @returns a reason with its words */
export function worded(code: Reason): Worded {
  return { code, text: reasonWords[code] };
}

function shownOf(attempt: Attempt, decision: Decision): readonly BoothLine[] {
  const isPending = decision.outcome === 'pending';
  const refused = isPending ? decision.refused : [];
  const refusedCard = isPending ? decision.refusedCard : null;
  const line = (label: Phrase, masked: string | null, reason: Reason | null = null): BoothLine => ({
    label,
    masked,
    state: reason === null ? 'accepted' : 'refused',
    reason: reason === null ? null : worded(reason),
  });
  const { card, documents, refusals, attested } = attempt;
  const lines = [
    ...(card === null ? [] : [line(cardWords[card.cardKind], card.masked, refusedCard)]),
    ...documents.map(({ id, kind, variant, masked }) => {
      const refusal = refused.find(({ document }) => document.id === id);
      return line(paperWords(kind, variant), masked, refusal?.reason);
    }),
    ...refusals.map(({ kind, reason }) => {
      const isCard = kind === null && cardReasons.includes(reason);
      return line(isCard ? cardWords.resident : paperWords(kind, null), null, reason);
    }),
    ...attested.map(({ what }) => ({
      ...line(attestableWords[what], null),
      state: 'attested' as const,
    })),
  ];
  // What was scanned again and again is one line.
  const seen = new Set<string>();
  return lines.filter((it) => {
    const text = JSON.stringify(it);
    return !seen.has(text) && seen.add(text);
  });
}

function missingOf(decision: Decision): BoothAttempt['missing'] {
  if (decision.outcome === 'pending') return decision.missing;
  if (decision.outcome !== 'awaits-guard') return [];
  const label = decision.step === 'day' ? lineWords.arrivalDay : lineWords.attend;
  return [{ id: decision.step, label }];
}

/** "The guard is to look" is said only where nothing says at what. */
function reasonsOf({ standing }: Attempt, decision: Decision): readonly Reason[] {
  if (standing.type === 'collecting') return [];
  const asked = decision.outcome === 'pending' ? decision.asks.map(({ reason }) => reason) : [];
  const all = [...new Set([...standing.reasons, ...asked])];
  const telling = all.filter((reason) => reason !== 'guard-needed');
  return telling.length > 0 ? telling : all;
}

function temperatureOf({ settings }: GateState, attempt: Attempt): BoothAttempt['temperature'] {
  const { temperature, noReading } = attempt;
  if (temperature === null)
    return noReading === null
      ? null
      : { code: noReading, text: temperatureWords[noReading], celsius: null };
  const band = judgeTemperature(temperature, settings.policy.settings);
  const celsius = band === 'normal' ? oneDecimal(temperature.bodyCentidegrees) : null;
  return { code: band, text: temperatureWords[band], celsius };
}

function feverOf(state: GateState, attempt: Attempt, now: Now): BoothAttempt['fever'] {
  const limits = state.settings.policy.settings;
  const { identities } = attempt;
  const standing = feverStanding(state.fevers, identities, limits, now.monotonicMs);
  if (standing === 'none') return null;
  const endMs = pauseEndMs(state.fevers, identities, limits, now.monotonicMs);
  const until = endMs === null ? null : wallTime(now, endMs);
  return { code: standing, text: feverWords[standing], until };
}

/** Hundredths to one decimal, as a thermometer shows it: 3652 → 36.5; never rounded up to a fever. */
function oneDecimal(centidegrees: number): string {
  return (Math.floor(centidegrees / 10) / 10).toFixed(1);
}
