/** The gate's whole state. Immutable; made anew by `step`. */
import type { DeviceName, DeviceStatus, Now, Reason } from '../../config/vocabulary.js';
import {
  type Standing as KeptStanding,
  nothingStands,
  type RecordDraft,
  type UseChange,
} from '../journal/port.js';
import type { Attempt, FeverSeen, StrayRefusals } from './attempt/attempt-state.js';
import type { DetailsOwed, Duty, Feedback, Opened, Prompt } from './guard/guard-state.js';
import { nothingKnown } from './known/known.js';
import type { Known } from './known/known-set.js';
import type { Grant, Lane } from './lane/lane-state.js';
import { refusalLimits, timing } from './limits.js';
import type { ConfigurationHashes } from './messages.js';
import type { GateSettings } from './settings.js';
import { type Time, unknownTime, wholeMoment } from './time/clock.js';

export interface Alarm {
  readonly code: string;
  readonly since: string;
  readonly acknowledged: boolean;
  readonly count: number;
}

export interface Verdict {
  readonly type: 'refused' | 'passed' | 'no-show' | 'not-opened';
  readonly reasons: readonly Reason[];
  readonly untilMs: number;
}

/** What was sent to the journal, or waits to be sent again because the disk failed. */
export interface Unwritten {
  readonly sent: ReadonlyMap<number, Writing>;
  readonly failed: readonly Writing[];
  readonly retryMs: number | null;
  /** records given up because `unwrittenMax` was reached, until that has been written; null: none */
  readonly lost: LostRecords | null;
}

export interface LostRecords {
  readonly count: number;
  /** dates of the first and the last of them, RFC 3339 */
  readonly from: string;
  readonly to: string;
}

export interface Writing {
  /** the id of its first request: what is written again keeps its place */
  readonly order: number;
  readonly records: readonly RecordDraft[];
  readonly uses: readonly UseChange[];
}

/** What the journal was last asked to keep for the next run. */
export interface Kept {
  /** null: it could not */
  readonly standing: KeptStanding | null;
  /** the request that it went with; null: restored, or answered as failed */
  readonly request: number | null;
}

/** How often what is refused again may have a record of its own; see `flood.ts`. */
export interface Flood {
  /** records that may still be written at once, as of `atMs` */
  readonly left: number;
  readonly atMs: number;
  /** what has had no record, by type and reason, since the last count was written */
  readonly omitted: ReadonlyMap<string, number>;
}

/** What the gate goes by, as its records name it. */
export interface Entered {
  readonly hashes: ConfigurationHashes;
  readonly version: string;
}

export interface GateState {
  readonly settings: GateSettings;
  /** null: not said yet */
  readonly entered: Entered | null;
  /** what it goes by from the next attempt on */
  readonly pending: (Entered & { readonly settings: GateSettings }) | null;
  /** a channel of configuration is past its date */
  readonly isStale: boolean;
  readonly attempt: Attempt | null;
  readonly attemptSerial: number;
  /** since the last attempt, or null */
  readonly strays: StrayRefusals | null;
  readonly lane: Lane;
  /** grants given up before the journal answered: recorded as not opened when it does */
  readonly late: readonly Grant[];
  readonly unwritten: Unwritten;
  readonly known: Known;
  readonly devices: Readonly<Partial<Record<DeviceName, DeviceStatus>>>;
  /** why those that are not ok are not, by the drivers' codes; nothing is decided by it */
  readonly deviceFaults: Readonly<Partial<Record<DeviceName, string>>>;
  readonly alarms: readonly Alarm[];
  readonly emergencyUntilMs: number | null;
  /** the guard has said who came and went in the last emergency */
  readonly isEmergencyEntered: boolean;
  readonly fire: boolean;
  /** until when the relay's owner has been told to hold the release; null: off */
  readonly releaseUntilMs: number | null;
  /** until when the last pulse of a release may let somebody through; null: it was no pulse */
  readonly letGoUntilMs: number | null;
  /** the passage sensor shows a body that has not left it */
  readonly isArmTurning: boolean;
  /** of the door beside the arm; `sound` where there is none */
  readonly door: 'sound' | 'forced' | 'left-open';
  /** a lid of the cabinet is open */
  readonly isTampered: boolean;
  readonly identityChangesMs: readonly number[];
  readonly verdict: Verdict | null;
  readonly flood: Flood;
  /** id of the next journal request */
  readonly requestId: number;
  readonly duty: Duty | null;
  /** NEXT is held down: a guard badge may be shown */
  readonly isNextHeld: boolean;
  readonly prompt: Prompt | null;
  readonly feedback: Feedback | null;
  readonly opened: Opened | null;
  /** who was let in and whose details, which the rule asks for, nobody has entered yet */
  readonly detailsOwed: readonly DetailsOwed[];
  /** entry is stopped; a way out never is */
  readonly lockdown: boolean;
  /** the press that began the lockdown is over: holding the button anew may end it */
  readonly lockdownMayEnd: boolean;
  readonly fevers: readonly FeverSeen[];
  /** what other gates tell reaches this one */
  readonly hearsOthers: boolean;
  /** law 6 */
  readonly time: Time;
  readonly kept: Kept;
  /** whose key private data is sealed to */
  readonly registry: 'current' | 'early' | 'none';
  /** what nobody has acknowledged yet comes near to the journal's cap */
  readonly isJournalFilling: boolean;
  /** sounds again though the view is the same */
  readonly toneSerial: number;
  readonly housekeepingMs: number;
  /** the next slice of `known` to be looked through */
  readonly housekeepingShard: number;
}

/**
 * @param settings what the gate is
 * @param raw the moment of start
 * @returns a locked gate that knows nothing and trusts no device yet
 */
export function initialState(settings: GateSettings, raw: Now): GateState {
  const now = wholeMoment(raw);
  return {
    settings,
    entered: null,
    pending: null,
    isStale: false,
    attempt: null,
    attemptSerial: 0,
    strays: null,
    lane: { name: 'locked' },
    late: [],
    unwritten: { sent: new Map(), failed: [], retryMs: null, lost: null },
    known: nothingKnown(),
    devices: {},
    deviceFaults: {},
    alarms: [],
    emergencyUntilMs: null,
    isEmergencyEntered: false,
    fire: false,
    releaseUntilMs: null,
    letGoUntilMs: null,
    isArmTurning: false,
    door: 'sound',
    isTampered: false,
    identityChangesMs: [],
    verdict: null,
    flood: { left: refusalLimits.burst, atMs: now.monotonicMs, omitted: new Map() },
    requestId: 1,
    duty: null,
    isNextHeld: false,
    prompt: null,
    feedback: null,
    opened: null,
    lockdown: false,
    detailsOwed: [],
    lockdownMayEnd: false,
    fevers: [],
    hearsOthers: false,
    time: unknownTime(now),
    kept: { standing: nothingStands, request: null },
    registry: 'none',
    isJournalFilling: false,
    toneSerial: 0,
    housekeepingMs: now.monotonicMs + timing.housekeepingMs,
    housekeepingShard: 0,
  };
}
