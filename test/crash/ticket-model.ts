/**
 * What has become of each ticket, by the records alone: a second opinion on the journal's table of
 * uses, which is a working state and no evidence. Pure.
 */
import type { JudgedRecord } from './rows.js';

/** `open`: granted, and nothing tells what came of it: uncertain at the next start. */
export type TicketState = 'open' | 'uncertain' | 'spent' | 'free';

export const wentThrough: readonly unknown[] = ['passed', 'passed-slowly', 'unsensed'];
/** Seen beside the one end of a grant. */
const besides: readonly unknown[] = ['tailgate', 'turned-back', 'accompanied'];

/**
 * @param records of one journal, in their order
 * @returns the state of every ticket that a grant has named, by kid ‖ cti
 */
export function ticketStates(records: readonly JudgedRecord[]): ReadonlyMap<string, TicketState> {
  const states = new Map<string, TicketState>();
  const grants = new Map<unknown, readonly string[]>();
  for (const record of records) {
    if (isGrant(record)) {
      const tickets = ticketsOf(record);
      grants.set(record.seq, tickets);
      for (const ticket of tickets) states.set(ticket, 'open');
    }
    if (record.type === 'passage' && !besides.includes(record['outcome']))
      for (const ticket of grants.get(record['grant']) ?? [])
        states.set(ticket, wentThrough.includes(record['outcome']) ? 'spent' : 'free');
    if (record.type === 'uses-uncertain')
      for (const { type, key } of record['uses'] as readonly { type: string; key: string }[])
        if (type === 'ticket') states.set(key, 'uncertain');
    if (record.type === 'ticket-settled')
      states.set(String(record['ticket']), record['used'] === true ? 'spent' : 'free');
  }
  return states;
}

/** Whether the record is a rule's grant. */
export function isGrant(record: JudgedRecord): boolean {
  return record.type === 'decision' && record['outcome'] === 'grant';
}

/** @returns the tickets that a grant has reserved */
function ticketsOf(record: JudgedRecord): readonly string[] {
  if (record['rule'] !== 'resident') return [];
  const documents = record['documents'] as readonly { id: string; kind: string }[];
  return documents.flatMap(({ id, kind }) => (kind === 'exit-entry-ticket' ? [id] : []));
}
