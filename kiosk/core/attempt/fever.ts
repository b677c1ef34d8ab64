/**
 * A fever and what may follow it: a pause, another measurement, twice at most in an hour. Counted by
 * the identities of the attempt, so that coming back as somebody new is no way around it.
 */
import type { PolicySettings } from '../../../config/policy.js';
import { feversMax } from '../limits.js';
import type { Attempt, FeverSeen } from './attempt-state.js';

/**
 * `paused`: the next measurement does not count yet; `measure`: it counts now; `exhausted`: none
 * counts any more within the hour. `none`: no fever stands.
 */
export type FeverStanding = 'none' | 'paused' | 'measure' | 'exhausted';

type People = Attempt['identities'];

/** @returns how a fever of one of these people within the window stands */
export function feverStanding(
  fevers: readonly FeverSeen[],
  people: People,
  limits: PolicySettings,
  nowMs: number,
): FeverStanding {
  const seen = feverOf(fevers, people, limits, nowMs);
  if (seen === null || !seen.isOpen) return 'none';
  if (seen.retests >= limits.retestsMax) return 'exhausted';
  return nowMs - seen.lastMs < limits.retestPauseMs ? 'paused' : 'measure';
}

/** @returns when the pause of such a fever is over, monotonic milliseconds, or null */
export function pauseEndMs(
  fevers: readonly FeverSeen[],
  people: People,
  limits: PolicySettings,
  nowMs: number,
): number | null {
  const seen = feverOf(fevers, people, limits, nowMs);
  const isPaused = seen?.isOpen === true && seen.retests < limits.retestsMax;
  return isPaused && nowMs - seen.lastMs < limits.retestPauseMs
    ? seen.lastMs + limits.retestPauseMs
    : null;
}

/**
 * @returns from when on (monotonic milliseconds) a measurement of these people counts: minus infinity
 *   where no fever stands, plus infinity where none counts yet, or any more
 */
export function measurementsCountFromMs(
  fevers: readonly FeverSeen[],
  people: People,
  limits: PolicySettings,
  nowMs: number,
): number {
  const seen = feverOf(fevers, people, limits, nowMs);
  if (seen === null || !seen.isOpen) return Number.NEGATIVE_INFINITY;
  const endMs = seen.lastMs + limits.retestPauseMs;
  return seen.retests >= limits.retestsMax || nowMs < endMs ? Number.POSITIVE_INFINITY : endMs;
}

/** @returns the list with a measurement that counts: a fever, or a normal reading after one */
export function feverMeasured(
  fevers: readonly FeverSeen[],
  people: People,
  limits: PolicySettings,
  nowMs: number,
  isFever: boolean,
): readonly FeverSeen[] {
  const before = feverOf(fevers, people, limits, nowMs);
  if (before === null && !isFever) return fevers;
  const isRetest = before?.isOpen === true;
  const next: FeverSeen = {
    people: [...new Set([...(before?.people ?? []), ...namesOf(people)])],
    firstMs: before?.firstMs ?? nowMs,
    lastMs: isFever ? nowMs : (before?.lastMs ?? nowMs),
    retests: (before?.retests ?? 0) + (isRetest ? 1 : 0),
    isOpen: isFever,
  };
  const others = fevers.filter((seen) => seen !== before && !isOver(seen, limits, nowMs));
  return [...others, next].slice(-feversMax);
}

function feverOf(
  fevers: readonly FeverSeen[],
  people: People,
  limits: PolicySettings,
  nowMs: number,
): FeverSeen | null {
  if (fevers.length === 0) return null;
  const names = namesOf(people);
  return (
    fevers.findLast(
      (seen) => !isOver(seen, limits, nowMs) && names.some((name) => seen.people.includes(name)),
    ) ?? null
  );
}

function isOver({ firstMs }: FeverSeen, limits: PolicySettings, nowMs: number): boolean {
  return nowMs - firstMs >= limits.retestWindowMs;
}

function namesOf(people: People): string[] {
  return Object.values(people).map(({ space, token }) => `${space}:${token}`);
}
