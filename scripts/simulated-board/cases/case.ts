/** One case of the scripted day: who, at which gate, what is expected, and what they do. */
import type { ClockState } from '../../../config/vocabulary.js';
import type { IdCard } from '../../../drivers/id-card-reader/id-card.js';
import type { Crowd } from '../people.js';
import type { Stage } from '../stage.js';

/** Both campus gates are always there; the laboratory's door is, where it is the one that is judged. */
export const gateNames = ['in', 'out', 'building'] as const;
export type GateName = (typeof gateNames)[number];

export interface Stages extends Readonly<Record<GateName, Stage>> {
  /** Cuts the power of a gate and lets it start again on the same disk. */
  powerCut(gate: GateName): Promise<void>;
  /** Of all gates. */
  setClock(state: ClockState): void;
  /** Moves the wall clock of all gates alone, forward or back, as an operator or an NTP step does. */
  stepClock(ms: number): void;
  /** The network between the gates. */
  readonly network: { cut(): void; mend(): void };
  /** The gates are switched off in good order, and on again `hours` later. */
  sleep(hours: number): Promise<void>;
  /** The same, until the site's clock next shows `HH:MM:SS`. */
  sleepUntil(time: string): Promise<void>;
}

export interface Case {
  /** rule or stop id, or what of the gate is shown */
  readonly rule: string;
  readonly clause: string;
  readonly name: string;
  /** the gate whose trace is judged */
  readonly gate: GateName;
  readonly expected: string;
  /** `fresh` gives ids that no other case uses */
  play(stages: Stages, fresh: Fresh): Promise<void>;
}

export interface Fresh {
  readonly campusId: string;
  readonly otherCampusId: string;
  readonly household: string;
  /** a resident's card each */
  readonly person: IdCard;
  readonly otherPerson: IdCard;
  readonly guardId: string;
}

/** @returns ids that no other serial gives, and two people who have not been here before */
export function freshFor(serial: number, nextPerson: Crowd): Fresh {
  const numbered = (year: number, index: number): string =>
    `${year}${String(index).padStart(6, '0')}`;
  return {
    campusId: numbered(2019, serial * 2),
    otherCampusId: numbered(2019, serial * 2 + 1),
    household: `A12-${serial}`,
    person: nextPerson(),
    otherPerson: nextPerson(),
    guardId: numbered(1998, serial),
  };
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

/** The guard walks with NEXT to a meaning, looks at it for a second, and confirms. */
export async function confirms(stage: Stage, meaning: string): Promise<void> {
  const shown = (): string => stage.state().prompt?.id ?? 'nothing';
  for (let presses = 0; !shown().includes(`/${meaning}`); presses += 1) {
    if (presses > stepsMax) throw new Error(`CONFIRM never means ${meaning}: ${shown()}`);
    await stage.press('next');
  }
  await stage.pause(lookMs);
  await stage.press('confirm');
}

/** More than the longest walk: fourteen days of arrival. */
const stepsMax = 30;
/** CONFIRM counts for what was shown for a second. */
const lookMs = 1_100;
