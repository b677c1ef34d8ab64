/**
 * The attempt: one person's evidence, kept apart from everybody else's. Here it begins, stands
 * somewhere, goes stale and ends; what comes in stands in `intake.ts`.
 */
import type { IdentitySpace } from '../../../config/vocabulary.js';
import type { DocumentEvidence, Identity } from '../evidence.js';
import { joins } from '../policy/assess.js';
import { recordRefusal } from '../records.js';
import { areTooMany, changesKeptMax } from '../replay/causes.js';
import type { GateState } from '../state.js';
import { note, set, sound, type Turn } from '../turn.js';
import type { Attempt, Refusal, Standing } from './attempt-state.js';

export type AttemptEnd =
  | 'passage'
  | 'no-show'
  | 'tailgate'
  | 'not-opened'
  | 'refused'
  | 'identity-changed'
  | 'superseded'
  | 'silence'
  | 'acknowledged'
  | 'guard-refused'
  | 'admin-ended'
  | 'lockdown'
  | 'emergency';

/** @returns whether scans and temperatures count now: not from a grant to its end, not while held */
export function takesEvidence(state: GateState): boolean {
  return (
    state.releaseUntilMs === null &&
    isBetweenPassages(state.lane) &&
    state.attempt?.standing.type !== 'held'
  );
}

/** @returns whether nobody is being let through: at rest, or settling behind the one before */
export function isBetweenPassages({ name }: GateState['lane']): boolean {
  return name === 'locked' || name === 'fault' || name === 'settling';
}

/** @returns whether a paper is the code of the host whom a shown filing names: it is no identity here */
export function isHostOf(attempt: Attempt, { kind, identity }: DocumentEvidence): boolean {
  if (kind !== 'campus-card-code' || identity?.space !== 'campus-id') return false;
  return attempt.documents.some(({ host }) => host !== null && host === identity.token);
}

/**
 * @returns whether the attempt's evidence has been left alone for longer than a silence: who was
 *   referred then may be gone, and nothing that somebody else shows may complete it
 */
export function isStale({ state, now }: Turn, { lastEvidenceMs }: Attempt): boolean {
  return !(now.monotonicMs - lastEvidenceMs <= state.settings.policy.settings.silenceMs);
}

/** Changes where the attempt stands, and how long it may stand there. */
export function setStanding(turn: Turn, standing: Standing): void {
  const { attempt } = turn.state;
  if (attempt === null) return;
  sound(turn);
  const deadlineMs =
    standing.type === 'held'
      ? Number.POSITIVE_INFINITY
      : turn.now.monotonicMs + patienceMs(turn.state, standing);
  replaceAttempt(turn, { ...attempt, standing, deadlineMs });
}

/** Ends the attempt: all its evidence is gone with it. */
export function endAttempt(turn: Turn, end: AttemptEnd): void {
  const { attempt } = turn.state;
  if (attempt === null) return;
  note(turn, 'attempt-ended', {
    attempt: attempt.serial,
    end,
    reasons: attempt.standing.type === 'collecting' ? [] : [...attempt.standing.reasons],
  });
  set(turn, { attempt: null, strays: null });
  // What was superseded was nobody's yet: what failed in it is the next one's.
  if (end === 'superseded') leaveRefusals(turn, attempt.refusals);
}

/** A referral that is only waiting gives way to the next paper; the guard's does to the next person. */
export function endStale(turn: Turn): void {
  const { attempt } = turn.state;
  if (attempt === null || !isStale(turn, attempt)) return;
  if (attempt.standing.type === 'referred' && !attempt.standing.firm) endAttempt(turn, 'silence');
}

/** Begins an attempt without evidence; the caller adds the first. */
export function startAttempt(turn: Turn, takenMs: number): Attempt {
  const serial = turn.state.attemptSerial + 1;
  const limits = turn.state.settings.policy.settings;
  const changesAgoMs = recentIdentityChanges(turn).map((ms) => turn.now.monotonicMs - ms);
  const tooManyChanges = areTooMany(changesAgoMs, limits);
  const standing: Standing = tooManyChanges
    ? { type: 'referred', reasons: ['identity-changes'], firm: true }
    : { type: 'collecting' };
  const attempt: Attempt = {
    serial,
    startedMs: Math.min(takenMs, turn.now.monotonicMs),
    identities: {},
    identifiedMs: null,
    masked: null,
    documents: [],
    card: null,
    attested: [],
    selected: null,
    arrivalDay: null,
    attended: null,
    companions: 0,
    companionsGuard: null,
    household: null,
    campusId: null,
    entered: [],
    refusals: strayRefusals(turn),
    temperature: null,
    noReading: null,
    standing,
    lastEvidenceMs: turn.now.monotonicMs,
    deadlineMs: turn.now.monotonicMs + patienceMs(turn.state, standing),
  };
  set(turn, { attempt, attemptSerial: serial, strays: null });
  if (tooManyChanges) {
    recordRefusal(
      turn,
      { reason: 'identity-changes', kind: null, document: null, refer: true },
      {
        by: 'identities',
        changesAgoMs: changesAgoMs.slice(-changesKeptMax),
        windowMs: limits.identityChangesWindowMs,
      },
    );
  }
  return attempt;
}

/** @returns what was refused since the last attempt, and less than a silence ago */
export function strayRefusals({ state, now }: Turn): readonly Refusal[] {
  const { strays, settings } = state;
  if (strays === null) return [];
  return now.monotonicMs - strays.lastMs <= settings.policy.settings.silenceMs
    ? strays.refusals
    : [];
}

/** Keeps what was refused for the attempt that begins next. */
export function leaveRefusals(turn: Turn, refusals: readonly Refusal[]): void {
  set(turn, { strays: { refusals, lastMs: turn.now.monotonicMs } });
}

/** Puts the attempt as it is now. */
export function replaceAttempt(turn: Turn, attempt: Attempt): void {
  set(turn, { attempt });
}

/**
 * How a paper or card ends an open attempt, or null where it joins it. A second value in a filled slot is
 * another person; a value in an empty slot joins only if some rule uses both.
 */
export function endedBy(
  state: GateState,
  attempt: Attempt,
  identity: Identity | null,
): AttemptEnd | null {
  const spaces = Object.keys(attempt.identities) as IdentitySpace[];
  if (attempt.documents.length === 0 && spaces.length === 0) return 'superseded';
  if (identity === null) return null;
  const held = attempt.identities[identity.space];
  if (held !== undefined) return held.token === identity.token ? null : 'identity-changed';
  return spaces.length === 0 || joins(state, spaces, identity.space) ? null : 'identity-changed';
}

/** Remembers that one identity gave way to another: too many in a minute are the guard’s business. */
export function countIdentityChange(turn: Turn): void {
  set(turn, { identityChangesMs: [...recentIdentityChanges(turn), turn.now.monotonicMs] });
}

function recentIdentityChanges(turn: Turn): number[] {
  const { identityChangesWindowMs } = turn.state.settings.policy.settings;
  const since = turn.now.monotonicMs - identityChangesWindowMs;
  return turn.state.identityChangesMs.filter((ms) => ms > since);
}

/** @returns how long an attempt may stand there without input, milliseconds */
export function patienceMs(state: GateState, standing: Standing): number {
  const { silenceMs, referredMs } = state.settings.policy.settings;
  return standing.type === 'collecting' ? silenceMs : referredMs;
}

type FirmAttempt = Attempt & { readonly standing: Extract<Standing, { type: 'referred' }> };

/** A referral that no further evidence can turn into a grant. */
export function isFirm(attempt: Attempt): attempt is FirmAttempt {
  return attempt.standing.type === 'referred' && attempt.standing.firm;
}

/** @returns whether something was taken since a moment, and not after now */
export function isInTime(
  { now }: Turn,
  takenMs: number,
  sinceMs = Number.NEGATIVE_INFINITY,
): boolean {
  return takenMs >= sinceMs && takenMs <= now.monotonicMs;
}
