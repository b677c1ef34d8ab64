/**
 * How many bytes a camera program's frames have, told by its pauses: raw frames have no mark, but a
 * camera writes each at once and then waits for the next. Pure.
 */

/** What had come in all, and when its last bytes came. */
export interface Piece {
  readonly totalBytes: number;
  readonly atMs: number;
}

/** The longest pauses lie between frames, a few stalls within one are shorter or fewer. */
export const pausesMin = 8;
/** A frame of a hundred a second is followed by a longer one; what flows without an end has none. */
export const pauseMsMin = 5;
/** 160 × 160 gray pixels, the least that can be configured; less is an accident. */
const frameBytesMin = 25_600;

/**
 * @param pieces from the program's first byte on, in order
 * @returns the bytes of one frame; null where the pauses do not tell, as there are too few of them, or
 *   some within frames
 */
export function frameBytesSeen(pieces: readonly Piece[]): number | null {
  const pauses = pieces
    .slice(1)
    .map(({ atMs }, index) => ({
      ms: atMs - (pieces[index]?.atMs ?? 0),
      afterBytes: pieces[index]?.totalBytes ?? 0,
    }))
    .filter(({ ms }) => ms >= pauseMsMin)
    .sort((one, other) => other.ms - one.ms)
    .slice(0, pausesMin);
  if (pauses.length < pausesMin) return null;
  // Each lies after a whole number of frames.
  const frameBytes = pauses.reduce((bytes, { afterBytes }) => commonDivisor(bytes, afterBytes), 0);
  return frameBytes < frameBytesMin ? null : frameBytes;
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other);
}
