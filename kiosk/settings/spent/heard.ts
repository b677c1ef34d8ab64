/**
 * How far a gate has heard each of the others: records say when it did not know their latest. A delta
 * that is missing shows by its number, a gate that says nothing by the time; what a broker had retained
 * may be old. Doubt counts as not heard. Pure.
 */
import type { SpentMessage } from './spent-message.js';

export const heardLimits = {
  /** between two snapshots of one gate (`interfaces.md` section 3) */
  snapshotMs: 600_000,
  /** two snapshots have failed to come, and some minutes for a slow network */
  silentMsMax: 1_500_000,
} as const;

interface HeardOf {
  readonly run: string;
  /** all that the gate has told up to this delta is known; -1: of nothing that is sure */
  readonly upTo: number;
  /** the highest delta that has come */
  readonly seen: number;
  /** nothing can have been told between `upTo` and the beginning of this connection */
  readonly isLive: boolean;
  /** the snapshot that is coming in */
  readonly coming: {
    readonly n: number;
    readonly pages: ReadonlySet<number>;
    readonly isLive: boolean;
  } | null;
  /** monotonic */
  readonly lastMs: number;
}

/** By the id of the gate. */
export type Heard = ReadonlyMap<string, HeardOf>;

type Told = Pick<SpentMessage, 'kiosk' | 'kind' | 'run' | 'n' | 'page' | 'pages'>;

/**
 * Takes what was heard so far, a message that was taken, whether the broker had it retained, and the
 * monotonic time; returns what is heard now.
 */
export function hear(heard: Heard, told: Told, isRetained: boolean, nowMs: number): Heard {
  const { run } = told;
  const before = heard.get(told.kiosk);
  // What a gate told last before it started again is in its next snapshot, and in no delta.
  const anew: HeardOf = { run, upTo: -1, seen: -1, isLive: false, coming: null, lastMs: nowMs };
  const known = before?.run === run ? before : anew;
  const after = told.kind === 'delta' ? withDelta(known, told) : withPage(known, told, isRetained);
  return new Map(heard).set(told.kiosk, { ...after, lastMs: nowMs });
}

function withDelta(known: HeardOf, { n }: Told): HeardOf {
  const seen = Math.max(known.seen, n);
  const isNext = known.upTo >= 0 && n === known.upTo + 1;
  return isNext ? { ...known, seen, upTo: n, isLive: true } : { ...known, seen };
}

function withPage(known: HeardOf, { n, page, pages }: Told, isRetained: boolean): HeardOf {
  const former = known.coming?.n === n ? known.coming : null;
  const seen = new Set(former?.pages).add(page);
  const isLive = (former?.isLive ?? true) && !isRetained;
  if (seen.size < pages) return { ...known, coming: { n, pages: seen, isLive } };
  if (n < known.upTo) return { ...known, coming: null };
  return { ...known, upTo: n, isLive: isLive || (known.isLive && n === known.upTo), coming: null };
}

/** The connection was gone: returns what was heard, where nobody knows what was told meanwhile. */
export function lostTouch(heard: Heard): Heard {
  return new Map([...heard].map(([id, of]) => [id, { ...of, isLive: false, coming: null }]));
}

/**
 * Takes what was heard, the ids of the other gates and the monotonic time; returns those whose latest is
 * not known: never heard, something missing, or silent for too long.
 */
export function notHeard(
  heard: Heard,
  others: readonly string[],
  nowMs: number,
): readonly string[] {
  return others.filter((kiosk) => {
    const of = heard.get(kiosk);
    if (of === undefined || !of.isLive || of.upTo < of.seen) return true;
    return nowMs - of.lastMs > heardLimits.silentMsMax;
  });
}
