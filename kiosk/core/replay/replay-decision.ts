/**
 * Law 10: every decision can be replayed. From the record of one and a policy to what was decided:
 * nothing else is read, so what comes out must be what the record says. Pure.
 *
 * Under another policy it tells what that would have said of this evidence at this moment. What the
 * gate had refused, dropped or taken in before stands as the record has it.
 */
import type { Policy } from '../../../config/policy.js';
import {
  credentialReasons,
  type Now,
  policyReasons,
  type Reason,
} from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import { documentsMax } from '../limits.js';
import { evaluate } from '../policy/rules.js';
import type { GateSettings } from '../settings.js';
import type { GateState } from '../state.js';
import { areTooMany, causes, changesKeptMax, hindrances, refersScan } from './causes.js';
import { type Booth, isSealedBeside, type Outcome, outcomesOf, refusalOutcome } from './outcome.js';
import { readContext, readNow, readSettings } from './read-context.js';
import { decidedAtMs, readEvidence } from './read-evidence.js';
import { type Anything, type RecordReader, recordReader } from './record-reader.js';
import { sameJson } from './same-json.js';
import { possibilities } from './sealed-values.js';

/** What is put on record of one evaluation, and whether a sealed part stands beside it. */
export interface Replayed {
  /** several papers may be refused at once, and several questions asked; none: nothing is decided */
  readonly outcomes: readonly Outcome[];
  readonly isSealed: boolean;
}

export type Replay =
  | ({ readonly is: 'decided' } & Replayed)
  /** it would take a sealed value, or what the record does not hold, under this policy */
  | { readonly is: 'undecidable'; readonly why: 'sealed' | 'not-in-record' }
  /** `place`: the first member that is not as a decision's is */
  | { readonly is: 'malformed'; readonly place: string };

/**
 * @param record a decision as the journal has it, or as it is sent there: anything
 * @param policy the one to decide by
 * @returns the decision that it must have been
 */
export function replayDecision(record: Anything, policy: Policy): Replay {
  const reader = recordReader(record);
  const settings = readSettings(reader, policy);
  const booth = { settings, onDuty: reader.textOrNull('onDuty') };
  const now = readNow(reader);
  const replay = replayed(reader, booth, now);
  const place = reader.fault();
  return place === null ? replay : { is: 'malformed', place };
}

export type Comparison =
  | { readonly is: 'same' }
  | { readonly is: 'different'; readonly outcomes: readonly Outcome[] }
  | Exclude<Replay, { is: 'decided' }>;

/** The members of a record that follow from the others. */
const decided = [
  ...['outcome', 'rule', 'clause', 'reasons', 'tells', 'refused'],
  ...['flags', 'registers', 'ticket', 'attendedBy', 'isolation'],
];

/**
 * @param record a decision
 * @param policy the one to decide by
 * @returns whether it is one of what the policy decides on this evidence, member by member
 */
export function compareDecision(record: Anything, policy: Policy): Comparison {
  const replay = replayDecision(record, policy);
  if (replay.is !== 'decided') return replay;
  const isSame =
    replay.isSealed === Object.hasOwn(record, 'sealed') &&
    replay.outcomes.some((outcome) =>
      decided.every((member) => sameJson(record[member], outcome[member])),
    );
  return isSame ? { is: 'same' } : { is: 'different', outcomes: replay.outcomes };
}

function replayed(record: RecordReader, booth: Booth, now: Now): Replay {
  const limits = booth.settings.policy.settings;
  switch (record.word('by', causes)) {
    case 'policy':
      return byPolicy(record, booth, now);
    case 'scan': {
      const reason = reasonOf(record);
      return refusal(record, booth, reason, refersScan(reason));
    }
    case 'papers':
      return record.whole('count') >= documentsMax
        ? refusal(record, booth, 'no-rule', false)
        : nothing;
    case 'silence':
      return record.whole('quietMs') >= limits.silenceMs
        ? refusal(record, booth, 'incomplete', false)
        : nothing;
    case 'identities': {
      const changes = record.wholes('changesAgoMs');
      if (areTooMany(changes, limits)) return refusal(record, booth, 'identity-changes', true);
      const isWhole =
        record.whole('windowMs') >= limits.identityChangesWindowMs ||
        changes.length >= changesKeptMax;
      return isWhole ? nothing : { is: 'undecidable', why: 'not-in-record' };
    }
    case 'behind':
      return booth.settings.direction === 'out'
        ? refusal(record, booth, 'guard-needed', true)
        : nothing;
    case 'lane': {
      const reason = reasonOf(record);
      const isOne = hindrances.some((hindrance) => hindrance === reason);
      return isOne ? refusal(record, booth, reason, true) : nothing;
    }
  }
}

const nothing: Replay = { is: 'decided', outcomes: [], isSealed: false };
const allReasons = [...credentialReasons, ...policyReasons] as const;

/** What was found out elsewhere is not judged here, only what follows from it. */
function reasonOf(record: RecordReader): Reason {
  const [text = ''] = record.texts('reasons');
  const reason = allReasons.find((it) => it === text);
  if (reason === undefined) record.missing('reasons');
  return reason ?? 'no-rule';
}

function refusal(record: RecordReader, booth: Booth, reason: Reason, refer: boolean): Replay {
  const refused = record.object('refused', (it) => ({
    kind: it.textOrNull('kind'),
    document: it.textOrNull('document'),
  }));
  const { kind, document } = refused ?? { kind: null, document: null };
  const outcome = refusalOutcome({ reason, kind, document, refer }, booth);
  return { is: 'decided', outcomes: [outcome], isSealed: false };
}

function byPolicy(record: RecordReader, booth: Booth, now: Now): Replay {
  const attempt = readEvidence(record);
  const state = readContext(record, booth.settings, attempt.identities);
  const all = possibilities(record, attempt, state).map((it) =>
    decide(it.state, it.attempt, booth, now),
  );
  const [first = nothing] = all;
  const isOpen = all.some((other) => !sameJson(other, first));
  return isOpen ? { is: 'undecidable', why: 'sealed' } : first;
}

/** As `attempt/decide.ts` does: what was left alone too long is decided on no more. */
function decide(state: GateState, attempt: Attempt, booth: Booth, now: Now): Replay {
  if (isStale(attempt, booth.settings)) return nothing;
  const decision = evaluate(state, attempt, now);
  return {
    is: 'decided',
    outcomes: outcomesOf(decision, attempt, booth),
    isSealed: isSealedBeside(decision, attempt, booth),
  };
}

function isStale({ lastEvidenceMs }: Attempt, { policy }: GateSettings): boolean {
  return !(decidedAtMs - lastEvidenceMs <= policy.settings.silenceMs);
}
