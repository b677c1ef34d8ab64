/** Bytes written as hexadecimal text, as device papers print them. */

/**
 * @param text pairs of hexadecimal digits, with or without spaces between the pairs: `5A 5A 45`
 * @returns the bytes; null for anything else, the empty text included
 */
export function hexBytes(text: string): readonly number[] | null {
  if (!/^[0-9A-Fa-f]{2}(?: ?[0-9A-Fa-f]{2})*$/.test(text)) return null;
  return (text.match(/[0-9A-Fa-f]{2}/g) ?? []).map((pair) => Number.parseInt(pair, 16));
}
