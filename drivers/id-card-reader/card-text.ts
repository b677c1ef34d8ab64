/**
 * The 256 bytes of text on a card: UTF-16LE fields at fixed offsets, padded with spaces, in four
 * layouts told apart by one character. Pure. See PROTOCOL.md for the layouts.
 */
import { type IdCardKind, idNumberFault } from '../../config/id-number.js';
import type { CardTextFault, IdCard } from './id-card.js';
import { nations } from './nations.js';

export const cardTextBytes = 256;

export type CardText =
  | { readonly ok: true; readonly card: IdCard }
  | { readonly ok: false; readonly fault: CardTextFault };

/** A field is one piece of the text or two: [offset, length] in bytes. */
type Pieces = readonly (readonly [offset: number, length: number])[];
type FieldName = Exclude<keyof IdCard, 'kind'>;
type Layout = Readonly<Partial<Record<FieldName, Pieces>>>;

const residentLayout: Layout = {
  name: [[0, 30]],
  sex: [[30, 2]],
  nation: [[32, 4]],
  birth: [[36, 16]],
  address: [[52, 70]],
  number: [[122, 36]],
  authority: [[158, 30]],
  validFrom: [[188, 16]],
  validTo: [[204, 16]],
};
const { nation: _blank, ...permitLayout } = residentLayout;

const layouts: Readonly<Record<IdCardKind, Layout>> = {
  resident: residentLayout,
  'hk-macao-taiwan': permitLayout,
  'foreign-2017': {
    englishName: [[0, 120]],
    sex: [[120, 2]],
    number: [[122, 30]],
    nationality: [[152, 6]],
    name: [[158, 30]],
    validFrom: [[188, 16]],
    validTo: [[204, 16]],
    birth: [[220, 16]],
    authority: [[240, 8]],
  },
  'foreign-2023': {
    name: [[0, 30]],
    sex: [[30, 2]],
    birth: [[36, 16]],
    englishName: [
      [52, 70],
      [220, 22],
    ],
    number: [[122, 36]],
    validFrom: [[188, 16]],
    validTo: [[204, 16]],
    nationality: [[242, 6]],
  },
};

const typeOffset = 248;
const kindsByFlag: Readonly<Record<string, IdCardKind>> = {
  ' ': 'resident',
  J: 'hk-macao-taiwan',
  I: 'foreign-2017',
  Y: 'foreign-2023',
};
/** GB/T 2261.1 */
const sexesByCode: Readonly<Record<string, IdCard['sex']>> = {
  '0': 'unknown',
  '1': 'male',
  '2': 'female',
  '9': 'unspecified',
};
const endless = '长期';
/** Nobody on a card was born before, and no card was issued before. */
const yearMin = 1_900;
/** Neither printed nor typed: control and format characters, halves of pairs, non-characters.
 * Private-use characters stay: rare names are written with them. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFDD0-\uFDEF\uFFFD-\uFFFF]/u;

/**
 * Takes the text of one card; returns the card, or the first thing in it that does not hold.
 * Number, birthday and sex must agree on the cards whose number tells them (GB 11643-1999).
 */
export function readCardText(text: Uint8Array): CardText {
  if (text.length !== cardTextBytes) return refused('bad-layout');
  const kind = kindsByFlag[unitsOf(text, typeOffset, 2)];
  if (kind === undefined) return refused('bad-type');
  const fields = fieldsOf(text, layouts[kind]);
  const { number } = fields;
  if (Object.values(fields).some((field) => unprintable.test(field))) return refused('bad-text');

  const isForeign = kind === 'foreign-2017' || kind === 'foreign-2023';
  const name = fields.name || fields.englishName;
  if (name.trim() === '') return refused('bad-name');
  const sex = sexesByCode[fields.sex];
  if (sex === undefined) return refused('bad-sex');
  const nation = nations.get(fields.nation);
  if (kind === 'resident' && nation === undefined) return refused('bad-nation');
  if (isForeign && !/^[A-Z]{3}$/.test(fields.nationality)) return refused('bad-nationality');
  const birth = calendarDate(fields.birth);
  if (birth === null) return refused('bad-birth');
  const fault = idNumberFault(kind, number);
  if (fault !== null) return refused(fault);
  const validFrom = calendarDate(fields.validFrom);
  const mayBeEndless = !isForeign && fields.validTo === endless;
  const validTo = mayBeEndless ? null : calendarDate(fields.validTo);
  if (validFrom === null || validFrom < birth) return refused('bad-validity');
  if (!mayBeEndless && (validTo === null || validTo <= validFrom)) return refused('bad-validity');
  if (!isForeign && !agrees(number, fields.birth, sex)) return refused('contradiction');

  const { address, authority, englishName, nationality } = fields;
  return {
    ok: true,
    card: {
      ...{ kind, name, number, sex, birth, validFrom, validTo },
      ...(nation === undefined ? {} : { nation }),
      ...present({ nationality, englishName, address, authority }),
    },
  };
}

/**
 * Takes a card; returns its 256 bytes as a reader gives them: for twins and tests. What is too long
 * for its field is cut; what the card's kind has no field for is left out.
 */
export function writeCardText(card: IdCard): Uint8Array {
  const text = new Uint8Array(cardTextBytes);
  for (let at = 0; at < cardTextBytes; at += 2) text[at] = 0x20;
  const codeOf = (table: Iterable<readonly [string, string]>, value: string): string =>
    [...table].find(([, named]) => named === value)?.[0] ?? '';
  const { englishName = '' } = card;
  const fields: Readonly<Record<FieldName, string>> = {
    name: card.name === englishName ? '' : card.name,
    englishName,
    number: card.number,
    sex: codeOf(Object.entries(sexesByCode), card.sex),
    nation: codeOf(nations, card.nation ?? ''),
    nationality: card.nationality ?? '',
    birth: card.birth.replaceAll('-', ''),
    address: card.address ?? '',
    authority: card.authority ?? '',
    validFrom: card.validFrom.replaceAll('-', ''),
    validTo: card.validTo?.replaceAll('-', '') ?? endless,
  };
  for (const name of Object.keys(fields) as FieldName[]) {
    let rest = fields[name];
    for (const [offset, length] of layouts[card.kind][name] ?? []) {
      writeUnits(text, offset, rest.slice(0, length / 2));
      rest = rest.slice(length / 2);
    }
  }
  writeUnits(text, typeOffset, codeOf(Object.entries(kindsByFlag), card.kind));
  return text;
}

/**
 * Takes a card's text; returns a 32-bit mark of it (FNV-1a). It tells one card lying from another
 * while nothing that a person could be known by is kept; it proves nothing.
 */
export function cardMark(text: Uint8Array): number {
  let mark = 0x811c_9dc5;
  for (const byte of text) mark = Math.imul(mark ^ byte, 0x0100_0193) >>> 0;
  return mark;
}

function refused(fault: CardTextFault): CardText {
  return { ok: false, fault };
}

/** Every field by its name without the spaces at its end; one that the layout lacks is empty. */
function fieldsOf(text: Uint8Array, layout: Layout): Readonly<Record<FieldName, string>> {
  const field = (name: FieldName): string =>
    (layout[name] ?? [])
      .map(([offset, length]) => unitsOf(text, offset, length))
      .join('')
      .replace(/ +$/, '');
  return {
    name: field('name'),
    englishName: field('englishName'),
    number: field('number'),
    sex: field('sex'),
    nation: field('nation'),
    nationality: field('nationality'),
    birth: field('birth'),
    address: field('address'),
    authority: field('authority'),
    validFrom: field('validFrom'),
    validTo: field('validTo'),
  };
}

function unitsOf(text: Uint8Array, offset: number, length: number): string {
  let units = '';
  for (let at = offset; at < offset + length; at += 2)
    units += String.fromCharCode((text[at] ?? 0) | ((text[at + 1] ?? 0) << 8));
  return units;
}

function writeUnits(text: Uint8Array, offset: number, units: string): void {
  for (let index = 0; index < units.length; index++) {
    const unit = units.charCodeAt(index);
    text[offset + 2 * index] = unit & 0xff;
    text[offset + 2 * index + 1] = unit >> 8;
  }
}

/** YYYYMMDD of the Gregorian calendar to YYYY-MM-DD, or null where there is no such day. */
function calendarDate(digits: string): string | null {
  const match = /^([0-9]{4})([0-9]{2})([0-9]{2})$/.exec(digits);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  if (year < yearMin || day < 1 || day > days) return null;
  return `${match[1]}-${match[2]}-${match[3]}`;
}

/** Digits 7-14 are the birthday; the 17th is odd for men and even for women (GB 11643-1999). */
function agrees(number: string, birth: string, sex: IdCard['sex']): boolean {
  if (number.slice(6, 14) !== birth) return false;
  if (sex !== 'male' && sex !== 'female') return true;
  return Number(number[16]) % 2 === (sex === 'male' ? 1 : 0);
}

/** The members that are not empty. */
function present<Key extends string>(
  fields: Readonly<Record<Key, string>>,
): {
  [Name in Key]?: string;
} {
  const kept: { [Name in Key]?: string } = {};
  for (const name of Object.keys(fields) as Key[])
    if (fields[name] !== '') kept[name] = fields[name];
  return kept;
}
