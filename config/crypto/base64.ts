/** Strict padded base64 (RFC 4648 §4, §3.5): one text for each byte string. Pure. */
const alphabetOnly = /^[A-Za-z0-9+/]*={0,2}$/;

/** Takes bytes; returns their base64 text with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/**
 * Takes a text; returns its bytes, or null for missing padding, white space, a foreign letter, or
 * left-over bits that are not zero.
 */
export function decodeBase64(text: string): Uint8Array | null {
  if (!alphabetOnly.test(text) || text.length % 4 !== 0) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : null;
}
