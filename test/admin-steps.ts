/** An admin's side for tests: keys, and steps of channels as they sign them. */
import { createHash } from 'node:crypto';
import { type Envelope, encodeEnvelope, signEnvelope } from '../config/crypto/dsse.js';
import { generatePrivateKey, type PrivateKey } from '../config/crypto/ed25519-key.js';
import type { ConfigChannel } from '../config/vocabulary.js';
import { type AdminRole, adminRoles } from '../kiosk/credential/trust.js';
import { configPayloadType } from '../kiosk/settings/signed/judge-step.js';

const yearMs = 365 * 86_400_000;

/** A step as it is published. */
export interface SignedStep {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly seq: number;
}

/** @returns an admin for a trust list, and the key */
export function makeAdmin(
  name: string,
  roles: readonly AdminRole[] = adminRoles,
  key: PrivateKey = generatePrivateKey(),
) {
  return { key, member: { name, publicKey: key.publicKey.text, roles: [...roles] } };
}

/**
 * @param change members of the payload in place of those of a first step that is good for a year
 * @param keys of the admins who sign it
 */
export function signStep(
  site: string,
  channel: ConfigChannel,
  change: Readonly<Record<string, unknown>>,
  keys: readonly PrivateKey[],
  nowMs: number,
): SignedStep {
  const { body, blobs, reason = 'a test', ...others } = change;
  const content = blobs === undefined ? { body } : { blobs };
  const members = {
    site,
    channel,
    seq: 1,
    prevSha256: null,
    issued: new Date(nowMs - 1_000).toISOString(),
    expires: new Date(nowMs + yearMs).toISOString(),
    target: { all: true },
    requires: {},
    minVersion: '0.1.0',
    probationSeconds: 0,
    selfTest: [],
    ...others,
    ...content,
    reason,
  };
  const payload = Buffer.from(JSON.stringify(members), 'utf8');
  const envelope: Envelope = { payloadType: configPayloadType, payload, signatures: [] };
  return {
    bytes: encodeEnvelope(keys.reduce<Envelope>(signEnvelope, envelope)),
    sha256: createHash('sha256').update(payload).digest('hex'),
    seq: members.seq as number,
  };
}
