/**
 * Where crashed journals lie. What a killed process has written stays with the kernel, whatever it
 * was written to, so memory serves as well as a disk and is faster; power cuts are the board's.
 */
import { accessSync, constants, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';

/** Makes a folder of this name's beginning; the caller removes it. */
export function scratchFolder(prefix: string): string {
  return mkdtempSync(join(isWritable(memory) ? memory : tmpdir(), prefix));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
