/**
 * What the journal has not answered yet. A failed disk loses nothing that fits in memory: it is
 * sent again, oldest first, until the disk takes it. Grants are not kept: they are refused.
 */
import { timing, unwrittenMax } from './state.js';
import { clearAlarm, raise, set, type Turn } from './turn.js';

/** The journal has synced a request: the disk works (again). */
export function written(turn: Turn, id: number): void {
  const { unwritten } = turn.state;
  if (unwritten.sent.has(id)) {
    const sent = new Map(unwritten.sent);
    sent.delete(id);
    set(turn, { unwritten: { ...unwritten, sent } });
  }
  clearAlarm(turn, 'disk-failed');
}

/** Failures that the request itself brings about, and that no later try can mend. */
const hopeless: readonly string[] = ['bad-record', 'already-reserved'];

/** The journal could not write a request: keep it, and try again soon. */
export function writingFailed(turn: Turn, id: number, why: string): void {
  const isHopeless = hopeless.includes(why);
  raise(turn, isHopeless ? 'record-refused' : 'disk-failed');
  const { unwritten } = turn.state;
  const writing = unwritten.sent.get(id);
  if (writing === undefined) return;
  const sent = new Map(unwritten.sent);
  sent.delete(id);
  const isFull = isHopeless || unwritten.failed.length >= unwrittenMax;
  set(turn, {
    unwritten: {
      sent,
      failed: isFull ? unwritten.failed : [...unwritten.failed, writing],
      retryMs: unwritten.retryMs ?? turn.now.monotonicMs + timing.retryMs,
      lostCount: unwritten.lostCount + (isFull ? writing.records.length : 0),
    },
  });
}

/** Sends all that failed once more, each as it was: one bad record must not hold up the others. */
export function retryWriting(turn: Turn): void {
  const { unwritten } = turn.state;
  if (unwritten.retryMs === null || unwritten.retryMs > turn.now.monotonicMs) return;
  const sent = new Map(unwritten.sent);
  let id = turn.state.requestId;
  for (const writing of unwritten.failed) {
    sent.set(id, writing);
    turn.effects.push({ type: 'append', id, ...writing, urgent: false });
    id += 1;
  }
  set(turn, { requestId: id, unwritten: { ...unwritten, sent, failed: [], retryMs: null } });
}
