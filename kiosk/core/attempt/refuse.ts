/** Evidence that does not serve: a deny on the way in, a referral on the way out (clause 九). */
import type { Reason } from '../../../config/vocabulary.js';
import type { DocumentEvidence, RefusedEvidence } from '../evidence.js';
import { mayNote } from '../flood.js';
import { timing } from '../limits.js';
import { type Basis, recordRefusal } from '../records.js';
import { refersScan } from '../replay/causes.js';
import { set, sound, type Turn } from '../turn.js';
import {
  isFirm,
  isStale,
  leaveRefusals,
  patienceMs,
  replaceAttempt,
  startAttempt,
  strayRefusals,
} from './attempt.js';
import type { Refusal, Standing } from './attempt-state.js';

/** Takes in a scan that was refused: it starts no attempt on the way in, a referral on the way out. */
export function takeRefusal(turn: Turn, refusal: RefusedEvidence): void {
  sound(turn);
  const refer = refersScan(refusal.reason);
  refuse(turn, refusal.reason, refusal.kind, refusal.id, refer, { by: 'scan' });
}

/**
 * Refuses one piece of evidence: a deny on the way in, where the attempt may go on with another
 * paper; on the way out every refusal is a referral that carries the code (clause 九).
 * @param basis what it was refused by, for the record
 */
export function refuse(
  turn: Turn,
  reason: Reason,
  kind: RefusedEvidence['kind'],
  id: string | null,
  refer: boolean,
  basis: Basis,
): void {
  const { direction, policy } = turn.state.settings;
  const outcome =
    refer || direction === 'out' || policy.otherwise.in === 'refer' ? 'refer' : 'deny';
  const before = turn.state.attempt?.refusals ?? strayRefusals(turn);
  const isAgain = before.some((it) => it.kind === kind && it.reason === reason);
  if (outcome === 'refer' && turn.state.attempt === null) startAttempt(turn, turn.now.monotonicMs);
  const { attempt } = turn.state;
  if (!isAgain || mayNote(turn, `decision/${reason}`))
    recordRefusal(turn, { reason, kind, document: id, refer }, basis);
  const refusal: Refusal = { reason, kind, id };
  // Of nobody yet: it counts for who begins an attempt soon after it.
  if (attempt === null) leaveRefusals(turn, withRefusal(strayRefusals(turn), refusal));
  if (attempt !== null) {
    const refusals = withRefusal(attempt.refusals, refusal);
    const standing: Standing =
      outcome === 'deny' || isFirm(attempt)
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
 * Drops a paper that cannot serve, after `refuse` has told why. A host's code stands there by the
 * filing that names the host, and goes with it.
 */
export function dropDocument(turn: Turn, document: DocumentEvidence): void {
  const { attempt } = turn.state;
  if (attempt === null) return;
  const left = attempt.documents.filter(({ id }) => id !== document.id);
  const documents = left.filter(
    ({ identity }) =>
      identity === null ||
      attempt.identities[identity.space]?.token === identity.token ||
      left.some(({ host }) => host === identity.token),
  );
  replaceAttempt(turn, { ...attempt, documents });
}

/** Drops an ID card that has run out while its holder stood there. */
export function dropCard(turn: Turn): void {
  const { attempt } = turn.state;
  if (attempt !== null) replaceAttempt(turn, { ...attempt, card: null });
}

/** One of each kind and reason, the newest last: so few that none is dropped to make room. */
function withRefusal(refusals: readonly Refusal[], refusal: Refusal): readonly Refusal[] {
  const { kind, reason } = refusal;
  return [...refusals.filter((it) => it.kind !== kind || it.reason !== reason), refusal];
}

function reasonsWith(standing: Standing, reason: Reason): Reason[] {
  const before = standing.type === 'referred' ? standing.reasons : [];
  return [...new Set([...before, reason])];
}
