/** Reads small files as a daemon should: bounded, regular files only, problems in words. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of one file: the largest of ours, a trust list, is some 100 kB. */
export const fileBytesMax = 1_048_576;

export type ReadFile =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly mode: number }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads a whole file of at most `fileBytesMax` bytes; `mode` holds its permission bits as they
 * were on the opened file. Refuses folders, pipes and devices; never throws, never blocks.
 */
export function readSmallFile(path: string): ReadFile {
  let descriptor: number | undefined;
  try {
    // O_NONBLOCK: opening a pipe without a writer would wait for ever.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = fstatSync(descriptor);
    if (!status.isFile()) return { ok: false, problem: 'is no regular file' };
    const bytes = readBounded(descriptor);
    if (bytes === null) return { ok: false, problem: `is larger than ${fileBytesMax} bytes` };
    return { ok: true, bytes, mode: status.mode & 0o7777 };
  } catch (error) {
    return { ok: false, problem: fileProblem(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function readBounded(descriptor: number): Uint8Array | null {
  const buffer = new Uint8Array(fileBytesMax + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.slice(0, length);
    length += count;
  }
  return null;
}

/** The words for a failed call of `node:fs`. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  switch (code) {
    case 'ENOENT':
      return 'does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by the user that runs this';
    case 'ENOTDIR':
      return 'cannot exist: a part of its path is no folder';
    case 'ELOOP':
      return 'is a circle of symbolic links';
    default:
      return `cannot be read (${code})`;
  }
}
