/**
 * Strict base64url without padding (RFC 4648 §5, §3.2, §3.5): one text for each byte string, so
 * that a key cannot be written in two ways. Pure; reads and writes nothing.
 */
const alphabetOnly = /^[A-Za-z0-9_-]*$/;

/** Takes bytes; returns their base64url text without padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

/**
 * Takes a text; returns its bytes, or null for padding, white space, a foreign letter, an
 * impossible length, or left-over bits that are not zero.
 */
export function decodeBase64url(text: string): Uint8Array | null {
  if (!alphabetOnly.test(text) || text.length % 4 === 1) return null;
  const bytes = Buffer.from(text, 'base64url');
  // Left-over bits that are not zero show as a different text.
  if (bytes.toString('base64url') !== text) return null;
  return new Uint8Array(bytes);
}
