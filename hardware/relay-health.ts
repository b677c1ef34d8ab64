/**
 * Whether the relay's lines do what they are told: what was written is read back. Pure; used by the
 * worker that owns the lines.
 */
import { type RelayLine, relayLines } from './relay-logic.js';

/** A level that differs is looked at again: so often in a row, and the line is stuck. */
const missesMax = 3;

/** What one look at a line has shown. */
export interface LineLook {
  readonly wanted: boolean;
  /** the kernel took the level */
  readonly taken: boolean;
  /** the level that the line has; null: it cannot be read */
  readonly level: boolean | null;
}

export interface RelayHealth {
  /** looks in a row at which the line had another level */
  readonly misses: Readonly<Record<RelayLine, number>>;
  /** codes, separated by spaces; empty: sound */
  readonly why: string;
}

export const soundRelay: RelayHealth = { misses: { grant: 0, release: 0 }, why: '' };

/**
 * Judges one look at all lines.
 * @returns what is known now; `why` has `<line>-write-failed` where the kernel did not take a level, and
 *   `<line>-stuck-on` or `<line>-stuck-off` where the line has kept another one for three looks
 */
export function judgeRelay(
  before: RelayHealth,
  looks: Readonly<Record<RelayLine, LineLook>>,
): RelayHealth {
  const misses = { ...before.misses };
  const faults = relayLines.flatMap((line) => {
    const { wanted, taken, level } = looks[line];
    misses[line] = level === null || level === wanted ? 0 : Math.min(misses[line] + 1, missesMax);
    if (!taken) return [`${line}-write-failed`];
    return misses[line] >= missesMax ? [`${line}-stuck-${level ? 'on' : 'off'}`] : [];
  });
  return { misses, why: faults.join(' ') };
}

/** Whether another look is due soon: something differed just now. */
export function isDoubtful({ misses, why }: RelayHealth): boolean {
  return why !== '' || relayLines.some((line) => misses[line] > 0);
}
