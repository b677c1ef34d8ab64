/** Which of several collectors takes a gate. Pure but for hashing. */
import { hash } from 'node:crypto';

/** Number `index` (from 0) of `count` collectors. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export const wholeSite: Shard = { index: 0, count: 1 };
/** More collectors than gates would be of no use. */
const countMax = 1_024;

/**
 * @param kiosk its id
 * @returns a number that stays the same for ever: the first 4 bytes of the id's SHA-256, big-endian
 */
export function kioskNumber(kiosk: string): number {
  return Number.parseInt(hash('sha256', kiosk, 'hex').slice(0, 8), 16);
}

/** @returns whether that collector takes this gate: its number modulo the count is the index */
export function isInShard(kiosk: string, { index, count }: Shard): boolean {
  return count === 1 || kioskNumber(kiosk) % count === index;
}

/** @returns the shard that a text such as 0/4 names; null for none: the index is below the count */
export function readShard(text: string): Shard | null {
  const match = /^(0|[1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text);
  const [index, count] = [Number(match?.[1] ?? 1), Number(match?.[2] ?? 0)];
  return index < count && count <= countMax ? { index, count } : null;
}
