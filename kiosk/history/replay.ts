/**
 * A journal's decisions made again, each from its own record: under the policy they were made by they
 * must come out as they stand there; under another it is counted what would have come out instead.
 */
import type { Policy } from '../../config/policy.js';
import type { Outcome } from '../core/replay/outcome.js';
import { type Comparison, compareDecision } from '../core/replay/replay-decision.js';
import { comparePassage, type PassageComparison } from '../core/replay/replay-passage.js';
import type { JournalSource } from '../journal/source.js';
import { type JournalFault, sourceFault } from './fault.js';
import type { Range } from './select.js';

/** How many came out how. */
export interface Counts {
  readonly all: number;
  readonly same: number;
  readonly different: number;
  /** a sealed value would be needed, or what the record does not hold */
  readonly undecidable: number;
  /** not as a record of its type is */
  readonly malformed: number;
}

/** What would be decided otherwise. */
export interface Change {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** the first such record */
  readonly seq: number;
}

export interface JournalReplay {
  readonly kiosk: string | null;
  readonly journal: string;
  readonly records: number;
  readonly decisions: Counts;
  /** of the decisions: made under another policy than the given one */
  readonly underOthers: number;
  readonly passages: Counts;
  /** by the rule or stop that the record names; `none`: it names none */
  readonly rules: readonly ({ readonly rule: string } & Counts)[];
  /** most frequent first */
  readonly changes: readonly Change[];
  /** the first record that comes out otherwise, or is malformed */
  readonly first: {
    readonly seq: number;
    readonly at: string;
    readonly type: string;
    readonly from: string;
    readonly to: string;
  } | null;
  /** why it could not be read to the end */
  readonly fault: JournalFault | null;
}

export interface ReplayOptions extends Range {
  readonly policy: Policy;
  /** as decisions cite it */
  readonly policyHash: string;
  progress(count: number): void;
}

type Members = Readonly<Record<string, unknown>>;
type Fate = keyof Omit<Counts, 'all'>;

const none: Counts = { all: 0, same: 0, different: 0, undecidable: 0, malformed: 0 };

/**
 * @param source its records are taken as they are: whether they are genuine, `verifyJournal` says
 * @returns what came out; memory stays flat
 */
export function replayJournal(source: JournalSource, options: ReplayOptions): JournalReplay {
  const { policy, policyHash, from, to, progress } = options;
  const rules = new Map<string, Counts>();
  const changes = new Map<string, Change>();
  let [decisions, passages, underOthers, records] = [none, none, 0, 0];
  let first: JournalReplay['first'] = null;
  let fault: JournalFault | null = null;

  const differs = (seq: number, record: Members, words: readonly [string, string]): void => {
    const [before, after] = words;
    const at = textOf(record['at']);
    first ??= { seq, at, type: textOf(record['type']), from: before, to: after };
  };
  const decision = (seq: number, record: Members): void => {
    const comparison = compareDecision(record, policy);
    decisions = counted(decisions, comparison.is);
    if (record['policy'] !== policyHash) underOthers += 1;
    const rule = typeof record['rule'] === 'string' ? record['rule'] : 'none';
    rules.set(rule, counted(rules.get(rule) ?? none, comparison.is));
    if (comparison.is === 'same' || comparison.is === 'undecidable') return;
    const words = [saidIn(record), toWords(comparison)] as const;
    differs(seq, record, words);
    const name = words.join('\n');
    const { count } = changes.get(name) ?? { count: 0 };
    const change = { from: words[0], to: words[1], count: count + 1 };
    changes.set(name, { ...change, seq: changes.get(name)?.seq ?? seq });
  };
  const passage = (seq: number, record: Members): void => {
    const comparison = comparePassage(record);
    passages = counted(passages, comparison.is);
    if (comparison.is === 'same' || comparison.is === 'undecidable') return;
    differs(seq, record, [textOf(record['outcome']), passageWords(comparison)]);
  };

  for (const item of source.rows((from ?? 1) - 1)) {
    if (item.is === 'fault') {
      fault = sourceFault(item);
      break;
    }
    if (to !== null && item.seq > to) break;
    records += 1;
    progress(records);
    const record = readMembers(item.bytes);
    if (record['type'] === 'decision') decision(item.seq, record);
    else if (record['type'] === 'passage') passage(item.seq, record);
  }
  return {
    ...{ kiosk: source.kiosk, journal: source.journal, records, decisions, underOthers, passages },
    rules: [...rules].map(([rule, counts]) => ({ rule, ...counts })),
    changes: [...changes.values()].sort((a, b) => b.count - a.count || a.seq - b.seq),
    ...{ first, fault },
  };
}

/** @returns whether everything came out as it is on record, or cannot be told */
export function isAllSame({ decisions, passages, fault }: JournalReplay): boolean {
  const isSame = ({ different, malformed }: Counts): boolean => different + malformed === 0;
  return isSame(decisions) && isSame(passages) && fault === null;
}

function counted(counts: Counts, fate: Fate): Counts {
  return { ...counts, all: counts.all + 1, [fate]: counts[fate] + 1 };
}

function saidIn(record: Members): string {
  const { outcome, rule, clause, reasons } = record;
  const named = Array.isArray(reasons) ? reasons.map(textOf) : [];
  return words(textOf(outcome), typeof rule === 'string' ? rule : null, textOf(clause), named);
}

function toWords(comparison: Exclude<Comparison, { is: 'same' | 'undecidable' }>): string {
  if (comparison.is === 'malformed') return `malformed at ${comparison.place}`;
  const { outcomes } = comparison;
  return outcomes.length === 0 ? 'nothing yet' : outcomes.map(outcomeWords).join(' + ');
}

function outcomeWords({ outcome, rule, clause, reasons }: Outcome): string {
  return words(outcome, rule, clause, reasons);
}

/** `grant duty-staff (二)`, `refer fever (体温必测)`, `deny expired (九)`. */
function words(
  outcome: string,
  rule: string | null,
  clause: string,
  reasons: readonly string[],
): string {
  const why = [...new Set([...(rule === null ? [] : [rule]), ...reasons])];
  return `${[outcome, ...why].join(' ')} (${clause})`;
}

function passageWords(
  comparison: Exclude<PassageComparison, { is: 'same' | 'undecidable' }>,
): string {
  if (comparison.is === 'malformed') return `malformed at ${comparison.place}`;
  return comparison.outcome ?? 'nothing that can have been';
}

function readMembers(bytes: Uint8Array): Members {
  try {
    return Object(JSON.parse(Buffer.from(bytes).toString('utf8'))) as Members;
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
