/**
 * A fever and what may follow it: a pause, another measurement, twice at most in any hour. Counted by
 * the identities of the attempt, so that coming back as somebody new is no way around it; of several
 * people whom an attempt names (a card and its household) the worst off decides.
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

/** From the best to the worst. */
const standings: readonly FeverStanding[] = ['none', 'measure', 'paused', 'exhausted'];

/** @returns how the fevers of these people within the last hour stand: the worst of them */
export function feverStanding(
  fevers: readonly FeverSeen[],
  people: People,
  limits: PolicySettings,
  nowMs: number,
): FeverStanding {
  const ranks = feversOf(fevers, people, limits, nowMs).map((seen) =>
    standings.indexOf(standingOf(seen, limits, nowMs)),
  );
  return standings[Math.max(0, ...ranks)] ?? 'exhausted';
}

/** @returns when the pause of such fevers is over, monotonic milliseconds, or null */
export function pauseEndMs(
  fevers: readonly FeverSeen[],
  people: People,
  limits: PolicySettings,
  nowMs: number,
): number | null {
  if (feverStanding(fevers, people, limits, nowMs) !== 'paused') return null;
  return lastPauseEndMs(feversOf(fevers, people, limits, nowMs), limits);
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
  const standing = feverStanding(fevers, people, limits, nowMs);
  if (standing === 'none') return Number.NEGATIVE_INFINITY;
  if (standing !== 'measure') return Number.POSITIVE_INFINITY;
  return lastPauseEndMs(feversOf(fevers, people, limits, nowMs), limits);
}

/**
 * @returns the list with a measurement that counts: a fever, or a normal reading after one. It is one
 *   person's: what was kept of these people one by one is one entry from now on.
 */
export function feverMeasured(
  fevers: readonly FeverSeen[],
  people: People,
  limits: PolicySettings,
  nowMs: number,
  isFever: boolean,
): readonly FeverSeen[] {
  const before = feversOf(fevers, people, limits, nowMs);
  if (before.length === 0 && !isFever) return fevers;
  const isRetest = before.some(({ isOpen }) => isOpen);
  const retestsMs = before.flatMap((seen) => recentRetestsMs(seen, limits, nowMs));
  const next: FeverSeen = {
    people: [...new Set([...before.flatMap((seen) => seen.people), ...namesOf(people)])],
    lastMs: isFever ? nowMs : Math.max(...before.map(({ lastMs }) => lastMs)),
    // More than are allowed say nothing more.
    retestsMs: (isRetest ? [...retestsMs, nowMs] : retestsMs)
      .sort((a, b) => a - b)
      .slice(-limits.retestsMax),
    isOpen: isFever,
  };
  const others = fevers.filter((seen) => !before.includes(seen) && !isOver(seen, limits, nowMs));
  return [...others, next].slice(-feversMax);
}

function standingOf(seen: FeverSeen, limits: PolicySettings, nowMs: number): FeverStanding {
  if (!seen.isOpen) return 'none';
  if (recentRetestsMs(seen, limits, nowMs).length >= limits.retestsMax) return 'exhausted';
  return nowMs - seen.lastMs < limits.retestPauseMs ? 'paused' : 'measure';
}

function lastPauseEndMs(seen: readonly FeverSeen[], { retestPauseMs }: PolicySettings): number {
  const open = seen.filter(({ isOpen }) => isOpen);
  return Math.max(...open.map(({ lastMs }) => lastMs)) + retestPauseMs;
}

function feversOf(
  fevers: readonly FeverSeen[],
  people: People,
  limits: PolicySettings,
  nowMs: number,
): readonly FeverSeen[] {
  if (fevers.length === 0) return [];
  const names = namesOf(people);
  return fevers.filter(
    (seen) => !isOver(seen, limits, nowMs) && names.some((name) => seen.people.includes(name)),
  );
}

function recentRetestsMs(
  { retestsMs }: FeverSeen,
  { retestWindowMs }: PolicySettings,
  nowMs: number,
): readonly number[] {
  return retestsMs.filter((ms) => nowMs - ms < retestWindowMs);
}

/** An hour after its last fever and its last retest nothing of it counts any more. */
function isOver(seen: FeverSeen, limits: PolicySettings, nowMs: number): boolean {
  return (
    nowMs - seen.lastMs >= Math.max(limits.retestWindowMs, limits.retestPauseMs) &&
    recentRetestsMs(seen, limits, nowMs).length === 0
  );
}

function namesOf(people: People): string[] {
  return Object.values(people).map(({ space, token }) => `${space}:${token}`);
}
