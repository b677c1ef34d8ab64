/** What the levels of the fire loop's lines mean: one table. Pure. */
import type { FireSupervision } from '../../config/vocabulary.js';

/** The loop itself. Active: it is closed, which is normal. */
export const loopLine = 'fire-loop';
/**
 * What watches the wires. `end-of-line`: active while the resistor at the far end is seen.
 * `second-contact`: the fire panel's closing contact, active in a fire.
 */
export const supervisionLine = 'fire-supervision';

export type FireFault = 'fire-loop-cut' | 'fire-loop-shorted' | 'fire-contacts-disagree';

export interface FireLevels {
  /** `fire-loop` is active */
  readonly loopClosed: boolean;
  /** `fire-supervision` is active; of no meaning without supervision */
  readonly supervised: boolean;
}

export interface LoopMeaning {
  readonly fire: boolean;
  readonly fault: FireFault | null;
}

const normal: LoopMeaning = { fire: false, fault: null };
const fire: LoopMeaning = { fire: true, fault: null };
/** Behind a fault of the wires there may be a fire: it counts as one. */
const doubt = (fault: FireFault): LoopMeaning => ({ fire: true, fault });

/** By supervision, then `fire-loop` closed or open, then `fire-supervision` active or not. */
const meanings: Readonly<
  Record<FireSupervision, Record<'closed' | 'open', Record<'active' | 'inactive', LoopMeaning>>>
> = {
  // A cut wire cannot be told from a fire.
  none: {
    closed: { active: normal, inactive: normal },
    open: { active: fire, inactive: fire },
  },
  'end-of-line': {
    closed: { active: normal, inactive: doubt('fire-loop-shorted') },
    open: { active: fire, inactive: doubt('fire-loop-cut') },
  },
  'second-contact': {
    closed: { active: doubt('fire-contacts-disagree'), inactive: normal },
    open: { active: fire, inactive: doubt('fire-contacts-disagree') },
  },
};

/** Says what settled levels mean. Normal is only what the wires positively say is normal. */
export function meaningOf(supervision: FireSupervision, levels: FireLevels): LoopMeaning {
  const loop = levels.loopClosed ? 'closed' : 'open';
  return meanings[supervision][loop][levels.supervised ? 'active' : 'inactive'];
}
