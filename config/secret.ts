/** Secrets in files: 32 random bytes as one line of base64url, for nobody's eyes but the owner's. */

/** What `openssl rand` or enrolment makes: an HMAC-SHA-256 key, a token that nobody can guess. */
export const secretBytes = 32;

export const groupOrOthersWrite = 0o022;
export const groupOrOthersAnything = 0o077;

/**
 * Strict: exactly what encoding the bytes again would give; one line end may follow.
 * @returns the bytes, or null
 */
export function decodeSecret(bytes: Uint8Array): Uint8Array | null {
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/\r?\n$/, '');
  const decoded = Buffer.from(text, 'base64url');
  if (decoded.length !== secretBytes || decoded.toString('base64url') !== text) return null;
  return Uint8Array.from(decoded);
}

/** What is wrong with a file that is no such line. */
export const secretProblem = `must be ${secretBytes} bytes as unpadded base64url: 43 characters`;
