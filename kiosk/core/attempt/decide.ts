/** When and on what the gate decides: after new evidence, when the lane is free again, at silence. */
import type { Reason } from '../../../config/vocabulary.js';
import { beginGrant } from '../lane/grant.js';
import { documentsMax, timing } from '../limits.js';
import type { Ask } from '../policy/decision.js';
import { evaluate } from '../policy/rules.js';
import { byPolicy, recordReferral, recordRefusal } from '../records.js';
import { set, type Turn } from '../turn.js';
import { endAttempt, isStale, setStanding, takesEvidence } from './attempt.js';
import type { Attempt } from './attempt-state.js';
import { dropCard, dropDocument, refuse } from './refuse.js';

/** Decides on the attempt as it is now; called after new evidence and when the lane is free again. */
export function decide(turn: Turn): void {
  // Each round drops at least one refused paper, and a stop's may be one more: the rounds are bounded.
  for (let round = 0; round <= documentsMax + 1; round += 1) {
    const { attempt, lane } = turn.state;
    if (attempt === null || !takesEvidence(turn.state)) return;
    if (attempt.standing.type === 'referred' && attempt.standing.firm) return;
    // Who stood here minutes ago, referred, may be gone: only fresh evidence opens.
    if (isStale(turn, attempt)) return;
    const decision = evaluate(turn.state, attempt, turn.now);
    switch (decision.outcome) {
      case 'grant':
        // The next one goes when the arm has come to rest behind the one before.
        if (lane.name !== 'locked' || turn.state.isArmTurning) return;
        return beginGrant(turn, attempt, decision);
      case 'stop': {
        const { stop, hold } = decision;
        recordReferral(turn, attempt, decision);
        const reasons = [stop.id];
        return setStanding(
          turn,
          hold
            ? { type: 'held', reasons, calledMs: null }
            : { type: 'referred', reasons, firm: true },
        );
      }
      case 'gate-refers':
        return refer(turn, attempt, decision.reasons, () =>
          recordReferral(turn, attempt, decision),
        );
      case 'awaits-guard':
        return refer(turn, attempt, ['guard-needed'], () =>
          recordReferral(turn, attempt, decision),
        );
      case 'pending': {
        if (decision.refusedCard === null && decision.refused.length === 0)
          return ask(turn, attempt, decision.asks);
        const basis = byPolicy(turn, attempt);
        if (decision.refusedCard !== null) {
          dropCard(turn);
          refuse(turn, decision.refusedCard, null, null, false, basis);
          break;
        }
        for (const { document, reason, refer } of decision.refused) {
          dropDocument(turn, document);
          refuse(turn, reason, document.kind, document.id, refer, basis);
        }
      }
    }
  }
}

/** Refers a person once for the same reasons: further evidence may still settle them. */
function refer(
  turn: Turn,
  { standing }: Attempt,
  reasons: readonly Reason[],
  record: () => void,
): void {
  const before = standing.type === 'referred' ? standing.reasons : [];
  if (reasons.every((reason) => before.includes(reason))) return;
  record();
  setStanding(turn, { type: 'referred', reasons, firm: false });
}

/** Questions that only the guard can answer. */
function ask(turn: Turn, attempt: Attempt, asks: readonly Ask[]): void {
  if (asks.length === 0) return;
  const reasons = [...new Set(asks.map(({ reason }) => reason))];
  refer(turn, attempt, reasons, () => {
    const basis = byPolicy(turn, attempt);
    for (const { reason, document } of asks) {
      const kind = attempt.documents.find(({ id }) => id === document)?.kind ?? null;
      recordRefusal(turn, { reason, kind, document, refer: true }, basis);
    }
  });
}

/** Silence: on the way in the attempt ends; on the way out nobody is left standing without help. */
export function attemptTimer(turn: Turn): void {
  const { attempt, lane, settings } = turn.state;
  if (attempt === null || attempt.deadlineMs > turn.now.monotonicMs) return;
  if (lane.name === 'committing' || lane.name === 'granted' || lane.name === 'passing') {
    // From a grant to its end the lane's own deadlines count.
    set(turn, { attempt: { ...attempt, deadlineMs: lane.deadlineMs + timing.settlingMs } });
    return;
  }
  if (attempt.standing.type === 'collecting') {
    const { direction, policy } = settings;
    const outcome = direction === 'out' || policy.otherwise.in === 'refer' ? 'refer' : 'deny';
    const quietMs = turn.now.monotonicMs - attempt.deadlineMs + policy.settings.silenceMs;
    recordRefusal(
      turn,
      { reason: 'incomplete', kind: null, document: null, refer: false },
      { by: 'silence', quietMs },
    );
    if (outcome === 'refer')
      return setStanding(turn, { type: 'referred', reasons: ['incomplete'], firm: false });
    set(turn, {
      verdict: {
        type: 'refused',
        reasons: ['incomplete'],
        untilMs: turn.now.monotonicMs + timing.verdictMs,
      },
    });
  }
  endAttempt(turn, 'silence');
}
