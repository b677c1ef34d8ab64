/**
 * Signed envelopes: DSSE v1 (https://github.com/secure-systems-lab/dsse, `envelope.md`,
 * `protocol.md`), Ed25519 over the pre-authentication encoding of the payload's exact bytes. What
 * the payload says is for whoever has counted the signatures first.
 */
import { createHash } from 'node:crypto';
import { parseStrictJsonBytes } from '../strict-json.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { type PrivateKey, type PublicKey, signBytes, verifyBytes } from './ed25519-key.js';

export const envelopeLimits = {
  /** the whole message; what is larger travels in chunks beside it */
  bytesMax: 65_536,
  signaturesMax: 16,
} as const;

export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly {
    /** hex SHA-256 of the raw key: which key to try, and no more */
    readonly keyid: string;
    readonly sig: Uint8Array;
  }[];
}

export type EnvelopeResult =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly why: 'too-large' | 'bad-envelope' };

const keyidShape = /^[0-9a-f]{64}$/;
const signatureBytes = 64;

/** Takes a key; returns its name in envelopes: hex SHA-256 of its raw 32 bytes. */
export function keyidOf({ raw }: Pick<PublicKey, 'raw'>): string {
  return createHash('sha256').update(raw).digest('hex');
}

/**
 * Takes a message's bytes; returns the envelope in it. Its size is looked at before anything else, and
 * it has the three members and no other. Never throws.
 */
export function parseEnvelope(bytes: Uint8Array): EnvelopeResult {
  if (bytes.length > envelopeLimits.bytesMax) return { ok: false, why: 'too-large' };
  const json = parseStrictJsonBytes(bytes, envelopeLimits.bytesMax);
  const envelope = json.ok ? readEnvelope(json.value) : null;
  return envelope === null ? { ok: false, why: 'bad-envelope' } : { ok: true, envelope };
}

function readEnvelope(value: unknown): Envelope | null {
  const members = membersOf(value, ['payloadType', 'payload', 'signatures']);
  if (members === null) return null;
  const { payloadType, payload: payloadText, signatures: list } = members;
  if (typeof payloadType !== 'string' || typeof payloadText !== 'string') return null;
  if (!Array.isArray(list) || list.length > envelopeLimits.signaturesMax) return null;
  const payload = decodeBase64(payloadText);
  const signatures = list.map(readSignature);
  const whole = signatures.filter((it) => it !== null);
  if (payload === null || whole.length < signatures.length) return null;
  return { payloadType, payload, signatures: whole };
}

function readSignature(value: unknown): Envelope['signatures'][number] | null {
  const members = membersOf(value, ['keyid', 'sig']);
  if (members === null) return null;
  const { keyid, sig: text } = members;
  if (typeof keyid !== 'string' || !keyidShape.test(keyid) || typeof text !== 'string') return null;
  const sig = decodeBase64(text);
  return sig === null || sig.length !== signatureBytes ? null : { keyid, sig };
}

/** Exactly these members, or null. */
function membersOf(
  value: unknown,
  names: readonly string[],
): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const own = Object.keys(value);
  if (own.length !== names.length || !names.every((name) => own.includes(name))) return null;
  return value as Readonly<Record<string, unknown>>;
}

/** Takes a payload's type and bytes; returns what is signed: DSSE's pre-authentication encoding. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  const head = `DSSEv1 ${type.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head, 'utf8'), payload]);
}

/**
 * Takes an envelope and the keys that count; returns those of them whose signature holds, each once,
 * however often and under whichever id it signed.
 */
export function signersOf(
  { payloadType, payload, signatures }: Envelope,
  keys: readonly PublicKey[],
): readonly PublicKey[] {
  const message = preAuthEncoding(payloadType, payload);
  const byId = new Map(keys.map((key) => [keyidOf(key), key]));
  const signers = new Map<string, PublicKey>();
  for (const { keyid, sig } of signatures) {
    const key = byId.get(keyid);
    if (key === undefined || signers.has(key.text)) continue;
    if (verifyBytes(key, message, sig)) signers.set(key.text, key);
  }
  return [...signers.values()];
}

/**
 * Takes an envelope without or with signatures, and a key; returns it with that key's signature, in
 * the place of one that it had.
 */
export function signEnvelope(
  envelope: Omit<Envelope, 'signatures'> & Partial<Pick<Envelope, 'signatures'>>,
  key: PrivateKey,
): Envelope {
  const { payloadType, payload, signatures = [] } = envelope;
  const keyid = keyidOf(key.publicKey);
  const sig = signBytes(key, preAuthEncoding(payloadType, payload));
  const others = signatures.filter((it) => it.keyid !== keyid);
  return { payloadType, payload, signatures: [...others, { keyid, sig }] };
}

/** Takes an envelope; returns the message. */
export function encodeEnvelope({ payloadType, payload, signatures }: Envelope): Uint8Array {
  const list = signatures.map(({ keyid, sig }) => ({ keyid, sig: encodeBase64(sig) }));
  const text = JSON.stringify({ payloadType, payload: encodeBase64(payload), signatures: list });
  return Buffer.from(text, 'utf8');
}
