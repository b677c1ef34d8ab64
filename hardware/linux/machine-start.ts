/** Which start of the machine this is: by it a process that was killed is told from a power cut. */
import { readFileSync } from 'node:fs';

/** 128 random bits, made anew by the kernel at each start; random(4) */
const bootIdFile = '/proc/sys/kernel/random/boot_id';
const bootIdShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * @param file for tests: another in its form
 * @returns the kernel's name for this start, or null where it does not say. Never throws. It tells
 *   nothing of the machine but this.
 */
export function readMachineStart(file = bootIdFile): string | null {
  try {
    const text = readFileSync(file, 'ascii').trim();
    return bootIdShape.test(text) ? text : null;
  } catch {
    return null;
  }
}
