/**
 * A body that is larger than a message, put together from chunks in whatever order they come
 * (`_all/blob/<sha256>/<n>`). A chunk proves nothing by itself: only the whole is what its step has named,
 * or nothing. Bounded by what the step says of its size. Pure.
 */
import { createHash } from 'node:crypto';
import type { BlobName } from './config-step.js';

export const blobLimits = {
  /** every chunk but the last has so many bytes */
  chunkBytes: 49_152,
  /** for all of it, from the first asking: what is not whole by then is refused, and may come again */
  timeMs: 600_000,
} as const;

export interface BlobAssembly {
  /**
   * @param index from 0
   * @returns `wrong`: no such chunk, or of another length; it is not kept
   */
  take(index: number, bytes: Uint8Array): 'taken' | 'known' | 'wrong';
  /** chunks that have not come yet, in their order */
  missing(): readonly number[];
  /** @returns what has come, in its order: all of it, once nothing is missing */
  chunks(): readonly Uint8Array[];
}

/** @returns how many chunks a body of so many bytes has */
export function chunkCount(byteCount: number): number {
  return Math.ceil(byteCount / blobLimits.chunkBytes);
}

/**
 * @param body one byte at least
 * @returns its chunks, as they are published
 */
export function chunksOf(body: Uint8Array): readonly Uint8Array[] {
  const { chunkBytes } = blobLimits;
  return Array.from({ length: chunkCount(body.length) }, (_, index) =>
    body.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
}

/** @param blob as its step names it; memory for it is taken chunk by chunk, as they come */
export function assembleBlob({ bytes: byteCount }: Pick<BlobName, 'bytes'>): BlobAssembly {
  const { chunkBytes } = blobLimits;
  const count = chunkCount(byteCount);
  const chunks = new Map<number, Uint8Array>();
  const lengthOf = (index: number): number =>
    index < count - 1 ? chunkBytes : byteCount - (count - 1) * chunkBytes;
  return {
    take(index, bytes) {
      if (!Number.isInteger(index) || index < 0 || index >= count) return 'wrong';
      if (bytes.length !== lengthOf(index)) return 'wrong';
      if (chunks.has(index)) return 'known';
      chunks.set(index, new Uint8Array(bytes));
      return 'taken';
    },
    missing: () =>
      Array.from({ length: count }, (_, index) => index).filter((index) => !chunks.has(index)),
    chunks: () =>
      Array.from({ length: count }, (_, index) => chunks.get(index) ?? new Uint8Array()),
  };
}

/**
 * Puts a body together and looks whether it is what its step has named: work for a thread that holds up
 * nobody.
 *
 * @param chunks in their order
 * @returns the body; null: it is another one, or not whole
 */
export function joinBlob(
  { sha256, bytes: byteCount }: BlobName,
  chunks: readonly Uint8Array[],
): Uint8Array | null {
  const body = Buffer.concat(chunks);
  if (body.length !== byteCount) return null;
  return createHash('sha256').update(body).digest('hex') === sha256 ? body : null;
}
