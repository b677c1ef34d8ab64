/**
 * Revocations that come to a list: what one admin may sign alone. A gate takes a step of few signatures as an
 * addition to what it has, and one of all as the whole list; the name of the list that comes out stands in
 * the step's self-test, so that neither is taken for the other. Pure.
 */
import { decodeBase45 } from '../../credential/base45.js';
import { decodeCbor } from '../../credential/cbor.js';
import { parseClaims } from '../../credential/claims.js';
import { parseEnvelope } from '../../credential/cose.js';
import { credentialPrefix } from '../../credential/issue.js';
import { noRevocations, type Revocations } from '../../credential/revocations.js';
import { withMoreRevoked } from '../../credential/revocations-union.js';
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
  if (text.length > credentialTextMax || !text.startsWith(credentialPrefix)) return null;
  const bytes = decodeBase45(text, credentialPrefix.length);
  const parsed = bytes === null ? null : parseEnvelope(bytes);
  if (parsed?.ok !== true) return null;
  const payload = decodeCbor(parsed.envelope.payload);
  const read = payload.ok ? parseClaims(payload.value) : null;
  return read?.ok === true ? parsed.envelope.kid + read.claims.cti : null;
}
