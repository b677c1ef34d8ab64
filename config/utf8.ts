/** Text from bytes, strictly. Pure. */

/** UTF-8 without a single wrong byte, or null; a byte order mark stays, for the reader to refuse. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
