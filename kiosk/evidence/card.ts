/**
 * From an ID card's text to evidence: the person becomes a token, what stands on the card is sealed,
 * and the papers that name its number are found. Behind this file nobody sees a name or a number.
 */
import type { CardEvidence, IdCardKind, RefusedEvidence } from '../core/evidence.js';
import { isHolderRevoked } from '../credential/revocations.js';
import { personToken } from '../credential/tokens.js';
import type { JsonValue } from '../journal/port.js';
import type { CardKeeper } from './card-keeper.js';
import { maskId } from './mask.js';
import type { Verifier } from './scan.js';

/** What a reader says of a card. Dates are YYYY-MM-DD. */
export interface CardText {
  readonly kind: IdCardKind;
  readonly name: string;
  readonly number: string;
  readonly sex: string;
  readonly nation?: string;
  readonly nationality?: string;
  readonly englishName?: string;
  readonly birth: string;
  readonly address?: string;
  readonly authority?: string;
  readonly validFrom: string;
  /** the last day; null: 长期, it never ends */
  readonly validTo: string | null;
}

/** What is sealed: these members, where the card has them, and no others. */
const sealedNames = [
  'name',
  'number',
  'sex',
  'nation',
  'nationality',
  'englishName',
  'birth',
  'address',
  'authority',
  'validFrom',
  'validTo',
] as const satisfies readonly (keyof CardText)[];

const dateShape = /^\d{4}-\d\d-\d\d$/;
const secondsPerDay = 86_400;

/** When and where a card was read. */
export interface CardMoment {
  readonly takenMs: number;
  readonly wallMs: number;
  /** the site's fixed zone: in it the card's days begin and end */
  readonly utcOffsetMinutes: number;
}

/**
 * @param card as the reader said it; its form was checked there
 * @param at the moment
 * @param verifier revoked holders and the site's peppers
 * @param tools the keeper of the number, and what seals: it returns the part's hash, or null
 * @returns the card's evidence; or a refusal, `not-yet-valid`, `expired` (its last day in site time is
 *   over, or is no date) or `revoked`: then nothing of the card is kept or sealed
 */
export function cardEvidence(
  card: CardText,
  at: CardMoment,
  verifier: Pick<Verifier, 'revocations' | 'peppers'>,
  tools: { readonly keeper: CardKeeper; seal(contents: JsonValue): string | null },
): CardEvidence | RefusedEvidence {
  const { kind: cardKind, number } = card;
  const { takenMs } = at;
  const reason = refusalOf(card, at, verifier);
  if (reason !== null) {
    tools.keeper.forgetCard();
    return { type: 'refused', reason, kind: null, id: null, cardKind, takenMs };
  }
  const token = personToken(verifier.peppers[0], 'id-number', number);
  return {
    type: 'card',
    cardKind,
    validToSeconds: card.validTo === null ? null : dayStart(card.validTo, 1, at),
    identity: { space: 'id-number', token },
    ref: tools.seal(contentsOf(card)),
    bound: tools.keeper.take({ number, token, takenMs }),
    masked: maskId(number),
    takenMs,
  };
}

/** In the order of a credential's checks, each so that a clock or a date of NaN refuses. */
function refusalOf(
  { validFrom, validTo, number }: CardText,
  at: CardMoment,
  { revocations, peppers }: Pick<Verifier, 'revocations' | 'peppers'>,
): RefusedEvidence['reason'] | null {
  const nowSeconds = at.wallMs / 1000;
  if (!(nowSeconds >= dayStart(validFrom, 0, at))) return 'not-yet-valid';
  if (validTo !== null && !(nowSeconds < dayStart(validTo, 1, at))) return 'expired';
  const isRevoked = isHolderRevoked(revocations, 'id-number', number, (space, id) =>
    peppers.map((pepper) => personToken(pepper, space, id)),
  );
  return isRevoked ? 'revoked' : null;
}

/** Seconds since 1970 when a date, and so many days after it, begins in site time; NaN for no date. */
function dayStart(
  date: string,
  daysLater: number,
  { utcOffsetMinutes }: Pick<CardMoment, 'utcOffsetMinutes'>,
): number {
  if (!dateShape.test(date)) return Number.NaN;
  const utcSeconds = Date.parse(`${date}T00:00:00Z`) / 1000;
  return utcSeconds + daysLater * secondsPerDay - utcOffsetMinutes * 60;
}

function contentsOf(card: CardText): JsonValue {
  const contents: { [name: string]: JsonValue } = { type: 'id-card', kind: card.kind };
  for (const name of sealedNames) {
    const value = card[name];
    if (value !== undefined) contents[name] = value;
  }
  return contents;
}
