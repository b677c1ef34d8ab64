/** The one next step: of the checklist, after a refusal, and before anybody shows anything. */
import type { HeadlineId, StepId } from '../../config/language.js';
import type { Rule } from '../../config/policy.js';
import type { Now, Reason } from '../../config/vocabulary.js';
import type { NoReading } from '../core/attempt/attempt-state.js';
import type { Line } from '../core/policy/decision.js';
import type { GateState } from '../core/state.js';
import type { Hint, NextStep } from './view.js';

/** What the checklist asks for next, and where. */
export interface Next {
  readonly line: Line;
  readonly step: NextStep;
  /** of a measurement that did not serve */
  readonly noReading: NoReading | null;
}

/**
 * @param missing what the rule still lacks, in its order
 * @param rule whose checklist it is
 * @param noReading why the last measurement does not serve: whoever holds out a wrist is told first
 * @returns the line that comes next, with its step; null where nothing is missing
 */
export function nextOf(
  missing: readonly Line[],
  rule: Rule | null,
  noReading: NoReading | null,
): Next | null {
  const temperature = missing.find(({ id }) => id === 'temperature');
  const line = (noReading === null ? undefined : temperature) ?? missing[0];
  if (line === undefined) return null;
  if (line.id === 'temperature') return { line, step: measuring[noReading ?? 'new'], noReading };
  return { line, step: paperStep(line, rule), noReading: null };
}

const measuring = {
  new: { step: 'measure', hint: 'wrist' },
  'too-cold': { step: 'too-cold', hint: 'warm' },
  'too-hot': { step: 'too-hot', hint: 'wrist' },
  'not-new': { step: 'not-new', hint: 'wrist' },
  ambient: { step: 'ambient', hint: 'guard' },
} as const satisfies Readonly<Record<'new' | NoReading, NextStep>>;

function paperStep({ id, label: paper }: Line, rule: Rule | null): NextStep {
  // A card's line has an id of its own; a paper's is the name that the rule gives it.
  const isPaper = rule?.requires.some((it) => it.op === 'document' && it.as === id) ?? false;
  if (isPaper) return { step: 'show-paper', paper, hint: 'scan' };
  if (id === 'card') return { step: 'lay-paper', paper, hint: 'card' };
  return { step: 'guard-asks', paper, hint: 'guard' };
}

const readingHeadlines: Readonly<Record<NoReading, HeadlineId>> = {
  'too-cold': 'warm',
  'too-hot': 'again',
  'not-new': 'away',
  ambient: 'unmeasured',
};

/** @returns the main word of what comes next */
export function collectingHeadline({ step, noReading }: Next): HeadlineId {
  if (noReading !== null) return readingHeadlines[noReading];
  const { hint } = step;
  return hint === 'scan' || hint === 'card' || hint === 'wrist' ? hint : 'ask';
}

interface RefusedStep {
  readonly step: StepId;
  readonly hint: Hint;
  /** it was no paper of this site: said apart from one that is and does not serve */
  readonly isUnknown?: true;
}
const notOurs: RefusedStep = { step: 'not-ours', hint: 'scan', isUnknown: true };
const askIssuer: RefusedStep = { step: 'ask-issuer', hint: 'office' };

const afterRefusal: Readonly<Partial<Record<Reason, RefusedStep>>> = {
  'too-long': notOurs,
  'bad-prefix': notOurs,
  'bad-base45': notOurs,
  'bad-structure': notOurs,
  'bad-algorithm': notOurs,
  'unknown-key': askIssuer,
  'bad-signature': askIssuer,
  'bad-claims': askIssuer,
  'kind-not-allowed': askIssuer,
  'not-yet-valid': { step: 'not-yet-valid', hint: 'wait' },
  expired: { step: 'expired', hint: 'office' },
  revoked: { step: 'revoked', hint: 'office' },
  'already-used': { step: 'already-used', hint: 'scan' },
  'outside-window': { step: 'outside-window', hint: 'office' },
  'lifetime-too-long': askIssuer,
  'wrong-zone': { step: 'wrong-zone', hint: 'lane' },
  incomplete: { step: 'incomplete', hint: 'scan' },
};
const askGuard: RefusedStep = { step: 'ask-guard', hint: 'guard' };

/** @returns what to do after a refusal; of a reason that says nothing to a person: ask the guard */
export function refusedStep(reason: Reason | undefined): RefusedStep {
  return (reason === undefined ? undefined : afterRefusal[reason]) ?? askGuard;
}

/** @returns what to do first, or what does not work: nobody is to find out at the end */
export function idleStep(state: GateState, now: Now): NextStep {
  if (state.verdict?.type === 'no-show') return { step: 'no-show', hint: 'scan-or-card' };
  const failed = failedPart(state, now);
  if (failed !== null) return { step: failed, hint: 'guard' };
  return state.devices['id-card-reader'] === undefined
    ? { step: 'show-code', hint: 'scan' }
    : { step: 'show-code-or-card', hint: 'scan-or-card' };
}

const partSteps = [
  ['turnstile', 'no-turnstile'],
  ['thermometer', 'no-thermometer'],
  ['id-card-reader', 'no-card-reader'],
] as const;

/** A part that no automatic grant can do without is not sound. */
function failedPart({ devices, unwritten, late }: GateState, { clock }: Now): StepId | null {
  for (const [device, step] of partSteps) if ((devices[device] ?? 'ok') !== 'ok') return step;
  if (unwritten.failed.length > 0 || late.length > 0) return 'no-record';
  return clock === 'synced' || clock === 'holdover' ? null : 'no-clock';
}
