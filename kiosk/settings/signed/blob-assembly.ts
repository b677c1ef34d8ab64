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
  /**
   * @returns the body; `not-whole` while chunks are missing; `other-hash` where it is not what was
   *   named: everything is forgotten then, and asked for anew
   */
  finish():
    | { readonly ok: true; readonly body: Uint8Array }
    | { readonly ok: false; readonly why: 'not-whole' | 'other-hash' };
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
export function assembleBlob({ sha256, bytes: byteCount }: BlobName): BlobAssembly {
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
    finish() {
      if (chunks.size < count) return { ok: false, why: 'not-whole' };
      const ordered = Array.from({ length: count }, (_, index) => chunks.get(index) ?? []);
      const body = new Uint8Array(byteCount);
      for (const [index, chunk] of ordered.entries()) body.set(chunk, index * chunkBytes);
      if (createHash('sha256').update(body).digest('hex') === sha256) return { ok: true, body };
      chunks.clear();
      return { ok: false, why: 'other-hash' };
    },
  };
}
