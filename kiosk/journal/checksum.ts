/**
 * Checksums of the journal's working state, which no chain covers: a bit that a disk has turned must
 * not free a used paper, move time or forget what is unsent. Against accidents only: whoever may write
 * to the file can write them too.
 */
import { hash } from 'node:crypto';

const sumLength = 8;
const mark = '#';

/**
 * @param parts what belongs together; no text of them holds a line feed
 * @returns eight hex digits
 */
export function sumOf(...parts: readonly (string | number)[]): string {
  return hash('sha256', parts.join('\n'), 'hex').slice(0, sumLength);
}

/** @returns the text with its sum behind it */
export function withSum(text: string): string {
  return `${text}${mark}${sumOf(text)}`;
}

/** @returns the text without its sum; null where they do not belong together */
export function withoutSum(summed: string): string | null {
  const end = summed.length - sumLength - mark.length;
  const text = summed.slice(0, Math.max(0, end));
  return withSum(text) === summed ? text : null;
}
