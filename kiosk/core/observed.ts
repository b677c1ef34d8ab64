/** A step from outside, as every law looks at it. */
import type { Now } from '../../config/vocabulary.js';
import type { Effect, Input } from './messages.js';
import type { GateState, Grant, Lane } from './state.js';

export interface Observed {
  readonly before: GateState;
  readonly input: Input;
  readonly after: GateState;
  readonly effects: readonly Effect[];
  readonly now: Now;
}

/** A law says what is wrong with a step, or null. */
export type Law = (step: Observed) => string | null;

/** @returns the lane's grant where the lane is in one of these states */
export function grantOf(lane: Lane, names: readonly Lane['name'][]): Grant | null {
  return lane.name !== 'locked' && names.includes(lane.name) ? lane.grant : null;
}
