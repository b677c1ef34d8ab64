/**
 * What the guard sees in the booth: the contract between the core's projection and the page. It may
 * say more than the person's screen (why somebody is referred), and still holds masks only.
 */
import type { Phrase } from '../../config/policy.js';
import type { DeviceName, DeviceStatus, Direction } from '../../config/vocabulary.js';
import type { LaneName } from '../core/lane.js';

export interface BoothView {
  readonly direction: Direction;
  readonly zone: string;
  readonly lane: LaneName;
  readonly emergency: boolean;
  readonly lockdown: boolean;
  readonly fire: boolean;
  readonly clock: string;
  readonly onDuty: { readonly masked: string; readonly until: string } | null;
  readonly attempt: BoothAttempt | null;
  /** what CONFIRM means now; it counts once shown for a second; null: nothing to confirm */
  readonly prompt: BoothPrompt | null;
  readonly alarms: readonly {
    readonly code: string;
    readonly text: Phrase;
    readonly since: string;
    readonly acknowledged: boolean;
    readonly count: number;
  }[];
  readonly devices: readonly { readonly name: DeviceName; readonly status: DeviceStatus }[];
}

export interface BoothAttempt {
  readonly serial: number;
  readonly masked: string | null;
  readonly shown: readonly {
    readonly label: Phrase;
    readonly state: 'accepted' | 'refused' | 'attested';
    readonly reason: string | null;
  }[];
  readonly missing: readonly { readonly id: string; readonly label: Phrase }[];
  readonly standing: 'collecting' | 'referred' | 'held';
  /** why the guard is called, in words */
  readonly reasons: readonly { readonly code: string; readonly text: Phrase }[];
  readonly temperature: { readonly band: string; readonly celsius: string | null } | null;
  /** details the guard is to enter, where the case registers in detail; else empty */
  readonly details: readonly { readonly id: string; readonly label: Phrase }[];
}

export interface BoothPrompt {
  /** changes whenever the meaning changes; the second begins anew with it */
  readonly id: string;
  readonly text: Phrase;
  /** which of how many NEXT walks through, from 1 */
  readonly index: number;
  readonly count: number;
  /** true once it has been shown for a second */
  readonly ready: boolean;
}

/** What the page sends: a key that stands for a button, or the details of a person. */
export type BoothMessage =
  | {
      readonly type: 'button';
      readonly button:
        | 'open'
        | 'refuse'
        | 'confirm'
        | 'next'
        | 'emergency'
        | 'lockdown'
        | 'acknowledge';
      readonly pressed: boolean;
    }
  | {
      readonly type: 'details';
      readonly attempt: number;
      readonly fields: { readonly [id: string]: string };
    };
