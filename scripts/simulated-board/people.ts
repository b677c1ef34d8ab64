/**
 * Made-up people and their identity cards, new at every start. No real person's: residents' regions
 * are whole provinces, which no card was ever issued for, and the bearers of permits were born
 * before 1920.
 */
import { randomBytes } from 'node:crypto';
import { type IdCardKind, idCardKinds, idCheckCharacter } from '../../config/id-number.js';
import type { IdCard } from '../../drivers/id-card-reader/id-card.js';
import { nations } from '../../drivers/id-card-reader/nations.js';
import { type Random, random } from '../../hardware/simulated/random.js';

const provinces = ['110000', '230000', '310000', '440000', '650000'] as const;
const permitRegions = ['810000', '820000', '830000'] as const;

/** Eighteen characters with a check digit that holds. */
export function withCheckDigit(seventeen: string): string {
  return seventeen + (idCheckCharacter(seventeen) ?? '');
}

const surnames = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'] as [string, ...string[]];
const givenNames = [...'伟芳娜敏静强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红建文辉力'] as [
  string,
  ...string[],
];
const streets = ['松花路', '丁香街', '学府道', '冰城巷', '江畔路'] as const;
/** A card is for ten years. */
const cardYears = 10;

/** Gives one person after the other, each with a card that holds on the day of asking. */
export type Crowd = (kind?: IdCardKind) => IdCard;

/**
 * @param wallMs tells the time
 * @param seed another one at every start, unless the same people are to come again
 * @returns people with likely names, residents unless another kind of card is asked for
 */
export function crowd(wallMs: () => number, seed = randomBytes(6).readUIntBE(0, 6)): Crowd {
  const dice = random(seed);
  return (kind = 'resident') => {
    const card = sampleCard(dice, kind);
    const issueYear = new Date(wallMs()).getUTCFullYear() - 1 - dice.int(cardYears - 2);
    const given = Array.from({ length: 1 + dice.int(2) }, () => dice.pick(givenNames));
    const isPlain = kind === 'resident' || kind === 'hk-macao-taiwan';
    return {
      ...card,
      ...(isPlain && {
        name: dice.pick(surnames) + given.join(''),
        address: `哈尔滨市${dice.pick(streets)}${1 + dice.int(200)}号`,
        authority: '哈尔滨市公安局',
      }),
      validFrom: day(issueYear, dice),
      validTo: card.validTo === null ? null : day(issueYear + cardYears, dice),
    };
  };
}

/** One card of this kind, or of any; everything on it holds, and its text is as odd as can be. */
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
