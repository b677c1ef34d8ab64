/**
 * Revocations that come to a list: what one admin may sign alone. A gate takes a step of few signatures as an
 * addition to what it has, and one of all as the whole list; the name of the list that comes out stands in
 * the step's self-test, so that neither is taken for the other. Pure.
 */
import { decodeBase45 } from '../../credential/base45.js';
import { decodeCbor } from '../../credential/cbor.js';
import { parseClaims } from '../../credential/claims.js';
import { type Envelope, parseEnvelope, verifyEnvelope } from '../../credential/cose.js';
import { credentialPrefix } from '../../credential/issue.js';
import { noRevocations, type Revocations } from '../../credential/revocations.js';
import { withMoreRevoked } from '../../credential/revocations-union.js';
import type { TrustList } from '../../credential/trust.js';
import { credentialTextMax } from '../../credential/verify.js';
import type { ConfigStep } from '../signed/config-step.js';

/** What is to be revoked, in the members of a list (`interfaces.md` section 2). */
export interface RevokeOrder {
  /** hex kid‖cti */
  readonly credentials: readonly string[];
  readonly holders: readonly { readonly space: string; readonly token: string }[];
  readonly issuers: readonly { readonly kid: string; readonly from?: string }[];
  readonly kinds: readonly {
    readonly kid: string;
    readonly kind: number;
    readonly issuedBefore: string;
  }[];
}

export interface Extended {
  /** all that stood there in its place, and what is new behind it */
  readonly list: Readonly<Record<string, unknown>>;
  /** what is new, alone */
  readonly additions: Readonly<Record<string, unknown>>;
  /** how many entries that are */
  readonly added: number;
}

/**
 * @param list JSON of a well-formed list
 * @param order to be added
 * @returns the list with it
 */
export function withRevoked(list: unknown, order: RevokeOrder): Extended {
  const next: Record<string, unknown> = { ...Object(list) };
  const additions: Record<string, unknown> = {};
  let added = 0;
  for (const [member, entries] of Object.entries(order)) {
    const had: unknown = next[member];
    const before: readonly unknown[] = Array.isArray(had) ? had : [];
    const known = new Set(before.map(textOf));
    const more = new Map<string, unknown>();
    for (const entry of entries) if (!known.has(textOf(entry))) more.set(textOf(entry), entry);
    if (more.size === 0) continue;
    added += more.size;
    additions[member] = [...more.values()];
    // Not by spreading into a call: a list may have a million.
    next[member] = before.concat([...more.values()]);
  }
  return { list: next, additions, added };
}

/** Takes the name of a list (its hash; null: there is none) and what is added; returns the name of both. */
export function nameWith(before: string | null, more: Revocations): string | null {
  return withMoreRevoked({ ...noRevocations, sha256: before }, more).sha256;
}

/** Takes the name of the list that must come out; returns the self-test that asks for it. */
export function promiseOf(name: string | null): readonly unknown[] {
  return name === null ? [] : [{ result: name }];
}

/** @returns the name of the list that must come out of a step of revocations; null: it promises none */
export function promisedBy({ selfTest }: Pick<ConfigStep, 'selfTest'>): string | null {
  for (const item of selfTest) {
    const { result } = Object(item) as { readonly result?: unknown };
    if (typeof result === 'string') return result;
  }
  return null;
}

/** Whether a step adds its body to the list in force: what comes out is another than the body. */
export function isAddition(step: Pick<ConfigStep, 'selfTest'>, body: Revocations): boolean {
  const name = promisedBy(step);
  return name !== null && name !== body.sha256;
}

function textOf(entry: unknown): string {
  return typeof entry === 'string' ? entry.toLowerCase() : JSON.stringify(entry);
}

/**
 * Takes the text of a credential; returns its id (hex kid‖cti), or null where it is none. Whether its
 * signature holds is not asked: what was forged under this id is revoked with it, and so is what was not.
 */
export function credentialIdOf(text: string): string | null {
  return paperOf(text)?.id ?? null;
}

/** So long after its end a paper stays revoked: a gate without a sure clock goes by a time that is behind. */
export const overAfterSeconds = 7 * 86_400;

/**
 * @param list JSON of a well-formed list
 * @param texts of papers that were issued; what is none is passed over
 * @param nowSeconds since 1970
 * @param issuers whose signatures are asked for: a paper that was made up with the id of a true one would take
 *   that one off; null: whoever has the texts answers for them
 * @returns the list without the papers among them that ended long enough ago: nobody passes by them again
 */
export function withoutOver(
  list: Readonly<Record<string, unknown>>,
  texts: readonly string[],
  nowSeconds: number,
  issuers: TrustList['issuers'] | null,
): { readonly list: Readonly<Record<string, unknown>>; readonly left: number } {
  const { credentials } = list;
  if (!Array.isArray(credentials)) return { list, left: 0 };
  const papers = texts.flatMap((text) => {
    const paper = paperOf(text);
    return paper !== null && isSignedBy(issuers, paper.envelope) ? [paper] : [];
  });
  const over = new Set(
    papers.filter(({ exp }) => exp + overAfterSeconds <= nowSeconds).map(({ id }) => id),
  );
  const kept = credentials.filter((id) => !over.has(textOf(id)));
  const { credentials: _, ...others } = list;
  const next = kept.length === 0 ? others : { ...others, credentials: kept };
  return { list: next, left: credentials.length - kept.length };
}

function isSignedBy(issuers: TrustList['issuers'] | null, envelope: Envelope): boolean {
  if (issuers === null) return true;
  const issuer = issuers.get(envelope.kid);
  return issuer !== undefined && verifyEnvelope(envelope, issuer.key);
}

interface Paper {
  readonly id: string;
  /** seconds since 1970 */
  readonly exp: number;
  readonly envelope: Envelope;
}

/** @returns a paper; null: it is none */
function paperOf(text: string): Paper | null {
  if (text.length > credentialTextMax || !text.startsWith(credentialPrefix)) return null;
  const bytes = decodeBase45(text, credentialPrefix.length);
  const parsed = bytes === null ? null : parseEnvelope(bytes);
  if (parsed?.ok !== true) return null;
  const payload = decodeCbor(parsed.envelope.payload);
  const read = payload.ok ? parseClaims(payload.value) : null;
  if (read?.ok !== true) return null;
  const { envelope } = parsed;
  return { id: envelope.kid + read.claims.cti, exp: read.claims.exp, envelope };
}
