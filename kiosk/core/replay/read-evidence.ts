/** An attempt's evidence, read back from the record of a decision: see `evidence-record.ts`. */
import { idCardKinds } from '../../../config/id-number.js';
import {
  attestables,
  credentialKinds,
  credentialReasons,
  identitySpaces,
  policyReasons,
} from '../../../config/vocabulary.js';
import type { Attempt, Attested, Refusal } from '../attempt/attempt-state.js';
import type { CardEvidence, DocumentEvidence, Identity } from '../evidence.js';
import type { RecordReader } from './record-reader.js';

const kinds = [
  credentialKinds[1],
  credentialKinds[2],
  credentialKinds[3],
  credentialKinds[4],
  credentialKinds[5],
  credentialKinds[6],
  credentialKinds[7],
] as const;
const reasons = [...credentialReasons, ...policyReasons] as const;

/** The replayed decision is made at this moment of a monotonic clock: times are said before it. */
export const decidedAtMs = 0;

/**
 * @param record the decision
 * @returns the attempt as far as a decision reads it, without its temperature
 */
export function readEvidence(record: RecordReader): Attempt {
  const identities = identitiesOf(record.objects('identities', readIdentity));
  const quietMs = record.whole('quietMs');
  return {
    serial: record.wholeOrNull('attempt') ?? 0,
    startedMs: Number.NEGATIVE_INFINITY,
    identities,
    identifiedMs: Number.NEGATIVE_INFINITY,
    masked: null,
    documents: record.objects('documents', readDocument),
    card: record.object('card', (card) => readCard(card, identities['id-number'])),
    attested: record.objects('attested', readAttested),
    selected: record.textOrNull('selected'),
    arrivalDay: record.wholeOrNull('arrivalDay'),
    attended: record.textOrNull('attended'),
    companions: 0,
    companionsGuard: null,
    household: null,
    campusId: null,
    entered: [],
    refusals: record.objects('refusals', readRefusal),
    temperature: null,
    noReading: null,
    standing: { type: 'collecting' },
    lastEvidenceMs: decidedAtMs - quietMs,
    deadlineMs: Number.POSITIVE_INFINITY,
  };
}

function identitiesOf(list: readonly Identity[]): Attempt['identities'] {
  return Object.fromEntries(list.map((identity) => [identity.space, identity]));
}

function readIdentity(it: RecordReader): Identity {
  return { space: it.word('space', identitySpaces), token: it.text('token') };
}

function readDocument(it: RecordReader): DocumentEvidence {
  const inZone = it.flagOrNull('inZone');
  return {
    type: 'document',
    id: it.text('id'),
    kind: it.word('kind', kinds),
    variant: it.textOrNull('variant'),
    purpose: it.textOrNull('purpose'),
    identity: it.object('identity', readIdentity),
    host: it.textOrNull('host'),
    unit: it.textOrNull('unit'),
    guard: null,
    masked: null,
    ...(it.has('boundTo') ? { boundTo: it.textOrNull('boundTo') } : {}),
    zones: inZone === null ? null : inZone ? ['*'] : [],
    day: it.wholeOrNull('day'),
    replaces: it.has('replaces') ? it.texts('replaces') : [],
    issuedSeconds: it.whole('issuedSeconds'),
    expiresSeconds: it.whole('expiresSeconds'),
    takenMs: decidedAtMs - it.whole('agoMs'),
  };
}

/** The card's own identity is that of its slot: law 4. */
function readCard(it: RecordReader, identity: Identity | undefined): CardEvidence {
  if (identity === undefined) it.missing('identity');
  return {
    type: 'card',
    cardKind: it.word('kind', idCardKinds),
    validToSeconds: it.wholeOrNull('validToSeconds'),
    identity: identity ?? { space: 'id-number', token: '' },
    ref: it.flag('hasSealed') ? sealedElsewhere : null,
    bound: it.texts('bound'),
    masked: '',
    takenMs: decidedAtMs - it.whole('agoMs'),
  };
}

/** Stands for the hash of a part that lies beside the record. */
export const sealedElsewhere = 'sealed';

function readAttested(it: RecordReader): Attested {
  return {
    what: it.word('what', attestables),
    guard: it.text('guard'),
    atMs: decidedAtMs - it.whole('agoMs'),
  };
}

function readRefusal(it: RecordReader): Refusal {
  const kind = it.textOrNull('kind');
  return {
    reason: it.word('reason', reasons),
    kind: kind === null ? null : it.word('kind', kinds),
    id: null,
  };
}
