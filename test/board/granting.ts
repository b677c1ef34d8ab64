/**
 * A gate that does nothing but grant, on the board: reserves tickets, lets people through or sees
 * nobody come, takes receipts; each through the real store. Tells what it sees at the moment it sees
 * it, on a line that no cache of the board's holds. Its power is cut by its parent.
 */
import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { random } from '../../hardware/simulated/random.js';
import type { Head } from '../../kiosk/journal/chain.js';
import type { AppendRequest, JournalEvent, UseChange } from '../../kiosk/journal/port.js';
import { prepareRequest } from '../../kiosk/journal/record.js';
import { openStore } from '../../kiosk/journal/store.js';
import { openMarks } from './marks.js';
import type { Observation } from './observations.js';

export interface GrantingOptions {
  /** the database */
  readonly file: string;
  /** which run of this journal it is, from 1; the seed of what happens, too */
  readonly run: number;
  readonly seed: number;
  /** after so many rounds it ends by itself, in the middle of all */
  readonly roundsMax: number;
  /** NORMAL: as a careless change would have it */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** where observations are written as well */
  readonly marks: { readonly device: string; readonly at: number } | null;
}

interface Granted {
  readonly ticket: string;
  readonly attempt: number;
  readonly seq: number;
}

const options = JSON.parse(process.argv[2] ?? '') as GrantingOptions;
const bootId = `boot-${options.run}`;
const dice = random(options.seed * 1_000 + options.run);
/** Tickets outlast the whole test: what has passed may be forgotten. */
const until = '2020-12-31T00:00:00Z';
const startMs = Date.parse('2020-02-10T08:00:00.000Z') + options.run * 600_000;
let requestId = 0;
let attempts = 0;

if (options.synchronous === 'NORMAL') loosen();
const mark = options.marks === null ? null : openMarks(options.marks.device, options.marks.at);
const opened = openStore({
  file: options.file,
  bootId,
  at: dateOf(0),
  newJournalId: '01'.repeat(16),
  previous: null,
});
if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
const { store, restored } = opened;
let head: Head = restored.head;
see({ saw: 'acknowledged', ...head });
const spent = restored.uses.flatMap((use) => (use.state === 'spent' ? [use.entry.key] : []));
/** given back by a no-show */
const free: string[] = [];
// The guard asks some of those whom the last cut has left open, and all of them have passed.
for (const { entry, state } of restored.uses)
  if (state === 'uncertain' && dice.chance(0.3)) settle(entry.key);
for (let round = 0; round < options.roundsMax; round += 1) playRound();

function playRound(): void {
  const granted = grant(dice.chance(0.7) ? 1 : 1 + dice.int(8));
  for (const one of granted) {
    if (dice.chance(0.15)) continue;
    conclude(one, dice.chance(0.8));
  }
  if (spent.length > 0 && dice.chance(0.1)) tryAgain(spent[dice.int(spent.length)] ?? '');
  if (dice.chance(0.1)) {
    see({ saw: 'receipt', ...head });
    store.outbox.release(head);
  }
  // Records of some length, so that a commit has more than one page to lose.
  if (dice.chance(0.1)) commit([{ records: [panelRecord(dice.int(20_000))], uses: [] }]);
  if (dice.chance(0.5) || store.overdue() !== null) store.housekeep();
}

/** One commit for several people; the relay moves for each when it is synced. */
function grant(count: number): readonly Granted[] {
  const wanted = Array.from({ length: count }, () => {
    attempts += 1;
    return { ticket: free.pop() ?? `${bootId}-${attempts}`, attempt: attempts };
  });
  const answers = commit(wanted.map(({ ticket, attempt }) => grantRequest(ticket, attempt)));
  return wanted.map(({ ticket, attempt }, index) => {
    const answer = answers[index];
    if (answer?.type !== 'committed') throw new Error(`${ticket}: ${answer?.why}`);
    see({ saw: 'edge', bootId, attempt });
    return { ticket, attempt, seq: answer.firstSeq };
  });
}

function conclude({ ticket, attempt, seq }: Granted, passes: boolean): void {
  if (passes) see({ saw: 'passage', ticket });
  const outcome = passes ? 'passed' : 'no-show';
  const record = { type: 'passage', at: dateOf(attempt), attempt, grant: seq, outcome };
  commit([{ records: [record], uses: [use(passes ? 'spend' : 'return', ticket)] }]);
  (passes ? spent : free).push(ticket);
}

/** A ticket that has served: whoever has it would pass if the journal let it serve again. */
function tryAgain(ticket: string): void {
  attempts += 1;
  const [answer] = commit([grantRequest(ticket, attempts)]);
  if (answer?.type !== 'committed') return;
  see({ saw: 'edge', bootId, attempt: attempts });
  see({ saw: 'passage', ticket });
}

function settle(ticket: string): void {
  const record = { type: 'ticket-settled', at: dateOf(0), ticket, used: true };
  commit([{ records: [record], uses: [use('spend', ticket)] }]);
  spent.push(ticket);
}

type Wanted = Pick<AppendRequest, 'records' | 'uses' | 'standing'>;

function commit(wanted: readonly Wanted[]): readonly JournalEvent[] {
  const answers = store.commit(
    wanted.map((one) => {
      requestId += 1;
      return prepareRequest({ id: requestId, urgent: true, ...one }, bootId);
    }),
  );
  for (const answer of answers)
    if (answer.type === 'committed') {
      head = { seq: answer.lastSeq, hash: answer.hash };
      see({ saw: 'acknowledged', ...head });
    } else if (answer.why !== 'already-reserved') throw new Error(answer.why);
  return answers;
}

function grantRequest(ticket: string, attempt: number): Wanted {
  const record = {
    type: 'decision',
    at: dateOf(attempt),
    attempt,
    outcome: 'grant',
    rule: 'resident',
    documents: [{ id: ticket, kind: 'exit-entry-ticket' }],
  };
  const request = { records: [record], uses: [use('reserve', ticket)] };
  return dice.chance(0.8)
    ? request
    : { ...request, standing: { lockdown: false, floorMs: startMs + attempt * 1_000 } };
}

function panelRecord(length: number) {
  return { type: 'panel', at: dateOf(attempts), button: 'x'.repeat(length) };
}

function use(op: UseChange['op'], key: string): UseChange {
  return { op, entry: { type: 'ticket', key, direction: 'out', until, at: dateOf(0) } };
}

/** One second an attempt. */
function dateOf(attempt: number): string {
  return new Date(startMs + attempt * 1_000).toISOString();
}

function see(observation: Observation): void {
  mark?.(observation);
  writeSync(1, `${JSON.stringify(observation)}\n`);
}

/** The store's own connection, told to sync less than the store asks for. */
function loosen(): void {
  const { pragma } = Database.prototype;
  Database.prototype.pragma = function (this: Database.Database, source, pragmaOptions) {
    return pragma.call(this, source.replace('FULL', 'NORMAL'), pragmaOptions);
  };
}
