/** The gate's whole state, and how long each part of it may last. Immutable; made anew by `step`. */
import type { Policy } from '../../config/policy.js';
import type {
  CredentialKind,
  DeviceName,
  DeviceStatus,
  Direction,
  IdentitySpace,
  KnownEntry,
  Now,
  Reason,
  ZoneKind,
} from '../../config/vocabulary.js';
import type { RecordDraft, UseChange } from '../journal/port.js';
import type { DocumentEvidence, Identity, TemperatureEvidence } from './evidence.js';
import { nothingKnown } from './known.js';
import type { Known } from './known-set.js';
import type { LaneName } from './lane.js';

/** What does not change while the gate runs, or changes only by a configuration input. */
export interface GateSettings {
  readonly site: string;
  readonly kiosk: string;
  readonly zone: { readonly name: string; readonly kind: ZoneKind };
  readonly direction: Direction;
  /** the site's fixed zone, never the machine's */
  readonly utcOffsetMinutes: number;
  readonly policy: Policy;
  /** hex SHA-256 of the policy's bytes, cited by every decision */
  readonly policyHash: string;
  readonly pulseMs: number;
  readonly hasPassageSensor: boolean;
}

/** Durations that are the gate's own and no policy's. Milliseconds. */
export const timing = {
  /** a disk slower than this is a failed disk for this grant: read to actuate ≤ 2 s (GB 50396 5.1.2) */
  commitMsMax: 1_500,
  /**
   * The turnstile's own window for one passage (PERCo: 5 s), and a second for its clock to begin
   * after ours and for the sensor to tell of a body that came in the window's last moment.
   */
  grantMs: 6_000,
  /** an arm turning longer than this has been left standing */
  passingMsMax: 15_000,
  /** a second body this soon after the first came through on the same opening */
  settlingMs: 1_000,
  /** how long the screen shows a refusal */
  verdictMs: 4_000,
  /** how often a slice of what may be forgotten is */
  housekeepingMs: 10_000,
  /** how long one telling of a fire holds the release; it is told again after half of it */
  fireHoldMs: 60_000,
  /** how soon a failed disk is tried again */
  retryMs: 1_000,
} as const;

export interface Refusal {
  readonly reason: Reason;
  readonly kind: CredentialKind | null;
  readonly id: string | null;
}

/** Where an open attempt stands. `firm`: no further evidence can turn it into a grant. */
export type Standing =
  | { readonly type: 'collecting' }
  | { readonly type: 'referred'; readonly reasons: readonly Reason[]; readonly firm: boolean }
  /** the guard must acknowledge before anything else happens */
  | { readonly type: 'held'; readonly reasons: readonly Reason[] };

/** `not-new`: the hand was before the sensor already when the attempt's first identity came. */
export type NoReading = 'too-cold' | 'too-hot' | 'ambient' | 'not-new';

/** One person at the gate, from the first evidence to the outcome. */
export interface Attempt {
  readonly serial: number;
  readonly startedMs: number;
  readonly identities: Readonly<Partial<Record<IdentitySpace, Identity>>>;
  /** when the first identity was known; only later temperatures count */
  readonly identifiedMs: number | null;
  readonly masked: string | null;
  readonly documents: readonly DocumentEvidence[];
  readonly refusals: readonly Refusal[];
  readonly temperature: TemperatureEvidence | null;
  readonly noReading: NoReading | null;
  readonly standing: Standing;
  readonly lastEvidenceMs: number;
  readonly deadlineMs: number;
}

/** A decision to grant, from the append to the passage. */
export interface Grant {
  /** also the journal request's id and the relay pulse's */
  readonly id: number;
  readonly attempt: number;
  readonly rule: string;
  /** the ticket reserved by it, or null */
  readonly ticket: KnownEntry | null;
  /** the journal's number of the decision; null until synced */
  readonly seq: number | null;
}

export type Lane =
  | { readonly name: 'locked' }
  | {
      readonly name: Exclude<LaneName, 'locked'>;
      readonly grant: Grant;
      readonly deadlineMs: number;
    };

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
  /** records given up because `unwrittenMax` was reached */
  readonly lostCount: number;
}

export interface Writing {
  /** the id of its first request: what is written again keeps its place */
  readonly order: number;
  readonly records: readonly RecordDraft[];
  readonly uses: readonly UseChange[];
}

export interface GateState {
  readonly settings: GateSettings;
  readonly attempt: Attempt | null;
  readonly attemptSerial: number;
  readonly lane: Lane;
  /** grants given up before the journal answered: recorded as not opened when it does */
  readonly late: readonly Grant[];
  readonly unwritten: Unwritten;
  readonly known: Known;
  readonly devices: Readonly<Partial<Record<DeviceName, DeviceStatus>>>;
  readonly alarms: readonly Alarm[];
  readonly emergencyUntilMs: number | null;
  readonly fire: boolean;
  /** until when the relay's owner has been told to hold the release; null: off */
  readonly releaseUntilMs: number | null;
  /** the passage sensor shows a body that has not left it */
  readonly isArmTurning: boolean;
  readonly identityChangesMs: readonly number[];
  readonly verdict: Verdict | null;
  /** id of the next journal request */
  readonly requestId: number;
  /** sounds again though the view is the same */
  readonly toneSerial: number;
  readonly housekeepingMs: number;
  /** the next slice of `known` to be looked through */
  readonly housekeepingShard: number;
}

/** Grants that may wait for a late answer: while one does, no other is begun. */
export const lateGrantsMax = 64;
/** Writings kept in memory while the disk fails: a morning's rush at one lane. */
export const unwrittenMax = 256;
/** Distinct alarm codes are few; the limit keeps a bug from growing the state. */
export const alarmsMax = 64;
/** Papers of one attempt; the longest rule reads five. */
export const documentsMax = 8;
export const refusalsMax = 16;

/**
 * @param settings what the gate is
 * @param now the moment of start
 * @returns a locked gate that knows nothing and trusts no device yet
 */
export function initialState(settings: GateSettings, now: Now): GateState {
  return {
    settings,
    attempt: null,
    attemptSerial: 0,
    lane: { name: 'locked' },
    late: [],
    unwritten: { sent: new Map(), failed: [], retryMs: null, lostCount: 0 },
    known: nothingKnown(),
    devices: {},
    alarms: [],
    emergencyUntilMs: null,
    fire: false,
    releaseUntilMs: null,
    isArmTurning: false,
    identityChangesMs: [],
    verdict: null,
    requestId: 1,
    toneSerial: 0,
    housekeepingMs: now.monotonicMs + timing.housekeepingMs,
    housekeepingShard: 0,
  };
}

/** @returns when a fire's release is to be told again, long before the relay's own limit ends it */
export function fireRenewalMs({ fire, releaseUntilMs }: GateState): number {
  if (!fire || releaseUntilMs === null) return Number.POSITIVE_INFINITY;
  return releaseUntilMs - timing.fireHoldMs / 2;
}

/** @returns the earliest deadline in the state, monotonic milliseconds; timers are data */
export function nextDeadlineMs(state: GateState): number {
  return Math.min(
    state.housekeepingMs,
    state.attempt?.deadlineMs ?? Number.POSITIVE_INFINITY,
    state.lane.name === 'locked' ? Number.POSITIVE_INFINITY : state.lane.deadlineMs,
    state.emergencyUntilMs ?? Number.POSITIVE_INFINITY,
    fireRenewalMs(state),
    state.verdict?.untilMs ?? Number.POSITIVE_INFINITY,
    state.unwritten.retryMs ?? Number.POSITIVE_INFINITY,
  );
}
