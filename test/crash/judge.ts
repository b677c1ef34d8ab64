/**
 * The judge of a crash: given the journal's database as it was left, and what was seen of the gate
 * from outside, says which of the promises of laws 1, 2, 3 and 7 is broken. Works on copies; knows
 * neither how the gate was ended nor who drove it.
 */
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Head } from '../../kiosk/journal/chain.js';
import type { RestoredUse } from '../../kiosk/journal/port.js';
import type { Observed } from './observed.js';
import { type Reopened, reopen } from './reopen.js';
import { type JudgedRecord, type JudgedRows, readRows } from './rows.js';
import { scratchFolder } from './scratch.js';
import { isGrant, ticketStates } from './ticket-model.js';

export type FaultName =
  /** SQLite's own check finds something, or the file cannot be read */
  | 'integrity'
  /** a record is missing in the middle, or not as it was hashed */
  | 'chain'
  /** the journal has answered for a record that is not there, or is another */
  | 'acknowledged-missing'
  /** a collector has what the gate has not */
  | 'receipt-missing'
  /** the gate would forget what no collector has signed for */
  | 'released-beyond'
  /** the relay has moved without a grant or an override in the journal */
  | 'edge-without-record'
  /** it has moved twice for one */
  | 'edge-twice'
  | 'ticket-twice'
  /** somebody has passed by it, or may have, and it would serve again */
  | 'ticket-free-again'
  /** it would serve no more, and no record tells why */
  | 'ticket-blocked'
  /** the real store does not open it, or does not go on with it */
  | 'not-working'
  /** it takes a run that was killed for one that ended by itself */
  | 'clean-end';

export interface Fault {
  readonly name: FaultName;
  readonly detail: string;
}

export interface Verdict {
  /** none: every promise is kept */
  readonly faults: readonly Fault[];
  /** records after the crash, and what the journal itself added when it was opened */
  readonly recordCount: number;
  /** tickets that the guard has to decide about */
  readonly uncertainCount: number;
  readonly head: Head;
}

const noHead: Head = { seq: 0, hash: '0'.repeat(64) };

/**
 * @param file of the database, as the crash has left it, with its `-wal` beside; neither is changed
 * @param observed all that was seen of it since it was made
 * @param mayHaveEnded whether the last run had been asked to end
 * @returns what is broken. Tickets have to outlast all that is observed: what has passed may be forgotten.
 */
export function judge(file: string, observed: Observed, mayHaveEnded = false): Verdict {
  const folder = scratchFolder('judge-');
  try {
    const read = join(folder, 'read.db');
    copyDatabase(file, read);
    let rows: JudgedRows;
    try {
      rows = readRows(read);
    } catch (error) {
      const faults: readonly Fault[] = [{ name: 'integrity', detail: String(error) }];
      return { faults, recordCount: 0, uncertainCount: 0, head: noHead };
    }
    const opened = join(folder, 'opened.db');
    copyDatabase(file, opened);
    return judgeRows(rows, reopen(opened), observed, mayHaveEnded);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param from a database that nobody has open, or a dead process has left; or none
 * @param to where its copy goes, with what stands in its log
 */
export function copyDatabase(from: string, to: string): void {
  for (const part of ['', '-wal'])
    if (existsSync(from + part)) copyFileSync(from + part, to + part);
}

/** The verdict itself, over what was read. */
export function judgeRows(
  rows: JudgedRows,
  reopened: Reopened,
  observed: Observed,
  mayHaveEnded: boolean,
): Verdict {
  const { integrity, chain, records, hashes } = rows;
  const faults: Fault[] = [];
  const fault = (name: FaultName, detail: string): void => void faults.push({ name, detail });

  if (integrity !== 'ok') fault('integrity', integrity);
  if (!chain.ok) fault('chain', `record ${chain.seq}: ${chain.why}`);
  for (const { seq, hash } of observed.acknowledged)
    if (hashes.get(seq) !== hash) fault('acknowledged-missing', `record ${seq}`);
  for (const { seq, hash } of observed.receipts)
    if (seq > 0 && hashes.get(seq) !== hash) fault('receipt-missing', `record ${seq}`);
  faults.push(...edgeFaults(records, observed));
  if (reopened.ok) {
    const { released, restored } = reopened;
    const receivedSeq = Math.max(0, ...observed.receipts.map(({ seq }) => seq));
    if (released > receivedSeq) fault('released-beyond', `record ${released}, not ${receivedSeq}`);
    if (restored.endedCleanly && !mayHaveEnded) fault('clean-end', '');
    faults.push(...ticketFaults(records, restored.uses, observed));
  } else fault('not-working', reopened.why);
  const uses = reopened.ok ? reopened.restored.uses : [];
  return {
    faults,
    recordCount: records.length,
    uncertainCount: uses.filter(({ state }) => state === 'uncertain').length,
    head: chain.ok ? chain.head : noHead,
  };
}

function edgeFaults(records: readonly JudgedRecord[], { edges }: Observed): readonly Fault[] {
  const openings = records.filter((record) => isGrant(record) || record.type === 'override');
  const faults: Fault[] = [];
  for (const bootId of new Set(edges.map((edge) => edge.bootId))) {
    const own = edges.filter((edge) => edge.bootId === bootId);
    const granted = openings.filter((record) => record.bootId === bootId);
    if (own.length > granted.length) {
      const detail = `${own.length} of run ${bootId}, ${granted.length} recorded`;
      faults.push({ name: 'edge-without-record', detail });
    }
    const attempts = own.flatMap(({ attempt }) => (attempt === null ? [] : [attempt]));
    for (const attempt of new Set(attempts)) {
      const recorded = granted.filter((record) => record['attempt'] === attempt).length;
      const moved = attempts.filter((it) => it === attempt).length;
      const detail = `attempt ${attempt} of run ${bootId}`;
      if (recorded === 0) faults.push({ name: 'edge-without-record', detail });
      else if (moved > recorded) faults.push({ name: 'edge-twice', detail });
    }
  }
  return faults;
}

function ticketFaults(
  records: readonly JudgedRecord[],
  uses: readonly RestoredUse[],
  { passages }: Observed,
): readonly Fault[] {
  const faults: Fault[] = [];
  const held = new Map(
    uses.flatMap(({ entry, state }) => (entry.type === 'ticket' ? [[entry.key, state]] : [])),
  );
  const passed = new Set<string>();
  for (const { ticket } of passages) {
    if (passed.has(ticket)) faults.push({ name: 'ticket-twice', detail: ticket });
    passed.add(ticket);
    if (!held.has(ticket)) faults.push({ name: 'ticket-free-again', detail: `${ticket}: passed` });
  }
  const states = ticketStates(records);
  for (const [ticket, state] of states) {
    const wanted = state === 'open' ? 'uncertain' : state === 'free' ? undefined : state;
    const found = held.get(ticket);
    if (found === wanted) continue;
    const name = wanted === undefined || found === 'spent' ? 'ticket-blocked' : 'ticket-free-again';
    faults.push({ name, detail: `${ticket}: ${found ?? 'free'}, by its records ${state}` });
  }
  for (const [ticket, state] of held)
    if (!states.has(ticket))
      faults.push({ name: 'ticket-blocked', detail: `${ticket}: ${state}, granted by no record` });
  return faults;
}
