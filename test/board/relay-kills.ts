/**
 * A relay's program that is killed again and again: when, and the judge of what the far side of its line
 * has seen meanwhile. Pure;
 * `relay-kills-program.ts` does it, on the board.
 */
import type { TurnstileMode } from '../../config/vocabulary.js';
import { relayLimits } from '../../hardware/ports.js';
import type { Random } from '../../hardware/simulated/random.js';
import type { LevelEdge } from './level-recorder.js';

/**
 * When a program is killed: `start`: before it has its lines, or just then; `rest`: before it is asked
 * for a pulse; `asked`: within moments of the asking; `pulse`: anywhere in it, with the line seen to be
 * on; `end`: about its end; `after`: it has ended, and another is asked for at once. `kept` is as `pulse`
 * on a board whose kernel leaves an output as it was. `blocked` is not killed in it: its event loop stands still.
 */
export type Phase = (typeof killPhases)[number] | 'blocked';
/** In the order in which they come: what follows `kept` is to get its lines. */
export const killPhases = ['start', 'asked', 'pulse', 'end', 'after', 'kept', 'rest'] as const;

/** One program's life, as it is to be. */
export interface PlannedLife {
  readonly phase: Phase;
  readonly mode: TurnstileMode;
  /** of the pulse that is asked for */
  readonly durationMs: number;
  /** from what the phase begins with to the kill */
  readonly killAfterMs: number;
}

/** One program's life, as it was. Times are of CLOCK_MONOTONIC, milliseconds. */
export interface Life extends PlannedLife {
  /** told to take its lines */
  readonly openedMs: number;
  /** it has said that it has them; null: killed before */
  readonly readyMs: number | null;
  /** asked for its first pulse; null: never */
  readonly askedMs: number | null;
  /** how many it was asked for */
  readonly asks: number;
  /** just before the kill, or before it was stopped for the kill */
  readonly killedMs: number;
  /** the kernel has been told, or each of its threads has been seen to be stopped: it does nothing more */
  readonly deadMs: number;
}

export interface KillRecord {
  /** in their order */
  readonly lives: readonly Life[];
  readonly edges: readonly LevelEdge[];
  /** when nobody looked, because the board stood still */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly endMs: number;
}

/**
 * How much longer than asked for a line may be on: the worker's timer and its write among the other
 * programs of a board with one processor, one of which is being started all the time.
 */
export const lateMsMax = 250;

/** What the kernel was doing for a thread when it was killed, it does to the end. */
const underWayMsMax = 5;

const longestMs = { pulse: relayLimits.pulseMsMax, level: relayLimits.levelMsMax } as const;

/** A start of the program takes about as long on the board: kills before its end fall anywhere in it. */
const startMsMax = 900;

/** @returns what happens in each of so many lives */
export function planLives(dice: Random, count: number): readonly PlannedLife[] {
  return Array.from({ length: count }, (_, index) =>
    planned(dice, killPhases[index % killPhases.length] ?? 'rest'),
  );
}

function planned(dice: Random, phase: (typeof killPhases)[number]): PlannedLife {
  // Some ask for more than there is.
  const durationMs = dice.chance(0.2) ? 60_000 : 100 + dice.int(500);
  const lengthMs = Math.min(durationMs, longestMs.pulse);
  const killAfterMs = {
    start: () => dice.int(startMsMax),
    rest: () => dice.int(50),
    asked: () => dice.int(12),
    pulse: () => dice.int(lengthMs),
    kept: () => dice.int(lengthMs / 2),
    end: () => lengthMs - 20 + dice.int(40),
    after: () => dice.int(200),
  }[phase]();
  return { phase, mode: 'pulse', durationMs, killAfterMs };
}

/** @returns what a record shows that must not be, in words; nothing: all is well */
export function judgeKills(record: KillRecord): readonly string[] {
  return [...record.lives.flatMap((life, index) => ofLife(record, life, index)), ...ofGaps(record)];
}

/** How long a line was on, milliseconds: between what is proven, and what can have been. */
export interface OnTime {
  /** without the moments in which nobody looked */
  readonly leastMs: number;
  readonly mostMs: number;
}

/** @returns how long the line was on by each of its rises while the program lived */
export function onTimes(record: KillRecord, life: Life): readonly OnTime[] {
  return risesIn(record, life.openedMs, life.killedMs).map((rise) => {
    const fall = record.edges.find(({ high, atMs }) => !high && atMs > rise.atMs);
    const untilMs = Math.min(fall?.afterMs ?? record.endMs, life.killedMs);
    const unseen = unseenMs(record, rise.atMs, untilMs);
    const mostMs = Math.min(fall?.atMs ?? record.endMs, life.killedMs) - rise.afterMs;
    return { leastMs: Math.max(0, untilMs - rise.atMs - unseen), mostMs };
  });
}

/** @returns whether the line is proven to be high then */
export function isHighAt({ edges }: KillRecord, atMs: number): boolean {
  return edges.findLast((edge) => (edge.high ? edge.atMs : edge.afterMs) <= atMs)?.high ?? false;
}

function ofLife(record: KillRecord, life: Life, index: number): readonly string[] {
  const { phase, openedMs, readyMs, askedMs, asks, killedMs, deadMs } = life;
  const name = `life ${index} (${phase})`;
  const nextMs = record.lives[index + 1]?.openedMs ?? record.endMs;
  const rises = risesIn(record, openedMs, killedMs);
  const limitMs = Math.min(life.durationMs, longestMs[life.mode]) + lateMsMax;
  const early = rises.filter((rise) => askedMs === null || rise.atMs < askedMs);
  const late = record.edges.filter(
    ({ high, afterMs }) => high && afterMs >= deadMs + underWayMsMax && afterMs < nextMs,
  );
  return [
    ...onTimes(record, life)
      .filter(({ leastMs }) => leastMs > limitMs)
      .map(({ leastMs }) => `${name}: on for ${leastMs.toFixed(0)} ms, ${limitMs} at most`),
    ...(rises.length > asks ? [`${name}: on ${rises.length} times, asked for ${asks}`] : []),
    ...rises.flatMap((rise, at) => {
      const apartMs = rise.atMs - (rises[at - 1]?.afterMs ?? Number.NEGATIVE_INFINITY);
      return apartMs < relayLimits.pulseIntervalMsMin
        ? [`${name}: on again ${apartMs.toFixed(0)} ms after it was`]
        : [];
    }),
    ...early.map(({ atMs }) => `${name}: rises at ${atMs.toFixed(0)} ms, asked by nobody`),
    ...late.map(({ afterMs }) => `${name}: rises ${(afterMs - deadMs).toFixed(0)} ms after death`),
    ...(readyMs !== null && isHighAt(record, readyMs)
      ? [`${name}: on when the program has started`]
      : []),
  ];
}

/** A record that has seen too little proves nothing. */
function ofGaps(record: KillRecord): readonly string[] {
  const [first] = record.lives;
  if (first === undefined) return ['nobody has lived'];
  const share = unseenMs(record, first.openedMs, record.endMs) / (record.endMs - first.openedMs);
  return share > unseenShareMax ? [`nobody looked for ${(share * 100).toFixed(0)} % of it`] : [];
}
/** Of a machine that others use too. */
const unseenShareMax = 0.25;

function risesIn({ edges }: KillRecord, fromMs: number, toMs: number): readonly LevelEdge[] {
  return edges.filter(({ high, afterMs }) => high && afterMs >= fromMs && afterMs < toMs);
}

function unseenMs({ gaps }: KillRecord, fromMs: number, toMs: number): number {
  return gaps.reduce(
    (sum, gap) => sum + Math.max(0, Math.min(gap.toMs, toMs) - Math.max(gap.fromMs, fromMs)),
    0,
  );
}
