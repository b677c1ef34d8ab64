/** One rule and one attempt side by side: what applies here, and which paper serves as which. */
import { type Requirement, type Rule, requirementsIn } from '../../../config/policy.js';
import type { Attestable, CredentialReason, Now } from '../../../config/vocabulary.js';
import type { Attempt, Refusal } from '../attempt/attempt-state.js';
import { measurementsCountFromMs } from '../attempt/fever.js';
import type { DocumentEvidence } from '../evidence.js';
import type { GateState } from '../state.js';
import { fits, paperRefusal } from './paper.js';
import { judgeTemperature } from './temperature.js';

export interface Case {
  readonly rule: Rule;
  /** those of the rule that are made in this direction */
  readonly requires: readonly Requirement[];
  /** by the names within the rule */
  readonly papers: ReadonlyMap<string, DocumentEvidence>;
  readonly state: GateState;
  readonly attempt: Attempt;
  readonly now: Now;
}

type Paper = Extract<Requirement, { op: 'document' }>;
type Unfilled = Omit<Case, 'papers'>;

/** When a normal temperature was taken, monotonic milliseconds. */
interface NormalReading {
  readonly fromMs: number;
  readonly takenMs: number;
}

/** @returns the rule as it stands to this attempt at this gate */
export function caseOf(rule: Rule, state: GateState, attempt: Attempt, now: Now): Case {
  const requires = requirementsIn(rule, state.settings.direction);
  const unfilled: Unfilled = { rule, requires, state, attempt, now };
  const papers = new Map<string, DocumentEvidence>();
  if (attempt.documents.length === 0) return { ...unfilled, papers };
  const { early, late } = orderOf(requires);
  for (const requirement of early)
    put(
      papers,
      requirement,
      attempt.documents.filter((document) => fits(requirement, document)),
      unfilled,
    );
  for (const requirement of late)
    put(papers, requirement, lateShown(requirement, unfilled, papers), unfilled);
  return { ...unfilled, papers };
}

interface PaperOrder {
  readonly early: readonly Paper[];
  /** a host's code is known by the filing, and what comes after the temperature by that */
  readonly late: readonly Paper[];
}

/** Worked out once for each rule: every attempt asks for it. */
const orders = new WeakMap<readonly Requirement[], PaperOrder>();

function orderOf(requires: readonly Requirement[]): PaperOrder {
  const known = orders.get(requires);
  if (known !== undefined) return known;
  const papers = requires.filter((it) => it.op === 'document');
  const isLate = ({ as }: Paper): boolean => requires.some((it) => isAbout(it, as));
  const order = { early: papers.filter((it) => !isLate(it)), late: papers.filter(isLate) };
  orders.set(requires, order);
  return order;
}

function isAbout(requirement: Requirement, name: string): boolean {
  return (
    (requirement.op === 'host' && requirement.by === name) ||
    (requirement.op === 'temperature' && requirement.before === name)
  );
}

/** Of several the first that serves; else the first, so that it can be told why it does not. */
function put(
  papers: Map<string, DocumentEvidence>,
  { as }: Paper,
  shown: readonly DocumentEvidence[],
  context: Unfilled,
): void {
  const serving =
    shown.length < 2
      ? undefined
      : shown.find((document) => paperRefusal(document, as, context) === null);
  const paper = serving ?? shown[0];
  if (paper !== undefined) papers.set(as, paper);
}

/** What is of another host, or came before the temperature, counts as not shown. */
function lateShown(
  requirement: Paper,
  unfilled: Unfilled,
  papers: ReadonlyMap<string, DocumentEvidence>,
): readonly DocumentEvidence[] {
  return unfilled.requires.reduce<readonly DocumentEvidence[]>(
    (shown, it) => {
      if (!isAbout(it, requirement.as)) return shown;
      if (it.op === 'host') {
        const host = papers.get(it.of)?.host ?? null;
        return shown.filter(
          ({ identity }) => identity?.space === 'campus-id' && identity.token === host,
        );
      }
      const readings = countingReadings(unfilled, true);
      return shown.filter((document) => readings.some(({ takenMs }) => takenMs < document.takenMs));
    },
    unfilled.attempt.documents.filter((document) => fits(requirement, document)),
  );
}

/**
 * @param isAfterCard only what was taken after the ID card was read
 * @returns the normal temperatures of the attempt that count: the sensor's, and the guard's by hand
 */
export function countingReadings(
  { rule, state, attempt, now }: Unfilled,
  isAfterCard: boolean,
): readonly NormalReading[] {
  const limits = state.settings.policy.settings;
  const { temperature, card, identities } = attempt;
  const band = temperature === null ? null : judgeTemperature(temperature, limits);
  if (band === 'fever') return [];
  const sinceMs = Math.max(
    measurementsCountFromMs(state.fevers, identities, limits, now.monotonicMs),
    isAfterCard ? (card?.takenMs ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY,
  );
  const readings: NormalReading[] = temperature !== null && band === 'normal' ? [temperature] : [];
  const byHand = rule.attestable.includes('temperature')
    ? attempt.attested.filter(({ what }) => what === 'temperature')
    : [];
  for (const { atMs } of byHand) readings.push({ fromMs: atMs, takenMs: atMs });
  return readings.filter(({ fromMs }) => fromMs >= sinceMs);
}

/**
 * What kept a scan from being read as far as its kind: it may have been any paper. Only what has not
 * even the prefix of one is none.
 */
const kindUnknown: readonly CredentialReason[] = [
  'too-long',
  'bad-base45',
  'bad-structure',
  'bad-algorithm',
  'unknown-key',
  'bad-signature',
  'bad-claims',
];

/**
 * @returns whether the guard may attest this at all now: a paper that failed verification in this
 *   attempt is not replaced by anybody's word
 */
export function mayAttest(what: Attestable, { refusals }: Attempt): boolean {
  return what !== 'resumption-certificate' || !refusals.some((refusal) => mayBe(what, refusal));
}

function mayBe(what: 'resumption-certificate', { kind, reason }: Refusal): boolean {
  return kind === what || (kind === null && kindUnknown.some((code) => code === reason));
}

/** @returns whether the guard has attested what this rule lets a guard attest */
export function isAttested(
  what: Attestable,
  { rule, attempt }: { readonly rule: Rule; readonly attempt: Attempt },
): boolean {
  return (
    rule.attestable.includes(what) &&
    attempt.attested.some((it) => it.what === what) &&
    mayAttest(what, attempt)
  );
}
