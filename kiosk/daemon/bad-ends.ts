/**
 * How often a gate has ended badly of late. A gate that breaks a law three times in ten minutes will
 * break it again: it starts out of service, where nobody passes by themselves, and panel, EMERGENCY
 * and fire work. The supervisor must not count itself: one that gives up leaves neither.
 *
 * Kept in the runtime directory, which a restart of the machine empties, in times of its monotonic
 * clock. A person who stops the gate ends the count.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExitCode, exitCodes } from './exit-codes.js';

export interface Ends {
  /** monotonic milliseconds, oldest first */
  readonly badMs: readonly number[];
  /** a run is under way, or has left no end: killed, or ended by the watchdog */
  readonly isRunning: boolean;
}

export const noEnds: Ends = { badMs: [], isRunning: false };
export const badEndsMax = 3;
export const badEndsWithinMs = 600_000;
const fileName = 'ends.json';

/** A run begins. @returns the ends so far; of one that left none the moment is now */
export function begun({ badMs, isRunning }: Ends, nowMs: number): Ends {
  return { badMs: recent(isRunning ? [...badMs, nowMs] : badMs, nowMs), isRunning: true };
}

/** A run ends, badly or in order. @returns what stands then */
export function ended({ badMs }: Ends, isBad: boolean, nowMs: number): Ends {
  return isBad ? { badMs: recent([...badMs, nowMs], nowMs), isRunning: false } : noEnds;
}

/** @returns whether a run that has just begun is to serve nobody */
export function isOutOfService({ badMs }: Ends): boolean {
  return badMs.length >= badEndsMax;
}

/** A time after now is of another start of the machine: it tells nothing. */
function recent(badMs: readonly number[], nowMs: number): readonly number[] {
  return badMs.filter((ms) => ms <= nowMs && nowMs - ms <= badEndsWithinMs).slice(-badEndsMax);
}

/** The count of one run, from its beginning to its end. */
export interface EndsCount {
  readonly isOutOfService: boolean;
  /** The run ends with this code: the last thing that it does. */
  ended(code: ExitCode): void;
}

/**
 * A run begins.
 * @param folders `RUNTIME_DIRECTORY` as a supervisor gives it (systemd.exec(5)); without it nothing is
 *   counted
 * @param nowMs the monotonic clock
 */
export function countEnds(folders: string | undefined, nowMs: () => number): EndsCount {
  const folder = folders?.split(':')[0];
  if (folder === undefined) return { isOutOfService: false, ended() {} };
  const ends = begun(readEnds(folder), nowMs());
  keepEnds(folder, ends);
  return {
    isOutOfService: isOutOfService(ends),
    ended(code) {
      const isBad = code === exitCodes.fault || code === exitCodes.partLost;
      keepEnds(folder, ended(ends, isBad, nowMs()));
    },
  };
}

/** Takes the runtime directory; returns the ends in it, none where they cannot be read. Never throws. */
function readEnds(folder: string): Ends {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, fileName), 'utf8'));
    if (typeof value !== 'object' || value === null) return noEnds;
    if (!('badMs' in value) || !('isRunning' in value) || !Array.isArray(value.badMs))
      return noEnds;
    const badMs = value.badMs.filter((ms) => typeof ms === 'number');
    return { badMs, isRunning: value.isRunning === true };
  } catch {
    return noEnds;
  }
}

/** Takes the runtime directory and what stands; keeps it whole or not at all. Never throws. */
function keepEnds(folder: string, ends: Ends): void {
  const file = join(folder, fileName);
  try {
    writeFileSync(`${file}.new`, JSON.stringify(ends), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // A gate that cannot count serves: the folder is memory, and full only where all else fails.
  }
}
