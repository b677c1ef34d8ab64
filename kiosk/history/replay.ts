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

type Members = Readonly<Record<string, unknown>>;

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

/** A decision that comes out otherwise, or is malformed. */
export interface Different {
  readonly seq: number;
  readonly at: string;
  /** the rule or stop that the record names; `none`: it names none */
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** What comes of a decision's record once more. */
export type Judged =
  | { readonly is: 'same' | 'undecidable' }
  /** `to`: what it would be, in words */
  | { readonly is: 'different' | 'malformed'; readonly to: string };

/** Decides by records again. */
export interface Judge {
  /** the policy that it decides by, as decisions cite it; null: by none */
  readonly policyHash: string | null;
  judge(record: Members): Judged;
}

/** @returns a judge that decides by a policy, of this hash */
export function byPolicy(policy: Policy, policyHash: string): Judge {
  return {
    policyHash,
    judge(record) {
      const comparison = compareDecision(record, policy);
      const { is } = comparison;
      return is === 'same' || is === 'undecidable' ? { is } : { is, to: toWords(comparison) };
    },
  };
}

export interface ReplayOptions extends Range {
  readonly by: Judge;
  progress(count: number): void;
  /** told of every decision that differs, in the journal's order */
  tell?(different: Different): void;
}

export const replayLimits = {
  /** rules, and changes, that are told apart: a policy has a few dozen. All beyond are `others` */
  namesMax: 256,
  /** characters of what is told of a record */
  wordsMax: 400,
} as const;
const others = 'others';

type Fate = keyof Omit<Counts, 'all'>;

const none: Counts = { all: 0, same: 0, different: 0, undecidable: 0, malformed: 0 };

/**
 * @param source its records are taken as they are: whether they are genuine, `verifyJournal` says
 * @returns what came out; memory stays flat
 */
export function replayJournal(source: JournalSource, options: ReplayOptions): JournalReplay {
  const { by, from, to, progress } = options;
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
    const judged = by.judge(record);
    decisions = counted(decisions, judged.is);
    if (by.policyHash !== null && record['policy'] !== by.policyHash) underOthers += 1;
    const rule = typeof record['rule'] === 'string' ? textOf(record['rule']) : 'none';
    const group = hasRoom(rules, rule) ? rule : others;
    rules.set(group, counted(rules.get(group) ?? none, judged.is));
    if (!('to' in judged)) return;
    const words = [saidIn(record), judged.to] as const;
    differs(seq, record, words);
    options.tell?.({ seq, at: textOf(record['at']), rule, from: words[0], to: words[1] });
    const isOwn = hasRoom(changes, words.join('\n'));
    const [from, to] = isOwn ? words : [others, others];
    const name = `${from}\n${to}`;
    const { count } = changes.get(name) ?? { count: 0 };
    const change = { from, to, count: count + 1 };
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

/** Whoever makes a journal up can give each record a name of its own. */
function hasRoom(known: ReadonlyMap<string, unknown>, name: string): boolean {
  return known.has(name) || known.size < replayLimits.namesMax;
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
  return `${[outcome, ...why].join(' ')} (${clause})`.slice(0, replayLimits.wordsMax);
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
  return typeof value === 'string' ? value.slice(0, replayLimits.wordsMax) : '';
}
