/** The campus that the stories play on: its offices, people and gates, and the dice. */
import type { Direction } from '../../config/vocabulary.js';
import type { VirtualClock } from '../../hardware/simulated/clock.js';
import type { Random } from '../../hardware/simulated/random.js';
import type { Desk } from './held.js';
import type { Medium } from './medium.js';
import type { WorldOptions } from './options.js';
import type { Population } from './people.js';
import type { Site } from './site.js';
import type { Truth } from './truth.js';

export interface Campus {
  readonly options: WorldOptions;
  readonly clock: VirtualClock;
  readonly dice: Random;
  readonly desk: Desk;
  readonly truth: Truth;
  readonly crowd: Population;
  readonly guards: readonly [string, ...string[]];
  readonly medium: Medium;
  readonly sites: readonly Site[];
  /** From now on nothing goes wrong any more. */
  heal(): void;
  readonly isHealed: boolean;
  /** days since 1970 in site time, by the true clock */
  today(): number;
  /** One of the campus gates of a direction. */
  gate(direction: Direction): Site;
}
