/**
 * Whether a write-ahead log has lost what was synced. SQLite takes the first frame that does not fit
 * for the log's end, which is right after a power cut; where a byte has changed in the middle it would
 * drop every commit behind it without a word, and used papers would serve again. Pure.
 * Format: https://www.sqlite.org/fileformat2.html#walformat
 */

const headerBytes = 32;
const frameHeaderBytes = 24;
const bigEndianMagic = 0x377f0683;
const magics = [0x377f0682, bigEndianMagic];

type Sums = readonly [first: number, second: number];

/**
 * @param log the whole `-wal` file; an empty one, or one of zeros, is sound
 * @returns null: nothing synced is missing, or it cannot be told (a cut of the last transaction looks
 *   like one that was never synced); else what is wrong. A commit behind the end, and behind it a
 *   frame that continues it, were written only after all before them was synced; but for a commit
 *   that waits for the next one's sync (a receipt's): a power cut that garbles it and spares the next
 *   is taken for damage. Then the journal is kept aside and nothing acknowledged is missing; to take
 *   damage for a power cut would let used papers serve again
 */
export function logLoss(log: Uint8Array): string | null {
  if (log.length < headerBytes || log.every((byte) => byte === 0)) return null;
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  const magic = view.getUint32(0);
  const isLittle = magic !== bigEndianMagic;
  const sums = checksum(view, 0, 24, isLittle, [0, 0]);
  // A header is one sector, and synced before its frames: power cuts do not spoil it.
  if (!magics.includes(magic) || !isAt(view, 24, sums)) return 'the head of its log is damaged';
  const frameBytes = frameHeaderBytes + view.getUint32(8);
  const frameCount = Math.floor((log.length - headerBytes) / frameBytes);
  const startOf = (frame: number): number => headerBytes + frame * frameBytes;
  const isOfThisLog = (frame: number): boolean =>
    frame < frameCount &&
    view.getUint32(startOf(frame) + 8) === view.getUint32(16) &&
    view.getUint32(startOf(frame) + 12) === view.getUint32(20);
  const sumsOf = (frame: number, before: Sums): Sums => {
    const start = startOf(frame);
    const ofHeader = checksum(view, start, 8, isLittle, before);
    return checksum(
      view,
      start + frameHeaderBytes,
      frameBytes - frameHeaderBytes,
      isLittle,
      ofHeader,
    );
  };
  const isSound = (frame: number, before: Sums): boolean =>
    isOfThisLog(frame) && isAt(view, startOf(frame) + 16, sumsOf(frame, before));
  const storedSums = (frame: number): Sums => [
    view.getUint32(startOf(frame) + 16),
    view.getUint32(startOf(frame) + 20),
  ];

  let end = 0;
  let before = sums;
  while (isSound(end, before)) {
    before = storedSums(end);
    end += 1;
  }
  for (let frame = end; isOfThisLog(frame) || frame === end; frame += 1) {
    if (frame >= frameCount) break;
    const isCommit = isOfThisLog(frame) && view.getUint32(startOf(frame) + 4) > 0;
    if (isCommit && isSound(frame + 1, storedSums(frame)))
      return `its log is damaged in frame ${end + 1}: later commits cannot be read`;
  }
  return null;
}

function isAt(view: DataView, offset: number, [first, second]: Sums): boolean {
  return view.getUint32(offset) === first && view.getUint32(offset + 4) === second;
}

/** The log's own checksum over a multiple of eight bytes. */
function checksum(
  view: DataView,
  start: number,
  byteCount: number,
  isLittle: boolean,
  [one, two]: Sums,
): Sums {
  let first = one;
  let second = two;
  for (let at = start; at < start + byteCount; at += 8) {
    first = (first + view.getUint32(at, isLittle) + second) >>> 0;
    second = (second + view.getUint32(at + 4, isLittle) + first) >>> 0;
  }
  return [first, second];
}
