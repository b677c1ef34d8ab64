/** What the gates have decided: refusals by what they have in common, and where each ticket went. */
import type Database from 'better-sqlite3';
import { objectsOf, readRecord, textOf, textsOf } from './record.js';

export interface Span {
  /** from this moment on */
  readonly fromMs: number;
  /** until before this one */
  readonly toMs: number;
}

export const refusalGroups = ['reason', 'rule', 'gate', 'zone'] as const;
export type RefusalGroup = (typeof refusalGroups)[number];

export interface Refusals {
  /** the reason, rule, gate or zone; `none` where a decision has none */
  readonly what: string;
  readonly denied: number;
  readonly referred: number;
}

interface DecisionRow {
  readonly journal: number;
  readonly seq: number;
  readonly kiosk: string;
  readonly atMs: number;
  readonly zone: string | null;
  readonly bytes: Uint8Array;
}

function decisionsIn(database: Database.Database, { fromMs, toMs }: Span) {
  return database
    .prepare<[number, number], DecisionRow>(
      `SELECT records.journal, seq, kiosk, atMs, records.zone, bytes
       FROM records JOIN journals ON journals.id = records.journal
       WHERE type = 'decision' AND atMs >= ? AND atMs < ? ORDER BY atMs, kiosk, seq`,
    )
    .iterate(fromMs, toMs);
}

/** @returns how often was refused, most frequent first; a decision with two reasons counts for both */
export function refusals(
  database: Database.Database,
  span: Span,
  by: RefusalGroup,
): readonly Refusals[] {
  const groups = new Map<string, { denied: number; referred: number }>();
  for (const { kiosk, zone, bytes } of decisionsIn(database, span)) {
    const decision = readRecord(bytes);
    const outcome = textOf(decision, 'outcome');
    if (outcome !== 'deny' && outcome !== 'refer') continue;
    const values = {
      reason: textsOf(decision, 'reasons'),
      rule: [textOf(decision, 'rule') ?? 'none'],
      gate: [kiosk],
      zone: [zone ?? 'none'],
    }[by];
    for (const what of values.length === 0 ? ['none'] : values) {
      const group = groups.get(what) ?? { denied: 0, referred: 0 };
      groups.set(what, group);
      group[outcome === 'deny' ? 'denied' : 'referred'] += 1;
    }
  }
  return [...groups]
    .map(([what, counts]) => ({ what, ...counts }))
    .sort((left, right) => total(right) - total(left) || (left.what < right.what ? -1 : 1));
}

function total({ denied, referred }: Refusals): number {
  return denied + referred;
}

export interface TicketUse {
  readonly atMs: number;
  readonly kiosk: string;
  readonly zone: string | null;
  readonly direction: string | null;
  /** hex kid‖cti */
  readonly ticket: string;
  /** the token of its household; null where the decision names none */
  readonly household: string | null;
  /** what was sensed after the grant; null: nothing has come yet */
  readonly passage: string | null;
}

/** @returns every grant that rests on an exit-entry ticket, oldest first */
export function ticketUses(database: Database.Database, span: Span): readonly TicketUse[] {
  const passageOf = database
    .prepare<[number, number], Uint8Array>(
      `SELECT bytes FROM records WHERE type = 'passage' AND journal = ? AND grantSeq = ?
       ORDER BY seq LIMIT 1`,
    )
    .pluck();
  const uses: TicketUse[] = [];
  for (const { journal, seq, kiosk, atMs, zone, bytes } of [...decisionsIn(database, span)]) {
    const decision = readRecord(bytes);
    if (textOf(decision, 'outcome') !== 'grant') continue;
    const household = objectsOf(decision, 'identities').find(
      (identity) => textOf(identity, 'space') === 'household',
    );
    const passage = passageOf.get(journal, seq);
    for (const document of objectsOf(decision, 'documents')) {
      if (textOf(document, 'kind') !== 'exit-entry-ticket') continue;
      uses.push({
        ...{ atMs, kiosk, zone },
        direction: textOf(decision, 'direction'),
        ticket: textOf(document, 'id') ?? '',
        household: household === undefined ? null : textOf(household, 'token'),
        passage: passage === undefined ? null : textOf(readRecord(passage), 'outcome'),
      });
    }
  }
  return uses;
}
