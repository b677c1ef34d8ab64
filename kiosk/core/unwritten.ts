/**
 * What the journal has not answered yet. A failed disk loses nothing that fits in memory: it is
 * sent again, oldest first, until the disk takes it. Of a grant that failed only what was noted
 * before it is kept: the grant itself is refused.
 */
import { timing, unwrittenMax } from './limits.js';
import type { Writing } from './state.js';
import { clearAlarm, raise, set, type Turn } from './turn.js';

/** The journal has synced a request: the disk works (again), and takes what has waited for it. */
export function written(turn: Turn, id: number): void {
  const { unwritten } = turn.state;
  if (unwritten.sent.has(id)) {
    const sent = new Map(unwritten.sent);
    sent.delete(id);
    set(turn, { unwritten: { ...unwritten, sent } });
  }
  clearAlarm(turn, 'disk-failed');
  sendAgain(turn, unwrittenMax);
}

/**
 * The journal could not write a request: keep it, and try again soon.
 * @param isGrant whether a grant was in it; what was noted before the grant may still be written
 */
export function writingFailed(turn: Turn, id: number, why: string, isGrant: boolean): void {
  // The one failure that a request brings about by itself, and that no later try can mend.
  const isHopeless = why === 'bad-record' && !isGrant;
  raise(turn, isHopeless || why === 'already-reserved' ? 'record-refused' : 'disk-failed');
  const { unwritten, kept } = turn.state;
  // Not sent again as it was then: the whole goes with a later request, as it stands by then.
  if (kept.request === id) set(turn, { kept: { standing: null, request: null } });
  const writing = unwritten.sent.get(id);
  if (writing === undefined) return;
  const sent = new Map(unwritten.sent);
  sent.delete(id);
  const isFull = isHopeless || unwritten.failed.length >= unwrittenMax;
  set(turn, {
    unwritten: {
      sent,
      failed: isFull ? unwritten.failed : inOrder([...unwritten.failed, writing]),
      retryMs: unwritten.retryMs ?? turn.now.monotonicMs + timing.retryMs,
      lostCount: unwritten.lostCount + (isFull ? writing.records.length : 0),
    },
  });
}

/** Tries the oldest of what failed; the others follow when it is written. */
export function retryWriting(turn: Turn): void {
  const { retryMs } = turn.state.unwritten;
  if (retryMs !== null && retryMs <= turn.now.monotonicMs) sendAgain(turn, 1);
}

/** Each as it was: one bad record must not hold up the others. */
function sendAgain(turn: Turn, countMax: number): void {
  const { unwritten } = turn.state;
  if (unwritten.failed.length === 0 && unwritten.retryMs === null) return;
  const sent = new Map(unwritten.sent);
  let id = turn.state.requestId;
  for (const writing of unwritten.failed.slice(0, countMax)) {
    const { records, uses } = writing;
    sent.set(id, writing);
    turn.effects.push({ type: 'append', id, records, uses, urgent: false });
    id += 1;
  }
  const failed = unwritten.failed.slice(countMax);
  set(turn, { requestId: id, unwritten: { ...unwritten, sent, failed, retryMs: null } });
}

function inOrder(writings: readonly Writing[]): readonly Writing[] {
  return [...writings].sort((a, b) => a.order - b.order);
}
