/**
 * Observations in the same log as a disk's writes: each is written, past every cache, behind the file
 * system's end on the logged disk. So the log itself tells which writes came before and which after.
 */
import { constants, openSync, writeSync } from 'node:fs';
import type { Observation } from './observations.js';

/** One observation; a whole page, as direct writes need it. */
export const markByteCount = 4_096;

declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};

/**
 * @param device the logged disk
 * @param at bytes: where the file system on it ends
 * @returns writes one observation; it is in the log's order when that returns
 */
export function openMarks(device: string, at: number): (observation: Observation) => void {
  const descriptor = openSync(device, constants.O_WRONLY | constants.O_DIRECT);
  // The one memory whose place Node lets choose: direct writes need it to begin with a page.
  const page = Buffer.from(new WebAssembly.Memory({ initial: 1 }).buffer, 0, markByteCount);
  return (observation) => {
    page.fill(0);
    page.write(JSON.stringify(observation));
    writeSync(descriptor, page, 0, markByteCount, at);
  };
}

/**
 * @param bytes of a mark
 * @returns what was observed
 */
export function parseMark(bytes: Buffer): Observation {
  return JSON.parse(bytes.toString('utf8', 0, bytes.indexOf(0))) as Observation;
}
