/**
 * A roll-out: which gates a step is for, in which stages, by which topics, and when a stage is over. Pure:
 * what gates report is an argument.
 */
import type { Channel, ConfigStep } from '../signed/config-step.js';
import {
  decisive,
  type Goal,
  type GoalStanding,
  hasFailed,
  type Reported,
  standingOf,
} from './reported.js';
import type { StepFile } from './step-file.js';
import { standsAlone } from './step-topics.js';

/** How many gates have a step after each stage: a count, or a part of all. */
export type Stage = { readonly count: number } | { readonly percent: number };

/** Takes `1,10,100%`; returns the stages, or null where they are none or do not grow. */
export function parseStages(text: string): readonly Stage[] | null {
  const stages = text.split(',').map((word): Stage | null => {
    const [, digits = '', percent] = /^([1-9]\d{0,4})(%?)$/.exec(word) ?? [];
    if (digits === '') return null;
    const number = Number(digits);
    if (percent === '') return { count: number };
    return number <= 100 ? { percent: number } : null;
  });
  const whole = stages.filter((stage) => stage !== null);
  return whole.length === stages.length ? whole : null;
}

/**
 * @param stages none: all at once
 * @param gates in the order in which they are asked
 * @returns the gates of each stage, each gate once; null where a stage asks fewer than the one before it.
 *   What the last stage leaves out is in none
 */
export function stageGates(
  stages: readonly Stage[],
  gates: readonly string[],
): readonly (readonly string[])[] | null {
  const counts = stages.map((stage) =>
    'count' in stage
      ? Math.min(stage.count, gates.length)
      : Math.ceil((gates.length * stage.percent) / 100),
  );
  const ends = stages.length === 0 ? [gates.length] : counts;
  if (ends.some((end, index) => end < (ends[index - 1] ?? 0))) return null;
  const groups = ends.map((end, index) => gates.slice(ends[index - 1] ?? 0, end));
  return groups.filter((group) => group.length > 0);
}

/**
 * @param step to be brought to gates
 * @param isStaged whether it goes to some before others
 * @param named gates that the admin has named
 * @returns `site`: one topic for all; `gates`: each one's own; or what the admin has to say first
 */
export function routeOf(
  { channel, target }: Pick<ConfigStep, 'channel' | 'target'>,
  isStaged: boolean,
  named: readonly string[],
): 'site' | 'gates' | { readonly problem: string } {
  if (!standsAlone(channel))
    return isStaged ? { problem: `${channel} goes to every gate at once: no --stages` } : 'site';
  if ('groups' in target && named.length === 0)
    return {
      problem: `only a gate knows its groups: name those of ${target.groups.join(', ')} with --to`,
    };
  return 'all' in target && !isStaged && named.length === 0 ? 'site' : 'gates';
}

/** Takes steps in any order; returns what a gate is to reach: of each channel the last. */
export function goalsOf(steps: readonly Pick<StepFile, 'step' | 'mark'>[]): readonly Goal[] {
  const goals = new Map<Channel, Goal>();
  for (const { step, mark } of steps) {
    const { channel } = step;
    if ((goals.get(channel)?.seq ?? 0) < mark.seq) goals.set(channel, { channel, ...mark });
  }
  return [...goals.values()];
}

export interface GateTracker {
  /** Takes what the gate reports now; returns where it stands, by the goal that decides. */
  standing(reported: Reported | null): GoalStanding;
  /** Whether nothing more is to be waited for. */
  isOver(reported: Reported | null): boolean;
}

/**
 * @param goals one at least
 * @param before what the gate reported before anything was published: a refusal that stands there is of an
 *   earlier try, and a gate that gets the same step again says `pending` first. What was taken back is for good
 */
export function trackGate(goals: readonly Goal[], before: Reported | null): GateTracker {
  const stale = new Set(goals.filter((goal) => standingOf(goal, before).standing === 'refused'));
  const standing = (reported: Reported | null): GoalStanding => {
    const all = goals.map((goal): GoalStanding => {
      const now = standingOf(goal, reported);
      const was = standingOf(goal, before);
      const isSame = now.standing === was.standing && now.code === was.code;
      if (!stale.has(goal)) return now;
      if (isSame) return { ...now, standing: 'waiting', code: '' };
      stale.delete(goal);
      return now;
    });
    const [first] = all;
    const last = decisive(all) ?? first;
    if (last === undefined) throw new RangeError('a gate is tracked without a goal');
    return last;
  };
  return {
    standing,
    isOver(reported) {
      const now = standing(reported);
      return now.standing === 'confirmed' || hasFailed(now.standing);
    },
  };
}
