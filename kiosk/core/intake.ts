/**
 * Evidence comes in: it joins the attempt, starts the next one, or is refused. Single-use papers are
 * claimed here, when they are taken in.
 */
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { Reason } from '../../config/vocabulary.js';
import {
  countIdentityChange,
  endAttempt,
  endedBy,
  endStale,
  isStale,
  patienceMs,
  replaceAttempt,
  startAttempt,
} from './attempt.js';
import type { DocumentEvidence, RefusedEvidence, TemperatureEvidence } from './evidence.js';
import { findUse, putUse } from './known.js';
import { recordRefusal } from './records.js';
import {
  type Attempt,
  documentsMax,
  type GateState,
  type NoReading,
  refusalsMax,
  type Standing,
  timing,
} from './state.js';
import { judgeTemperature } from './temperature.js';
import { isSecondTicket, windowEntry } from './ticket.js';
import { note, set, sound, type Turn } from './turn.js';

/**
 * Takes in a verified credential.
 * @returns true where there is something new to decide on
 */
export function takeDocument(turn: Turn, document: DocumentEvidence): boolean {
  sound(turn);
  endStale(turn);
  const { attempt } = turn.state;
  // Evidence comes in the order of its taking; what is older than the attempt is not of it.
  if (!isInTime(turn, document.takenMs, attempt?.startedMs)) return false;
  // Shown again it is nothing new, but who was referred for the gate's own sake may ask again.
  if (attempt?.documents.some(({ id }) => id === document.id))
    return attempt.standing.type === 'referred';
  if (isSpentCode(turn.state, document)) {
    const { id, kind, takenMs } = document;
    takeRefusal(turn, { type: 'refused', reason: 'already-used', kind, id, takenMs });
    return false;
  }
  const end = attempt === null ? null : endedBy(turn.state, attempt, document);
  if (end === 'identity-changed') countIdentityChange(turn);
  if (end !== null) endAttempt(turn, end);
  const into = turn.state.attempt ?? startAttempt(turn, document.takenMs);
  // A firm referral is the guard's: the same person's further papers change nothing.
  if (into.standing.type === 'referred' && into.standing.firm && into.documents.length > 0)
    return false;
  if (into.documents.length >= documentsMax) return false;
  const identities =
    document.identity === null
      ? into.identities
      : { ...into.identities, [document.identity.space]: document.identity };
  replaceAttempt(turn, {
    ...into,
    identities,
    identifiedMs: into.identifiedMs ?? (document.identity === null ? null : document.takenMs),
    masked: into.masked ?? document.masked,
    documents: [...into.documents, document],
    lastEvidenceMs: turn.now.monotonicMs,
    deadlineMs: turn.now.monotonicMs + patienceMs(turn.state, into.standing),
  });
  set(turn, { verdict: null });
  note(turn, 'evidence', {
    attempt: into.serial,
    document: document.id,
    kind: document.kind,
    variant: document.variant,
    identity: document.identity === null ? null : { ...document.identity },
  });
  reserve(turn, document);
  return true;
}

/** Takes in a scan that was refused: it starts no attempt on the way in, a referral on the way out. */
export function takeRefusal(turn: Turn, refusal: RefusedEvidence): void {
  sound(turn);
  refuse(turn, refusal.reason, refusal.kind, refusal.id, false);
}

/**
 * Refuses one piece of evidence: a deny on the way in, where the attempt may go on with another
 * paper; on the way out every refusal is a referral that carries the code (clause 九).
 */
export function refuse(
  turn: Turn,
  reason: Reason,
  kind: RefusedEvidence['kind'],
  id: string | null,
  refer: boolean,
): void {
  const { direction, policy } = turn.state.settings;
  const outcome =
    refer || direction === 'out' || policy.otherwise.in === 'refer' ? 'refer' : 'deny';
  if (outcome === 'refer' && turn.state.attempt === null) startAttempt(turn, turn.now.monotonicMs);
  const { attempt } = turn.state;
  recordRefusal(turn, outcome, reason, kind, id);
  if (attempt !== null) {
    const refusals = [...attempt.refusals, { reason, kind, id }].slice(-refusalsMax);
    const isFirm = attempt.standing.type === 'referred' && attempt.standing.firm;
    const standing: Standing =
      outcome === 'deny' || isFirm
        ? attempt.standing
        : { type: 'referred', reasons: reasonsWith(attempt.standing, reason), firm: false };
    replaceAttempt(turn, {
      ...attempt,
      refusals,
      standing,
      // Somebody is there; but nobody revives evidence that was left behind.
      lastEvidenceMs: isStale(turn, attempt) ? attempt.lastEvidenceMs : turn.now.monotonicMs,
      deadlineMs: Math.max(
        attempt.deadlineMs,
        turn.now.monotonicMs + patienceMs(turn.state, standing),
      ),
    });
  }
  if (outcome === 'deny')
    set(turn, {
      verdict: {
        type: 'refused',
        reasons: [reason],
        untilMs: turn.now.monotonicMs + timing.verdictMs,
      },
    });
}

/**
 * Takes in a temperature. It starts no attempt and binds to nobody: only samples after the first
 * identity count. A later fever replaces an earlier normal reading, never the other way round.
 * @returns true where there is something new to decide on
 */
export function takeTemperature(turn: Turn, temperature: TemperatureEvidence): boolean {
  const { attempt, settings } = turn.state;
  if (attempt === null || attempt.identifiedMs === null) return false;
  if (attempt.standing.type === 'referred' && attempt.standing.firm) return false;
  // Of who was referred a while ago nobody knows whether it is still the same hand.
  if (isStale(turn, attempt)) return false;
  if (!isInTime(turn, temperature.takenMs, temperature.fromMs)) return false;
  const band =
    temperature.fromMs >= attempt.identifiedMs
      ? judgeTemperature(temperature, settings.policy.settings)
      : 'not-new';
  if (band !== 'normal' && band !== 'fever') {
    if (attempt.noReading !== band && attempt.temperature === null)
      replaceAttempt(turn, noReading(turn, attempt, band));
    return false;
  }
  if (attempt.temperature !== null && band === 'normal') return false;
  sound(turn);
  const isFirst = attempt.temperature === null;
  replaceAttempt(turn, {
    ...attempt,
    temperature,
    noReading: null,
    lastEvidenceMs: isFirst ? turn.now.monotonicMs : attempt.lastEvidenceMs,
    deadlineMs: isFirst
      ? turn.now.monotonicMs + patienceMs(turn.state, attempt.standing)
      : attempt.deadlineMs,
  });
  set(turn, { verdict: null });
  return true;
}

/** A sensor that was in trouble is sound again: what it read before is not. A fever stays a stop. */
export function dropTemperature(turn: Turn): void {
  const { attempt, lane } = turn.state;
  if (attempt === null || (lane.name !== 'locked' && lane.name !== 'settling')) return;
  if (attempt.standing.type === 'referred' && attempt.standing.firm) return;
  replaceAttempt(turn, { ...attempt, temperature: null, noReading: null });
}

/** Drops papers that cannot serve, after `refuse` has told why. */
export function dropDocument(turn: Turn, document: DocumentEvidence): void {
  const { attempt } = turn.state;
  if (attempt === null) return;
  replaceAttempt(turn, {
    ...attempt,
    documents: attempt.documents.filter(({ id }) => id !== document.id),
  });
}

function noReading(turn: Turn, attempt: Attempt, band: NoReading): Attempt {
  sound(turn);
  note(turn, 'no-reading', { attempt: attempt.serial, why: band });
  return { ...attempt, noReading: band };
}

function isSpentCode(state: GateState, document: DocumentEvidence): boolean {
  return document.kind === 'campus-card-code' && findUse(state.known, 'code', document.id) !== null;
}

/** A code is spent when it is taken in and never returned; a ticket claims its household's window. */
function reserve(turn: Turn, document: DocumentEvidence): void {
  if (document.kind === 'campus-card-code') {
    const entry = {
      type: 'code' as const,
      key: document.id,
      until: formatRfc3339(document.expiresSeconds * 1000),
      at: formatRfc3339(turn.now.wallMs),
    };
    set(turn, { known: putUse(turn.state.known, entry, 'spent') });
    turn.uses.push({ op: 'spend', entry });
    turn.effects.push({ type: 'tell', entries: [entry] });
  }
  if (document.kind === 'exit-entry-ticket') {
    // A second ticket claims nothing: the first must not become the second by it.
    if (isSecondTicket(document, turn.state)) return;
    const entry = windowEntry(document, turn.state.settings, turn.now);
    if (entry === null) return;
    const known = putUse(turn.state.known, entry, 'spent');
    if (known === turn.state.known) return;
    set(turn, { known });
    turn.uses.push({ op: 'learn', entry });
    turn.effects.push({ type: 'tell', entries: [entry] });
  }
}

function isInTime({ now }: Turn, takenMs: number, sinceMs = Number.NEGATIVE_INFINITY): boolean {
  return takenMs >= sinceMs && takenMs <= now.monotonicMs;
}

function reasonsWith(standing: Standing, reason: Reason): Reason[] {
  const before = standing.type === 'referred' ? standing.reasons : [];
  return [...new Set([...before, reason])];
}
