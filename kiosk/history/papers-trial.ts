/**
 * What another revocation list, or another trust list, would make of what gates have on record: which grants
 * rest on a paper that it refuses. Whether its holder had another one that would do instead nobody knows; and
 * of a paper a record holds what a decision reads of it, so that some cannot be told. Pure.
 */
import { parseRfc3339 } from '../../config/rfc3339.js';
import {
  type CredentialKindNumber,
  type CredentialReason,
  credentialKinds,
} from '../../config/vocabulary.js';
import type { Attempt } from '../core/attempt/attempt-state.js';
import type { DocumentEvidence } from '../core/evidence.js';
import { readEvidence } from '../core/replay/read-evidence.js';
import { type RecordReader, recordReader } from '../core/replay/record-reader.js';
import { isPaperRevoked, type Revocations } from '../credential/revocations.js';
import { type Issuer, isIssuerCurrent, type TrustList } from '../credential/trust.js';
import type { Judge, Judged } from './replay.js';

/** Why a paper would be refused; null: it would not; `untold`: the record does not hold enough. */
type Refusal = CredentialReason | 'untold' | null;

interface Papers {
  /** what this list may answer otherwise of a paper that was refused */
  readonly reasons: readonly CredentialReason[];
  refusal(document: DocumentEvidence, nowSeconds: number): Refusal;
  /** whether a person is refused, whatever the papers */
  isHolderRefused(identities: Attempt['identities']): boolean;
}

/** @returns a judge of records by this list of revocations alone */
export function byRevocations(revocations: Revocations): Judge {
  return judgeOf({
    reasons: ['revoked'],
    refusal({ id, kind, issuedSeconds: iat }, nowSeconds) {
      const { kid, cti } = partsOf(id);
      const paper = { cti, kind: numberOf(kind), iat };
      return isPaperRevoked(revocations, kid, paper, nowSeconds) ? 'revoked' : null;
    },
    isHolderRefused: (identities) =>
      Object.values(identities).some(({ space, token }) =>
        revocations.holders.has(`${space}:${token}`),
      ),
  });
}

/** @returns a judge of records by this list of issuers alone */
export function byTrust({ issuers }: TrustList): Judge {
  return judgeOf({
    reasons: ['unknown-key', 'bad-signature', 'kind-not-allowed'],
    refusal(document, nowSeconds) {
      const issuer = issuers.get(partsOf(document.id).kid);
      if (issuer === undefined || !isIssuerCurrent(issuer, nowSeconds)) return 'unknown-key';
      return fenced(issuer, document);
    },
    isHolderRefused: () => false,
  });
}

function judgeOf(papers: Papers): Judge {
  return {
    policyHash: null,
    judge(record) {
      const reader = recordReader(record);
      const judged = judgedBy(papers, record, reader);
      const place = reader.fault();
      return place === null ? judged : { is: 'malformed', to: `malformed at ${place}` };
    },
  };
}

function judgedBy(
  { reasons, refusal, isHolderRefused }: Papers,
  record: Readonly<Record<string, unknown>>,
  reader: RecordReader,
): Judged {
  const atMs = parseRfc3339(reader.text('at'));
  if (atMs === null) reader.missing('at');
  const outcome = reader.text('outcome');
  if (outcome !== 'grant') {
    const said = Array.isArray(record['reasons']) ? record['reasons'] : [];
    // It was refused before anything of it was read: it may count under this list.
    return { is: said.some((it) => reasons.includes(it)) ? 'undecidable' : 'same' };
  }
  const { documents, identities } = readEvidence(reader);
  if (isHolderRefused(identities)) return { is: 'different', to: 'holder refused: revoked' };
  const found = documents.map((document) => {
    const why = refusal(document, (atMs ?? 0) / 1_000);
    return { why, to: `${document.kind} refused: ${why}` };
  });
  const refused = found.find(({ why }) => why !== null && why !== 'untold');
  if (refused !== undefined) return { is: 'different', to: refused.to };
  return { is: found.some(({ why }) => why === 'untold') ? 'undecidable' : 'same' };
}

/** As `mayIssue` does, with what is on record: not which zones a paper names. */
function fenced(
  issuer: Issuer,
  { kind, variant, purpose, unit, zones }: DocumentEvidence,
): Refusal {
  const isOutside = (fence: ReadonlySet<string> | null, word: string | null): boolean =>
    fence !== null && word !== null && !fence.has(word);
  if (
    !issuer.kinds.has(numberOf(kind)) ||
    isOutside(issuer.variants, variant) ||
    isOutside(issuer.purposes, purpose) ||
    isOutside(issuer.units, unit)
  )
    return 'kind-not-allowed';
  const isZoneUntold = issuer.zones !== null && !issuer.zones.has('*') && zones !== null;
  return isZoneUntold || (issuer.units !== null && unit === null) ? 'untold' : null;
}

const kidLength = 16;

/** Takes a paper's id, kid‖cti in hex. */
function partsOf(id: string): { readonly kid: string; readonly cti: string } {
  return { kid: id.slice(0, kidLength), cti: id.slice(kidLength) };
}

const numbers = new Map(
  Object.entries(credentialKinds).map(([number, name]) => [
    name,
    Number(number) as CredentialKindNumber,
  ]),
);

function numberOf(kind: DocumentEvidence['kind']): CredentialKindNumber {
  const number = numbers.get(kind);
  if (number === undefined) throw new Error(`no kind ${kind}`);
  return number;
}
