/** What is left of people after a day, and how to search it: every way in which a word may be written. */
import type { IdCard } from '../../drivers/id-card-reader/id-card.js';
import type { Fresh } from '../../scripts/simulated-board/cases/case.js';

/** A word that must not be found; digits alone count only where they stand by themselves. */
export interface Secret {
  readonly whose: string;
  readonly text: string;
}

/** @returns what must not be found of somebody who has a card: name, address, number and its parts */
export function secretsOfCard({ name, number, address, englishName }: IdCard): readonly Secret[] {
  const texts = [name, number, number.slice(0, 17), number.slice(-8), address, englishName];
  return texts.flatMap((text) => (text === undefined ? [] : [{ whose: 'card', text }]));
}

/** @returns what must not be found of the people of a case: cards, campus ids, households */
export function secretsOf(fresh: Fresh): readonly Secret[] {
  const { campusId, otherCampusId, guardId, household, otherHousehold } = fresh;
  return [
    ...secretsOfCard(fresh.person),
    ...secretsOfCard(fresh.otherPerson),
    ...[campusId, otherCampusId, guardId].map((text) => ({ whose: 'campus-id', text })),
    ...[household, otherHousehold].map((text) => ({ whose: 'household', text })),
  ];
}

/** @returns those of the secrets that stand in the bytes, in UTF-8 or in a card's UTF-16LE */
export function found(bytes: Buffer, secrets: readonly Secret[]): readonly Secret[] {
  return secrets.filter(({ text }) => {
    if (/^[0-9X.]+$/.test(text)) return standsAlone(bytes, text) || has(bytes, text, 'utf16le');
    // Two characters of UTF-16 are found in any noise: on a card a space follows them.
    return has(bytes, text, 'utf8') || has(bytes, text.padEnd(3, ' '), 'utf16le');
  });
}

function has(bytes: Buffer, text: string, encoding: 'utf8' | 'utf16le'): boolean {
  return bytes.includes(Buffer.from(text, encoding));
}

/** Hashes and boxes are full of digits: a number is one that nothing of a hash adjoins. */
function standsAlone(bytes: Buffer, digits: string): boolean {
  for (let at = bytes.indexOf(digits); at >= 0; at = bytes.indexOf(digits, at + 1))
    if (!isOfWord(bytes[at - 1]) && !isOfWord(bytes[at + digits.length])) return true;
  return false;
}

/** Letters, digits, and the two marks of base64url. */
function isOfWord(byte: number | undefined): boolean {
  return byte !== undefined && /[A-Za-z0-9_-]/.test(String.fromCharCode(byte));
}
