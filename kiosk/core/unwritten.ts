/**
 * What the journal has not answered yet. A failed disk loses nothing that fits in memory: it is
 * sent again, oldest first, until the disk takes it. Of a grant that failed only what was noted
 * before it is kept: the grant itself is refused. What does not fit is counted, and the count is
 * written when the disk works again.
 */
import type { RecordDraft } from '../journal/port.js';
import { timing, unwrittenMax } from './limits.js';
import type { LostRecords, Writing } from './state.js';
import { clearAlarm, note, raise, set, type Turn } from './turn.js';

/**
 * What nobody could reconstruct: who was let through on whose word. Where the list is full, what else
 * was noted gives way to it.
 */
const weighty: ReadonlySet<string> = new Set([
  'override',
  'override-reason',
  'passage',
  'emergency',
  'emergency-details',
  'fire',
  'lockdown',
  'details',
  'double-use',
  'records-lost',
]);

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
  recordLost(turn);
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
  const { failed, dropped } = isHopeless
    ? { failed: unwritten.failed, dropped: writing }
    : keepWriting(unwritten.failed, writing);
  const lost = dropped.records.reduce(addLost, unwritten.lost);
  if (lost !== unwritten.lost && !isHopeless) raise(turn, 'records-lost');
  set(turn, {
    unwritten: {
      sent,
      failed,
      retryMs: unwritten.retryMs ?? turn.now.monotonicMs + timing.retryMs,
      lost,
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

/** Behind all that was kept: how much was not. */
function recordLost(turn: Turn): void {
  const { unwritten } = turn.state;
  if (unwritten.lost === null) return;
  const { count, from, to } = unwritten.lost;
  note(turn, 'records-lost', { count, from, to });
  set(turn, { unwritten: { ...unwritten, lost: null } });
}

const nothing: Writing = { order: 0, records: [], uses: [] };

/** The list with one more, in its order; where it is full, the newest of the least weight is dropped. */
function keepWriting(
  before: readonly Writing[],
  writing: Writing,
): { readonly failed: readonly Writing[]; readonly dropped: Writing } {
  const failed = [...before, writing].sort((a, b) => a.order - b.order);
  if (failed.length <= unwrittenMax) return { failed, dropped: nothing };
  const least = Math.min(...failed.map(weightOf));
  const dropped = failed.findLast((it) => weightOf(it) === least) ?? nothing;
  return { failed: failed.filter((it) => it !== dropped), dropped };
}

function weightOf({ records, uses }: Writing): number {
  if (records.some(({ type }) => weighty.has(type))) return 2;
  return uses.length > 0 ? 1 : 0;
}

/** A lost count is as many records as it counts. */
function addLost(lost: LostRecords | null, record: RecordDraft): LostRecords {
  const isCount = record.type === 'records-lost';
  const count = isCount ? Number(record['count']) : 1;
  const from = isCount ? String(record['from']) : record.at;
  const to = isCount ? String(record['to']) : record.at;
  if (lost === null) return { count, from, to };
  // Dates of one form: their order is that of their characters.
  const dates = [from, to, lost.from, lost.to].sort();
  return { count: lost.count + count, from: dates[0] ?? from, to: dates.at(-1) ?? to };
}
