/** What an identity card says, and why one says nothing. Types and words only. */
import type { IdCardKind } from '../../config/id-number.js';
import type { CardFailure, ModuleFault, ModuleTrouble } from './status.js';

/**
 * One card's text. Personal data throughout: for `kiosk/evidence` alone, which seals it at once;
 * never for a log, a record in clear or a screen.
 */
export interface IdCard {
  readonly kind: IdCardKind;
  /** as printed; on foreigners' cards the Chinese name, or the English one where there is none */
  readonly name: string;
  readonly number: string;
  /** GB/T 2261.1: 1, 2, 0, 9 */
  readonly sex: 'male' | 'female' | 'unknown' | 'unspecified';
  /** a resident's, as 汉 */
  readonly nation?: string;
  /** three letters of GB/T 2659; on foreigners' cards */
  readonly nationality?: string;
  readonly englishName?: string;
  /** dates are YYYY-MM-DD and exist in the calendar */
  readonly birth: string;
  readonly address?: string;
  /** the issuing authority; a code on the card of 2017 */
  readonly authority?: string;
  readonly validFrom: string;
  /** last day, or null for 长期: it never ends */
  readonly validTo: string | null;
}

/** What does not hold in a text that came whole. */
export const cardTextFaults = [
  /** the parts have other lengths than the read command gives */
  'bad-layout',
  'bad-type',
  'bad-text',
  'bad-name',
  'bad-sex',
  'bad-nation',
  'bad-nationality',
  'bad-birth',
  'bad-number',
  'bad-check-digit',
  'bad-validity',
  /** number and card name different birthdays or sexes */
  'contradiction',
] as const;
export type CardTextFault = (typeof cardTextFaults)[number];

/** Why a card that was there gave no reading: stable codes. */
export type UnreadableReason =
  | CardTextFault
  | CardFailure
  | ModuleTrouble
  | ModuleFault
  /** the module fell silent over it */
  | 'no-answer'
  /** the line is noisy, and two readings of the card did not agree */
  | 'unsteady';
