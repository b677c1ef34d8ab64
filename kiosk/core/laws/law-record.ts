/**
 * Law 7, the core's part: nothing that was noted is lost on its way to the journal. Every record and
 * use is sent once, under a number of its own, and kept until the journal has answered; what the disk
 * refuses is kept on, and what does not fit is counted. Whether the journal answers as it should is
 * looked at in `kiosk/journal/answer-watch.ts`, whether reports do in `kiosk/report/report-watch.ts`.
 */
import type { RecordDraft } from '../../journal/port.js';
import type { Effect } from '../messages.js';
import type { GateState, Unwritten, Writing } from '../state.js';
import { grantOf, type Observed } from './observed.js';

type Append = Extract<Effect, { type: 'append' }>;

/** @returns what of a step's records would be lost, doubled or never missed, or null */
export function nothingRecordedIsLost(step: Observed): string | null {
  const appends = step.effects.filter((effect) => effect.type === 'append');
  return (
    numberedWrongly(step, appends) ?? unkept(step, appends) ?? unsent(step, appends) ?? lost(step)
  );
}

/** Answers are told apart by these numbers, and come in their order. */
function numberedWrongly({ before, after }: Observed, appends: readonly Append[]): string | null {
  let last = before.requestId - 1;
  for (const { id } of appends) {
    if (!(id > last)) return 'a request with a number that was given already';
    last = id;
  }
  return last < after.requestId ? null : 'a request with a number of later';
}

/** What is sent is kept: all but a grant, which is refused where its record cannot be written. */
function unkept({ after }: Observed, appends: readonly Append[]): string | null {
  const asked = grantOf(after.lane, ['committing']);
  const isGrants = (id: number): boolean => asked?.id === id && asked.override === null;
  for (const append of appends) {
    const { records, uses } = after.unwritten.sent.get(append.id) ?? nothing;
    if (!records.every((record) => append.records.includes(record)))
      return 'a record is kept that was not sent';
    if (!uses.every((use) => append.uses.includes(use))) return 'a use is kept that was not sent';
    if (isGrants(append.id) || isTakenBack(after, append.id)) continue;
    if (append.records.length !== records.length) return 'a record is sent that is not kept';
    if (append.uses.length !== uses.length) return 'a use is sent that is not kept';
  }
  return null;
}

/** A grant begun and taken back in one step is answered all the same. */
function isTakenBack({ late }: GateState, id: number): boolean {
  return late.some((grant) => grant.id === id);
}

/** What is said to be on its way has been sent. */
function unsent({ before, after }: Observed, appends: readonly Append[]): string | null {
  if (before.unwritten.sent === after.unwritten.sent) return null;
  const sent = new Set(appends.map(({ id }) => id));
  for (const id of after.unwritten.sent.keys())
    if (!before.unwritten.sent.has(id) && !sent.has(id)) return 'kept as sent, and never sent';
  return null;
}

/** What was kept is let go by the journal's answer to it, and else only if it is counted as lost. */
function lost({ before, input, after }: Observed): string | null {
  if (before.unwritten === after.unwritten) return null;
  const kept = new Set([...after.unwritten.sent.values(), ...after.unwritten.failed]);
  let lostCount = 0;
  for (const [id, writing] of before.unwritten.sent) {
    if (kept.has(writing) || (input.type === 'committed' && input.id === id)) continue;
    if (input.type !== 'append-failed') return 'forgotten before its answer';
    lostCount += countOf(writing);
  }
  for (const writing of before.unwritten.failed)
    if (!kept.has(writing)) lostCount += countOf(writing);
  if (lostCount === 0) return null;
  if (input.type !== 'append-failed') return 'what the disk refused is forgotten';
  return lostCount === lostIn(after.unwritten) - lostIn(before.unwritten)
    ? null
    : 'what is given up is not counted';
}

const nothing: Pick<Writing, 'records' | 'uses'> = { records: [], uses: [] };

function lostIn({ lost }: Unwritten): number {
  return lost?.count ?? 0;
}

/** A count of lost records that is lost in its turn is as many as it counts. */
function countOf({ records }: Pick<Writing, 'records'>): number {
  return records.reduce((sum, record) => sum + lostBy(record), 0);
}

function lostBy(record: RecordDraft): number {
  return record.type === 'records-lost' ? Number(record['count']) : 1;
}
