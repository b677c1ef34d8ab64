/**
 * The passphrase of an enrolment file: 25 digits in groups of five, which every keyboard has under every
 * input method. The last two check the others, so that a slip of the finger is told at once, before
 * the slow derivation of the key. Pure: the random source is an argument.
 */

/** 76 bits; with the derivation in `sealed-file.ts` out of reach of guessing for the file's few days. */
const randomDigits = 23;
const checkDigits = 2;
export const passphraseDigits = randomDigits + checkDigits;
const groupDigits = 5;

export type ReadPassphrase =
  | { readonly ok: true; readonly digits: string }
  | { readonly ok: false; readonly why: 'wrong-length' | 'mistyped' };

/** Takes a source of random bytes; returns a fresh passphrase, its groups separated by spaces. */
export function makePassphrase(random: (bytes: number) => Uint8Array): string {
  let digits = '';
  while (digits.length < randomDigits)
    // Above 249 some digits would come more often than others.
    for (const byte of random(randomDigits)) if (byte < 250) digits += String(byte % 10);
  const kept = digits.slice(0, randomDigits);
  // ISO 7064 MOD 97-10: finds every wrong digit and every exchange of two neighbours.
  const check = 98n - ((BigInt(kept) * 100n) % 97n);
  return grouped(kept + String(check).padStart(checkDigits, '0'));
}

/**
 * Takes what somebody typed, with or without spaces and hyphens, full-width digits included.
 * @returns its digits, or why it can be no passphrase of ours
 */
export function readPassphrase(text: string): ReadPassphrase {
  const digits = text.normalize('NFKC').replace(/[\s-]/g, '');
  if (digits.length !== passphraseDigits) return { ok: false, why: 'wrong-length' };
  if (!/^[0-9]+$/.test(digits) || BigInt(digits) % 97n !== 1n)
    return { ok: false, why: 'mistyped' };
  return { ok: true, digits };
}

function grouped(digits: string): string {
  return (digits.match(new RegExp(`.{${groupDigits}}`, 'g')) ?? []).join(' ');
}
