/** A step from outside, as every law looks at it. */
import type { Now } from '../../../config/vocabulary.js';
import type { Grant, Lane } from '../lane/lane-state.js';
import type { Effect, Input } from '../messages.js';
import type { GateState } from '../state.js';

export interface Observed {
  readonly before: GateState;
  readonly input: Input;
  readonly after: GateState;
  readonly effects: readonly Effect[];
  /** the moment as the gate has judged it (law 6) */
  readonly now: Now;
  /** the moment as the machine's clock gave it */
  readonly raw: Now;
}

/** A law says what is wrong with a step, or null. */
export type Law = (step: Observed) => string | null;

/** @returns the lane's grant where the lane is in one of these states */
export function grantOf(lane: Lane, names: readonly Lane['name'][]): Grant | null {
  return 'grant' in lane && names.includes(lane.name) ? lane.grant : null;
}
