/**
 * Numbers of identity cards: their form and their check digit. Pure; knows no card and no person.
 */

/** The four cards that the reader reads, by what their number and their layout are. */
export const idCardKinds = ['resident', 'hk-macao-taiwan', 'foreign-2017', 'foreign-2023'] as const;
export type IdCardKind = (typeof idCardKinds)[number];

export type IdNumberFault = 'bad-number' | 'bad-check-digit';

/** Weights and check characters of GB 11643-1999 (ISO 7064 MOD 11-2). */
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkCharacters = '10X98765432';

/** First two digits of a resident's number: the provinces of GB/T 2260. */
const provinces = new Set(
  [
    [11, 12, 13, 14, 15, 21, 22, 23],
    [31, 32, 33, 34, 35, 36, 37],
    [41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54],
    [61, 62, 63, 64, 65, 71, 81, 82],
  ]
    .flat()
    .map(String),
);
/** Whole region codes of residence permits: Hong Kong, Macao, Taiwan. */
const permitRegions = new Set(['810000', '820000', '830000']);

const eighteenPattern = /^[1-9][0-9]{16}[0-9X]$/;
const foreign2017Pattern = /^[A-Z]{3}[0-9]{12}$/;

/**
 * Takes the first seventeen digits; returns the eighteenth character, `X` for ten
 * (GB 11643-1999, ISO 7064 MOD 11-2), or null where they are no seventeen digits.
 */
export function idCheckCharacter(seventeen: string): string | null {
  if (!/^[0-9]{17}$/.test(seventeen)) return null;
  const sum = weights.reduce(
    (total, weight, index) => total + weight * Number(seventeen[index]),
    0,
  );
  return checkCharacters[sum % 11] ?? null;
}

/**
 * Takes a kind of card and the number on it; returns why it cannot be one, or null where it can.
 * An `X` must be upper-case. The number of 2017 has no check digit; of that of 2023 only the first
 * digit (9) and the last are public, so that nothing is demanded of what lies between.
 */
export function idNumberFault(kind: IdCardKind, number: string): IdNumberFault | null {
  if (kind === 'foreign-2017') return foreign2017Pattern.test(number) ? null : 'bad-number';
  if (!eighteenPattern.test(number) || !hasRegionOf(kind, number)) return 'bad-number';
  return idCheckCharacter(number.slice(0, 17)) === number[17] ? null : 'bad-check-digit';
}

function hasRegionOf(kind: Exclude<IdCardKind, 'foreign-2017'>, number: string): boolean {
  const isPermit = permitRegions.has(number.slice(0, 6));
  if (kind === 'foreign-2023') return number.startsWith('9');
  if (kind === 'hk-macao-taiwan') return isPermit;
  return provinces.has(number.slice(0, 2)) && !isPermit;
}
