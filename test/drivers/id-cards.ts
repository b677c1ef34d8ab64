/**
 * Made-up identity cards. No real person's: residents' regions are whole provinces, which no card
 * was ever issued for, and the bearers of permits were born before 1920.
 */
import { type IdCardKind, idCardKinds, idCheckCharacter } from '../../config/id-number.js';
import type { IdCard } from '../../drivers/id-card-reader/id-card.js';
import { nations } from '../../drivers/id-card-reader/nations.js';
import type { Random } from '../../hardware/simulated/random.js';

const provinces = ['110000', '230000', '310000', '440000', '650000'] as const;
const permitRegions = ['810000', '820000', '830000'] as const;

/** Eighteen characters with a check digit that holds. */
export function withCheckDigit(seventeen: string): string {
  return seventeen + (idCheckCharacter(seventeen) ?? '');
}

/** One card of this kind, or of any; everything on it holds. */
export function sampleCard(dice: Random, kind: IdCardKind = dice.pick(idCardKinds)): IdCard {
  const isPermit = kind === 'hk-macao-taiwan';
  const birthYear = isPermit ? 1_900 + dice.int(20) : 1_930 + dice.int(75);
  const birth = day(birthYear, dice);
  const digits = birth.replaceAll('-', '');
  const sex = dice.pick<'male' | 'female'>(['male', 'female']);
  const issueYear = 2_010 + dice.int(10);
  const dated = { sex, birth, validFrom: day(issueYear, dice) } as const;
  const validTo = day(issueYear + 10, dice);
  if (kind === 'foreign-2017' || kind === 'foreign-2023') {
    const englishName = `${letters(dice, 3 + dice.int(12))}, ${letters(dice, 2 + dice.int(25))}`;
    const nationality = letters(dice, 3);
    const number =
      kind === 'foreign-2017'
        ? nationality + numerals(dice, 12)
        : withCheckDigit(`9${numerals(dice, 16)}`);
    const name = dice.chance(0.5) ? hanzi(dice, 2 + dice.int(5)) : englishName;
    const authority = kind === 'foreign-2017' ? { authority: numerals(dice, 4) } : {};
    return { kind, name, number, englishName, nationality, ...dated, ...authority, validTo };
  }
  const region = dice.pick(isPermit ? permitRegions : provinces);
  const order = String(dice.int(500) * 2 + (sex === 'male' ? 1 : 0)).padStart(3, '0');
  return {
    kind,
    name: hanzi(dice, 2 + dice.int(4)),
    number: withCheckDigit(region + digits + order),
    ...(isPermit ? {} : { nation: [...nations.values()][dice.int(nations.size)] ?? '' }),
    address: hanzi(dice, 5 + dice.int(31)),
    authority: hanzi(dice, 5 + dice.int(10)),
    ...dated,
    validTo: dice.chance(0.2) ? null : validTo,
  };
}

function day(year: number, dice: Random): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${year}-${two(1 + dice.int(12))}-${two(1 + dice.int(28))}`;
}

function numerals(dice: Random, count: number): string {
  return Array.from({ length: count }, () => dice.int(10)).join('');
}

function letters(dice: Random, count: number): string {
  return String.fromCharCode(...Array.from({ length: count }, () => 0x41 + dice.int(26)));
}

function hanzi(dice: Random, count: number): string {
  return String.fromCharCode(...Array.from({ length: count }, () => 0x4e00 + dice.int(20_000)));
}
