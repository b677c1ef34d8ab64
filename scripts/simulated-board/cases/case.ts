/** One case of the scripted day: who, at which gate, what is expected, and what they do. */
import type { Direction } from '../../../config/vocabulary.js';
import type { Stage } from '../stage.js';

export interface Stages {
  readonly in: Stage;
  readonly out: Stage;
  /** Cuts the power of a gate and lets it start again on the same disk. */
  powerCut(direction: Direction): Promise<void>;
  setClock(state: 'synced' | 'floor'): void;
}

export interface Case {
  /** rule or stop id, or what of the gate is shown */
  readonly rule: string;
  readonly clause: string;
  readonly name: string;
  /** the gate whose trace is judged */
  readonly gate: Direction;
  readonly expected: string;
  /** `fresh` gives ids that no other case uses */
  play(stages: Stages, fresh: Fresh): Promise<void>;
}

export interface Fresh {
  readonly campusId: string;
  readonly otherCampusId: string;
  readonly household: string;
}

/** Body temperatures in degrees Celsius. */
export const healthy = 36.5;
export const feverish = 38.1;
/** Harbin in February. */
export const outsideCelsius = -20;

/** A staff member shows everything and is granted. */
export async function staffIsGranted(stage: Stage, campusId: string): Promise<void> {
  await stage.scan(stage.papers.form(campusId));
  await stage.measure(healthy);
  await stage.scan(stage.papers.code(campusId));
}

/** A resident shows pass and ticket, and is measured. */
export async function residentShows(
  stage: Stage,
  household: string,
  ticket: string,
): Promise<void> {
  await stage.scan(stage.papers.pass(household));
  await stage.measure(healthy);
  await stage.scan(ticket);
}
