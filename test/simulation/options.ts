/** What a world is made of, and what goes wrong in it: one value, so that one seed repeats a run. */
import type { step } from '../../kiosk/core/step.js';
import type { JournalPort } from '../../kiosk/journal/port.js';

/** How often each goes wrong: times a day at each gate, on average. */
export interface Troubles {
  /** bytes between device and gate are flipped, lost, doubled, joined by others */
  readonly noise: number;
  /** a cable is pulled and plugged in again */
  readonly cable: number;
  /** thermometer or card reader fail in one of their own ways */
  readonly device: number;
  /** a contact of the turnstile stays closed */
  readonly jam: number;
  /** commits take seconds */
  readonly diskStalls: number;
  /** commits fail: full, read-only, broken */
  readonly diskFails: number;
  readonly powerCut: number;
  /** the clock loses its source, contradicts itself, is only held */
  readonly clockState: number;
  /** the wall clock jumps by hours */
  readonly clockJump: number;
  /** the relay's owner or the journal's worker ends */
  readonly crash: number;
  /** a loose contact in the panel */
  readonly chatter: number;
  /** the gate hears nobody, and nobody hears it */
  readonly partition: number;
  /** what gates tell each other is lost, late or repeated; a probability, not a rate */
  readonly badMedium: number;
  readonly fire: number;
  /** somebody presses EMERGENCY, or LOCKDOWN and later ends it */
  readonly emergency: number;
  readonly lockdown: number;
  /** garbage for what other gates tell, and uses elsewhere of what is being shown here */
  readonly rumours: number;
  /** somebody turns a locked arm, or comes against the lane's direction */
  readonly force: number;
}

export const noTroubles: Troubles = {
  noise: 0,
  cable: 0,
  device: 0,
  jam: 0,
  diskStalls: 0,
  diskFails: 0,
  powerCut: 0,
  clockState: 0,
  clockJump: 0,
  crash: 0,
  chatter: 0,
  partition: 0,
  badMedium: 0,
  fire: 0,
  emergency: 0,
  lockdown: 0,
  rumours: 0,
  force: 0,
};

/** Everything goes wrong, each some times in a week. */
export const allTroubles: Troubles = {
  noise: 0.7,
  cable: 0.7,
  device: 0.7,
  jam: 0.3,
  diskStalls: 0.5,
  diskFails: 0.5,
  powerCut: 0.5,
  clockState: 0.5,
  clockJump: 0.3,
  crash: 0.3,
  chatter: 0.5,
  partition: 0.5,
  badMedium: 0.1,
  fire: 0.2,
  emergency: 0.3,
  lockdown: 0.3,
  rumours: 0.5,
  force: 1,
};

/** Hands only: the gates and what is between them are sound. */
export const onlyHands: Troubles = { ...noTroubles, emergency: 0.3, lockdown: 0.3, fire: 0.1 };

export interface WorldOptions {
  readonly seed: number;
  readonly days: number;
  /** attempts to pass, a day, all gates together; their ways back come on top */
  readonly visitsPerDay: number;
  readonly troubles: Troubles;
  /** how many visits are struck by one of the troubles while they last: a probability */
  readonly strikes?: number;
  /** how many of the visitors do not mean well, or not well enough: a probability */
  readonly mischief: number;
  /** how many of the guard's answers are careless or worse: a probability */
  readonly carelessness: number;
  /** a second way out, and the door of a laboratory */
  readonly gates?: { readonly secondOut?: boolean; readonly building?: boolean };
  readonly step?: typeof step;
  /** a journal that answers otherwise than it should, in front of the real one */
  readonly spoil?: (journal: JournalPort) => JournalPort;
}
