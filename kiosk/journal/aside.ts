/**
 * Keeps a damaged journal aside under a name with its time, and puts a new one in its place. The new
 * one is made whole first, beside it, so that a power cut at any step leaves one of the two in place,
 * or enough to go on. Nothing is overwritten, and nothing deleted but an unfinished new one.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StoreFault } from './failures.js';

/** More than these say that the disk itself is dying: no other is begun until somebody has looked. */
export const keptAsideMax = 8;

const companions = ['-wal', '-shm'] as const;
const wholeOf = ['', ...companions] as const;
const nextEnd = '.next';

/**
 * @param aside from `freeAsidePath`
 * @returns where the new journal is made before it gets its name
 */
export function nextPath(aside: string): string {
  return aside + nextEnd;
}

/** @returns the names of the damaged journals that are kept beside a database, oldest first */
export function keptAside(file: string): readonly string[] {
  const isMain = (name: string): boolean =>
    !name.includes(nextEnd) && !companions.some((end) => name.endsWith(end));
  return besideIt(file).filter(isMain);
}

/**
 * Chooses the name under which a damaged journal will be kept.
 * @param file of the database
 * @param at RFC 3339 UTC
 * @returns its path, which is free
 * @throws StoreFault (`damaged`) where `keptAsideMax` are kept already
 */
export function freeAsidePath(file: string, at: string): string {
  const { length: count } = keptAside(file);
  if (count >= keptAsideMax)
    throw new StoreFault(
      'damaged',
      `${count} damaged journals are kept beside it: give them to the collector (gatectl collect import) and move them away`,
    );
  const base = `${prefixOf(file)}${at.replaceAll(':', '')}`;
  const taken = new Set(besideIt(file));
  // One more name than there can be journals of the same millisecond.
  for (let index = 0; index <= keptAsideMax; index += 1) {
    const name = index === 0 ? base : `${base}-${index}`;
    if (wholeOf.every((end) => !taken.has(name + end))) return join(dirname(file), name);
  }
  throw new StoreFault('damaged', `${base} is there already`);
}

/**
 * Gives the damaged journal its new name, and the new one its place.
 * @param file of the database; none need be there
 * @param aside from `freeAsidePath`; the new one lies at `nextPath(aside)`, closed
 */
export function swap(file: string, aside: string): void {
  if (existsSync(file)) renameSync(file, aside);
  // Before the new one comes: its own log must be the only one beside it.
  for (const end of companions) if (existsSync(file + end)) renameSync(file + end, aside + end);
  syncFolder(file);
  renameSync(nextPath(aside), file);
  syncFolder(file);
}

/**
 * Goes on where a power cut has ended a swap. Before its first step the damaged journal still stands
 * in its place: then the new one is given up, and made again.
 * @param file of the database
 */
export function finishSwap(file: string): void {
  const next = besideIt(file).find((name) => name.endsWith(nextEnd));
  if (next === undefined) return;
  const aside = join(dirname(file), next.slice(0, -nextEnd.length));
  if (existsSync(file) || !existsSync(aside)) dropNext(aside);
  else swap(file, aside);
}

/** Removes what is left beside a database that is gone and whose log is empty: nothing is in it. */
export function dropCompanions(file: string): void {
  for (const end of companions) rmSync(file + end, { force: true });
}

/** Removes an unfinished new journal. */
export function dropNext(aside: string): void {
  for (const end of wholeOf) rmSync(nextPath(aside) + end, { force: true });
}

function prefixOf(file: string): string {
  return `${basename(file)}.damaged-`;
}

function besideIt(file: string): readonly string[] {
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefixOf(file)))
    .sort();
}

function syncFolder(file: string): void {
  const descriptor = openSync(dirname(file), 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
