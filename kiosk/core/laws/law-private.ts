/**
 * Law 8: nothing private leaks. What a step sends to the journal and to other gates is looked at
 * member by member: people are tokens, a fever is a band, and the rest stands sealed beside it.
 */
import type { Observed } from './observed.js';

/** Members that would hold a person's details in clear. */
const privateNames = new Set([
  'name',
  'number',
  'address',
  'phone',
  'birth',
  'sub',
  'household-number',
  'text',
  'masked',
  'plate',
]);
/** A resident's number, or that of a foreigner's card of 2017. */
const numberShape = /^(\d{17}[\dX]|[A-Z]{3}\d{12})$/;
const numberLengths: readonly number[] = [18, 15];

/** @returns what a step would let out, or null */
export function nothingPrivateLeaks({ after, effects }: Observed): string | null {
  const { feverCentidegrees } = after.settings.policy.settings;
  for (const effect of effects) {
    const sent =
      effect.type === 'append' ? effect.records : effect.type === 'tell' ? effect.entries : [];
    for (const value of sent) {
      const leak = leakIn(value, feverCentidegrees);
      if (leak !== null) return leak;
    }
  }
  return null;
}

/** Few texts are as long as a number: only those are looked at. */
function isNumber(text: string): boolean {
  return numberLengths.includes(text.length) && numberShape.test(text);
}

function leakIn(value: unknown, feverCentidegrees: number): string | null {
  if (typeof value === 'string') return isNumber(value) ? 'an ID number in clear' : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    if (privateNames.has(name)) return `a member "${name}" in clear`;
    if (name === 'bodyCentidegrees' && !(Number(member) < feverCentidegrees))
      return 'a fever’s exact value in clear';
    const leak = leakIn(member, feverCentidegrees);
    if (leak !== null) return leak;
  }
  return null;
}
