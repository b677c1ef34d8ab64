/** Signed times as admins and time services make them, for tests. */
import { type Envelope, encodeEnvelope, signEnvelope } from '../config/crypto/dsse.js';
import type { PrivateKey } from '../config/crypto/ed25519-key.js';
import { timePayloadType } from '../kiosk/settings/signed/judge-time.js';

/** Takes the payload's members in their order, and who signs; returns the message. */
export function signTime(
  members: Readonly<Record<string, unknown>>,
  keys: readonly PrivateKey[],
  payloadType = timePayloadType,
): Uint8Array {
  return sealText(JSON.stringify(members), keys, payloadType);
}

/** The same for a payload's text, whatever it is. */
export function sealText(
  text: string,
  keys: readonly PrivateKey[],
  payloadType = timePayloadType,
): Uint8Array {
  const payload = Buffer.from(text, 'utf8');
  return encodeEnvelope(
    keys.reduce<Envelope>(signEnvelope, { payloadType, payload, signatures: [] }),
  );
}
