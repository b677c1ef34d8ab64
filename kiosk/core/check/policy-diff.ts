/** What changes from one policy to another: for whom (cells of what either reads), and in its text. */
import type { Policy } from '../../../config/policy.js';
import type { Direction, ZoneKind } from '../../../config/vocabulary.js';
import { evaluate } from '../policy/rules.js';
import { attemptOf, type Bench, bench } from './policy-bench.js';
import type { Progress } from './policy-check.js';
import { outcomeOf } from './policy-claims.js';
import { now } from './policy-draft.js';
import { cellCount, cellsOf, cellWords, draftOf, spacesOf } from './policy-space.js';

/** Two policies that have little in common read nearly twice as much. */
const cellsMax = 600_000;
const progressEvery = 5_000;

/** Cells that change in the same way. */
export interface ChangedCells {
  readonly zone: ZoneKind;
  readonly direction: Direction;
  /** `deny incomplete`, `grant resident`, … */
  readonly from: string;
  readonly to: string;
  readonly cells: number;
  /** the first of them, in words */
  readonly cell: string;
}

/** A member of the policy; rules and stops are named by their ids. Values as JSON, or null: none. */
export interface ChangedValue {
  readonly place: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface PolicyDiff {
  /** how many both were asked about; null: too many to ask */
  readonly cells: number | null;
  /** by zone and direction; changes of grants first, then by count */
  readonly changed: readonly ChangedCells[];
  readonly values: readonly ChangedValue[];
}

/**
 * @param before a policy of the right shape
 * @param after another
 * @param progress told how far it is
 * @returns which cells end otherwise, and which members differ
 */
export function diffPolicies(
  before: Policy,
  after: Policy,
  progress: Progress = () => {},
): PolicyDiff {
  const values = changedValues('', before, after);
  const spaces = spacesOf([before, after]);
  const cells = cellCount(spaces);
  if (values.length === 0) return { cells, changed: [], values };
  if (cells > cellsMax) return { cells: null, changed: [], values };
  const changed: ChangedCells[] = [];
  let done = 0;
  for (const zone of ['campus-gate', 'building'] as const)
    for (const direction of ['in', 'out'] as const) {
      const groups = new Map<string, ChangedCells>();
      const gates = [bench(before, zone, direction), bench(after, zone, direction)] as const;
      for (const space of spaces) {
        if (space.zone !== zone || space.direction !== direction) continue;
        for (const cell of cellsOf(space)) {
          const [from, to] = gates.map((gate) => labelOf(gate, draftOf(space, cell)));
          done += 1;
          if (done % progressEvery === 0) progress(done, cells);
          if (from === undefined || to === undefined || from === to) continue;
          const name = `${from} ${to}`;
          const group = groups.get(name);
          groups.set(name, {
            ...(group ?? { zone, direction, from, to, cell: cellWords(space, cell) }),
            cells: (group?.cells ?? 0) + 1,
          });
        }
      }
      changed.push(...[...groups.values()].sort(inImportance));
    }
  return { cells, changed, values };
}

/** Who is let pass, or no longer, comes first; then what is most frequent. */
function inImportance(a: ChangedCells, b: ChangedCells): number {
  const weight = ({ from, to }: ChangedCells) =>
    Number(from.startsWith('grant')) + Number(to.startsWith('grant'));
  return weight(b) - weight(a) || b.cells - a.cells;
}

function labelOf(gate: Bench, draft: ReturnType<typeof draftOf>): string {
  const attempt = attemptOf(draft);
  const state = gate.gateFor(draft, attempt.identities);
  return outcomeOf(evaluate(state, attempt, now), state).label;
}

function changedValues(place: string, from: unknown, to: unknown): readonly ChangedValue[] {
  const [before, after] = [membersOf(from), membersOf(to)];
  if (before === null || after === null || place.endsWith('requires')) {
    const [a, b] = [textOf(from), textOf(to)];
    return a === b ? [] : [{ place, from: a, to: b }];
  }
  // What editors read is no policy.
  const names = [...new Set([...before.keys(), ...after.keys()])].filter((it) => it !== '$schema');
  return names.flatMap((name) =>
    changedValues(place === '' ? name : `${place}.${name}`, before.get(name), after.get(name)),
  );
}

/** Of an object its members, of a list of rules or stops these by their ids; null: neither. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const named = value.map((it: unknown): readonly [string, unknown] | null =>
    typeof it === 'object' && it !== null && 'id' in it && typeof it.id === 'string'
      ? [it.id, it]
      : null,
  );
  const entries = named.filter((it) => it !== null);
  return entries.length > 0 && entries.length === value.length ? new Map(entries) : null;
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
