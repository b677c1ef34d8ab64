/** A revocation list with more in it: what one admin may sign alone. Pure. */
import { decodeBase45 } from '../../credential/base45.js';
import { decodeCbor } from '../../credential/cbor.js';
import { parseClaims } from '../../credential/claims.js';
import { parseEnvelope } from '../../credential/cose.js';
import { credentialPrefix } from '../../credential/issue.js';
import { credentialTextMax } from '../../credential/verify.js';

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

/**
 * @param list JSON of a well-formed list
 * @param order to be added
 * @returns the list with it, all that stood there in its place, and how many entries are new
 */
export function withRevoked(
  list: unknown,
  order: RevokeOrder,
): { readonly list: Readonly<Record<string, unknown>>; readonly added: number } {
  const next: Record<string, unknown> = { ...Object(list) };
  let added = 0;
  for (const [member, entries] of Object.entries(order)) {
    const had: unknown = next[member];
    const before: readonly unknown[] = Array.isArray(had) ? had : [];
    const known = new Set(before.map(textOf));
    const more = new Map<string, unknown>();
    for (const entry of entries) if (!known.has(textOf(entry))) more.set(textOf(entry), entry);
    added += more.size;
    // Not by spreading into a call: a list may have a million.
    if (more.size > 0) next[member] = before.concat([...more.values()]);
  }
  return { list: next, added };
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
