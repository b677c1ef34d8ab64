/**
 * Evidence: verified facts, with the time they were taken. Made by `kiosk/evidence`, judged here.
 * No name, no number: people are tokens, and what the screen may show of them is masked already.
 */
import type { IdCardKind } from '../../config/id-number.js';
import type {
  CredentialKind,
  DetailField,
  IdentitySpace,
  Reason,
} from '../../config/vocabulary.js';

export type { IdCardKind };

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
  /** of an external entry form */
  readonly purpose: string | null;
  readonly identity: Identity | null;
  /** token (campus id) of the host whom a visit filing names */
  readonly host: string | null;
  /** the college of a student, the host unit of a visit: told to those who are to know */
  readonly unit: string | null;
  /** token (campus id) of the guard whose badge it is */
  readonly guard: string | null;
  /** e.g. `20******12`: all that the screen may show of the id */
  readonly masked: string | null;
  /**
   * only where the paper names its holder: the token of the ID card that is known now and whose
   * number the paper names, else null. A card that comes later names its papers itself.
   */
  readonly boundTo?: string | null;
  /** zones the paper is good for; null where its kind names none */
  readonly zones: readonly string[] | null;
  /** a ticket's first day, days since 1970-01-01 in site time */
  readonly day: number | null;
  /**
   * of a ticket: ids of the household's other tickets that this gate has seen and that are revoked by
   * now. It takes their place, and inherits what they have not spent
   */
  readonly replaces: readonly string[];
  readonly issuedSeconds: number;
  readonly expiresSeconds: number;
  readonly takenMs: number;
}

/** An identity card that was read and holds today. */
export interface CardEvidence {
  readonly type: 'card';
  readonly cardKind: IdCardKind;
  /** the first second since 1970 from which it no longer counts, in site time; null: never (长期) */
  readonly validToSeconds: number | null;
  readonly identity: Identity;
  /**
   * hash of the sealed part with what stands on the card: a record that registers the person carries
   * it as `sealed`. Null: nothing could be sealed, so nobody can be registered by this card.
   */
  readonly ref: string | null;
  /**
   * ids of the papers shown since the attempt began that name this card's number as their holder;
   * those of an attempt that this card ends are among them
   */
  readonly bound: readonly string[];
  readonly masked: string;
  readonly takenMs: number;
}

/** A scan that was no acceptable credential, or a card that does not count or cannot be read. */
export interface RefusedEvidence {
  readonly type: 'refused';
  readonly reason: Reason;
  /** what it claimed to be, where its signature held */
  readonly kind: CredentialKind | null;
  readonly id: string | null;
  /** only where it was an ID card: then `kind` and `id` are null */
  readonly cardKind?: IdCardKind;
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
  /**
   * only at or above the fever threshold: hash of the sealed part with the exact values, which the
   * record of a fever carries as `sealed`
   */
  readonly ref?: string;
  /** monotonic milliseconds since when this skin has been before the sensor without a break */
  readonly fromMs: number;
  /** when the last sample came */
  readonly takenMs: number;
}

/** What the guard has entered at the booth; the texts themselves are sealed already. */
export interface DetailsEvidence {
  readonly type: 'details';
  /** serial of the attempt they are about; null: about the last emergency */
  readonly attempt: number | null;
  readonly fields: readonly DetailField[];
  /** hash of the sealed part, or null where nothing could be sealed */
  readonly ref: string | null;
  /** tokens of the household and of the campus id entered, for an isolation */
  readonly household: string | null;
  readonly campusId: string | null;
  /** a reading by hand, hundredths of a degree Celsius */
  readonly bodyCentidegrees: number | null;
  readonly takenMs: number;
}

export type Evidence = DocumentEvidence | CardEvidence | RefusedEvidence | TemperatureEvidence;

/** @returns the evidence with its times in whole milliseconds, as the core counts them */
export function takenWhole(evidence: Evidence): Evidence {
  const takenMs = Math.floor(evidence.takenMs);
  if (evidence.type !== 'temperature') return { ...evidence, takenMs };
  return { ...evidence, takenMs, fromMs: Math.floor(evidence.fromMs) };
}
