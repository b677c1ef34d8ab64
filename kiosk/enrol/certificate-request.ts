/**
 * A certificate request (PKCS#10, RFC 2986) for a P-256 key, written as DER (X.690 section 10) by hand:
 * `node:crypto` signs, and has no form for it. openssl on the admin's side reads and verifies it.
 */
import { createPublicKey, type KeyObject, sign } from 'node:crypto';

const tag = {
  integer: 0x02,
  bitString: 0x03,
  objectId: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  /** the attributes, of which there are none */
  attributes: 0xa0,
} as const;
/** 2.5.4.3, X.520 */
const commonName = Buffer.from('550403', 'hex');
/** 1.2.840.10045.4.3.2, RFC 5758 section 3.2 */
const ecdsaWithSha256 = Buffer.from('2a8648ce3d040302', 'hex');
/** Names are ids of 32 letters, keys some 91 bytes: two bytes of length are enough. */
const lengthMax = 0xffff;
const pemColumns = 64;

/** Takes a name and a P-256 private key; returns the request in PEM. */
export function certificateRequest(name: string, key: KeyObject): string {
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const attribute = der(
    tag.sequence,
    der(tag.objectId, commonName),
    der(tag.utf8, Buffer.from(name, 'utf8')),
  );
  const subject = der(tag.sequence, der(tag.set, attribute));
  const version = der(tag.integer, Buffer.of(0));
  const information = der(tag.sequence, version, subject, publicKey, der(tag.attributes));
  const signature = sign('sha256', information, key);
  const request = der(
    tag.sequence,
    information,
    der(tag.sequence, der(tag.objectId, ecdsaWithSha256)),
    // No bit of the last byte is left over.
    der(tag.bitString, Buffer.of(0), signature),
  );
  const lines = request.toString('base64').match(new RegExp(`.{1,${pemColumns}}`, 'g')) ?? [];
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;
}

function der(kind: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length > lengthMax) throw new RangeError('too long for a request of ours');
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(kind, ...size), content]);
}
