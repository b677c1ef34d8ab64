/** Tables of people at the gate, each with what the policy says to it. */
import { describe, expect, test } from 'vitest';
import type { Direction } from '../../../config/vocabulary.js';
import type { Attempt } from '../../../kiosk/core/attempt/attempt-state.js';
import type { GateSettings } from '../../../kiosk/core/settings.js';
import type { GateState } from '../../../kiosk/core/state.js';
import { decided, gate, now } from './scene.js';

export interface Row {
  /** what is special */
  readonly when: string;
  readonly direction: Direction;
  readonly attempt: Attempt;
  readonly says: string;
  readonly settings?: Partial<GateSettings>;
  readonly state?: (state: GateState) => GateState;
}

export const expired = { expiresSeconds: now.wallMs / 1000 };
export const building = { zone: { name: 'lab-7', kind: 'building' } } as const;
export const both = ['in', 'out'] as const;

/** The same in both directions. */
export function bothWays(row: Omit<Row, 'direction'>): readonly Row[] {
  return both.map((direction) => ({ ...row, direction }));
}

/** Runs a table: rule → rows. */
export function holds(rows: Readonly<Record<string, readonly Row[]>>): void {
  describe.each(Object.entries(rows))('%s', (_rule, list) => {
    test.each(list)('$direction: $when → $says', ({ direction, attempt, says, ...row }) => {
      const state = gate(direction, row.settings);
      expect(decided(row.state?.(state) ?? state, attempt)).toBe(says);
    });
  });
}
