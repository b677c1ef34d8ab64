/** A stop holds the lane for the guard: on a way out nobody else is left standing behind it unheard. */
import type { Evidence } from '../evidence.js';
import { timing } from '../limits.js';
import { recordRefusal } from '../records.js';
import { sound, type Turn } from '../turn.js';
import { replaceAttempt } from './attempt.js';
import type { Attempt } from './attempt-state.js';

/** Somebody scans while another person is held: on a way out the guard is called for them, too. */
export function callBehindHold(turn: Turn, evidence: Evidence): void {
  const { attempt, settings, releaseUntilMs } = turn.state;
  if (attempt === null || attempt.standing.type !== 'held' || releaseUntilMs !== null) return;
  if (settings.direction !== 'out' || isOfHeld(attempt, evidence)) return;
  sound(turn);
  const { standing } = attempt;
  const nowMs = turn.now.monotonicMs;
  if (standing.calledMs !== null && nowMs - standing.calledMs < timing.callMs) return;
  replaceAttempt(turn, { ...attempt, standing: { ...standing, calledMs: nowMs } });
  const kind = 'kind' in evidence ? evidence.kind : null;
  const id = 'id' in evidence ? evidence.id : null;
  const refused = { reason: 'guard-needed', kind, document: id, refer: true } as const;
  recordRefusal(turn, refused, { by: 'behind' }, null);
}

/** The held person's own scan calls nobody anew; of one that names nobody it is not known whose it is. */
function isOfHeld({ identities, documents }: Attempt, evidence: Evidence): boolean {
  if ('id' in evidence && documents.some(({ id }) => id === evidence.id)) return true;
  if (!('identity' in evidence) || evidence.identity === null) return false;
  return identities[evidence.identity.space]?.token === evidence.identity.token;
}
