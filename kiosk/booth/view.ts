/**
 * What the guard sees in the booth: the contract between the core's projection and the page. It may
 * say more than the person's screen (why somebody is referred), and still holds masks only: no name
 * and no number. Times are RFC 3339 by the gate's clock; the page shows them in site time.
 */
import type { Phrase } from '../../config/policy.js';
import type {
  ClockState,
  DetailField,
  DeviceName,
  DeviceStatus,
  Direction,
} from '../../config/vocabulary.js';
import type { LaneName } from '../core/lane/lane.js';

/** A code of the gate with the words that a guard reads. */
export interface Worded {
  readonly code: string;
  readonly text: Phrase;
}

/** How the arm stands: fire and EMERGENCY hold it open, whatever the lane was at. */
export type ShownLane = LaneName | 'released';

export interface BoothView {
  readonly direction: Direction;
  readonly zone: string;
  /** minutes east of UTC */
  readonly utcOffsetMinutes: number;
  readonly lane: { readonly name: ShownLane; readonly text: Phrase };
  /** the end of this EMERGENCY; null: there is none */
  readonly emergencyUntil: string | null;
  readonly lockdown: boolean;
  readonly fire: boolean;
  readonly clock: { readonly state: ClockState; readonly text: Phrase };
  /** what other gates tell reaches this one */
  readonly hearsOthers: boolean;
  /** who is on duty, and until when at most */
  readonly onDuty: { readonly masked: string; readonly until: string } | null;
  /** NEXT is held down: a badge may be scanned */
  readonly nextHeld: boolean;
  readonly attempt: BoothAttempt | null;
  /** what has just happened, for some seconds */
  readonly last: (Worded & { readonly reasons: readonly Worded[] }) | null;
  /** what CONFIRM means now; it counts once shown for a second; null: nothing to confirm */
  readonly prompt: BoothPrompt | null;
  /** everything that NEXT walks through, in its order; the prompt is one of them */
  readonly walk: readonly { readonly id: string; readonly text: Phrase }[];
  /** what the last press came to */
  readonly feedback: (Worded & { readonly isGood: boolean }) | null;
  /** the last OPEN, whose reason may still be said; changes with each */
  readonly opened: number | null;
  /** what may be entered by keyboard now: about the person, about the last emergency */
  readonly forms: readonly BoothForm[];
  /** those that nobody has acknowledged first, of these the newest first */
  readonly alarms: readonly BoothAlarm[];
  /** every device that has reported */
  readonly devices: readonly BoothDevice[];
  /** records that the failed disk has not taken yet, and those given up; openings among them */
  readonly unwritten: {
    readonly count: number;
    readonly lost: number;
    readonly openings: readonly { readonly at: string; readonly reason: Phrase }[];
  };
}

export interface BoothAlarm extends Worded {
  readonly since: string;
  readonly acknowledged: boolean;
  readonly count: number;
}

export interface BoothDevice {
  readonly name: DeviceName;
  readonly text: Phrase;
  readonly status: DeviceStatus;
  readonly statusText: Phrase;
}

/** A line of what the person has shown. */
export interface BoothLine {
  readonly label: Phrase;
  /** e.g. `20****12`, where the paper names somebody */
  readonly masked: string | null;
  readonly state: 'accepted' | 'refused' | 'attested';
  readonly reason: Worded | null;
}

export interface BoothAttempt {
  readonly serial: number;
  readonly masked: string | null;
  readonly shown: readonly BoothLine[];
  readonly missing: readonly { readonly id: string; readonly label: Phrase }[];
  readonly standing: 'collecting' | 'referred' | 'held';
  /** why the guard is called, in words */
  readonly reasons: readonly Worded[];
  /** the exact value of a normal reading only: a fever's is nobody's to see */
  readonly temperature: (Worded & { readonly celsius: string | null }) | null;
  /** how a fever of this person stands, and when the pause is over */
  readonly fever: (Worded & { readonly until: string | null }) | null;
  /** the case that the guard has chosen, or the rule whose papers were shown */
  readonly rule: {
    readonly id: string;
    readonly clause: string;
    readonly title: Phrase;
    readonly isSelected: boolean;
  } | null;
  /** the day of arrival that the guard has said, `2020-02-10` */
  readonly arrivalDay: string | null;
  /** children that the guard lets pass with this person */
  readonly companions: number;
}

export interface BoothPrompt {
  /** changes whenever the meaning changes; the second begins anew with it */
  readonly id: string;
  readonly text: Phrase;
  /** which of how many NEXT walks through, from 1 */
  readonly index: number;
  readonly count: number;
  /** how long it has to be shown before CONFIRM counts */
  readonly shownMs: number;
  /** true once it has been shown so long */
  readonly ready: boolean;
}

/** A form that the guard may fill in: about who is at the gate, who has passed, the last emergency. */
export interface BoothForm {
  readonly about: 'person' | 'passed' | 'emergency';
  /** the attempt's serial; null: an emergency's */
  readonly attempt: number | null;
  readonly masked: string | null;
  /** the rule or the emergency asks for it; else it may be filled in */
  readonly isWanted: boolean;
  readonly fields: readonly { readonly id: DetailField; readonly label: Phrase }[];
}
