/**
 * Evidence: verified facts, with the time they were taken. Made by `kiosk/evidence`, judged here.
 * No name, no number: people are tokens, and what the screen may show of them is masked already.
 */
import type { CredentialKind, CredentialReason, IdentitySpace } from '../../config/vocabulary.js';

export interface Identity {
  readonly space: IdentitySpace;
  /** keyed hash of the id, hex */
  readonly token: string;
}

/** A credential whose signature, issuer, dates and revocation have been checked. */
export interface DocumentEvidence {
  readonly type: 'document';
  /** hex kid‖cti */
  readonly id: string;
  readonly kind: CredentialKind;
  readonly variant: string | null;
  readonly identity: Identity | null;
  /** e.g. `20******12`: all that the screen may show of the id */
  readonly masked: string | null;
  /** zones the paper is good for; null where its kind names none */
  readonly zones: readonly string[] | null;
  /** a ticket's first day, days since 1970-01-01 in site time */
  readonly day: number | null;
  readonly issuedSeconds: number;
  readonly expiresSeconds: number;
  readonly takenMs: number;
}

/** A scan that was no acceptable credential. */
export interface RefusedEvidence {
  readonly type: 'refused';
  readonly reason: CredentialReason;
  /** what it claimed to be, where its signature held */
  readonly kind: CredentialKind | null;
  readonly id: string | null;
  readonly takenMs: number;
}

/** Stable samples of a person's skin: at least the policy's number within the policy's spread. */
export interface TemperatureEvidence {
  readonly type: 'temperature';
  /** hundredths of a degree Celsius, the highest of the samples */
  readonly bodyCentidegrees: number;
  readonly ambientCentidegrees: number;
  /** body estimate less measured skin: what the sensor added */
  readonly compensationCentidegrees: number;
  readonly sampleCount: number;
  readonly spreadCentidegrees: number;
  /** monotonic milliseconds since when this skin has been before the sensor without a break */
  readonly fromMs: number;
  /** when the last sample came */
  readonly takenMs: number;
}

export type Evidence = DocumentEvidence | RefusedEvidence | TemperatureEvidence;
