/**
 * base45 (RFC 9285), strict: the packages tried accept overflowing groups or lower case, and then
 * one credential has many texts. Pure.
 */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const radix = alphabet.length;
const notInAlphabet = 255;
const digitOf = new Uint8Array(128).fill(notInAlphabet);
for (let digit = 0; digit < radix; digit += 1) digitOf[alphabet.charCodeAt(digit)] = digit;

/** Takes bytes; returns their base45 text (RFC 9285 §4). */
export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 2) {
    const first = bytes[index] ?? 0;
    const second = bytes[index + 1];
    const value = second === undefined ? first : first * 256 + second;
    text += alphabet.charAt(value % radix) + alphabet.charAt(Math.floor(value / radix) % radix);
    if (second !== undefined) text += alphabet.charAt(Math.floor(value / radix / radix));
  }
  return text;
}

/**
 * Takes a text and where its base45 part starts; returns the bytes, or null for a character
 * outside the alphabet, a length no bytes have, or a group above 65,535 (of two: above 255).
 */
export function decodeBase45(text: string, start = 0): Uint8Array | null {
  const length = text.length - start;
  if (length % 3 === 1) return null;
  const bytes = new Uint8Array(Math.floor(length / 3) * 2 + (length % 3 === 2 ? 1 : 0));
  let written = 0;
  for (let index = start; index < text.length; index += 3) {
    const first = readDigit(text, index);
    const second = readDigit(text, index + 1);
    if (first === notInAlphabet || second === notInAlphabet) return null;
    const low = first + second * radix;
    if (index + 2 === text.length) {
      if (low > 0xff) return null;
      bytes[written] = low;
      return bytes;
    }
    const third = readDigit(text, index + 2);
    const value = low + third * radix * radix;
    if (third === notInAlphabet || value > 0xffff) return null;
    bytes[written] = value >> 8;
    bytes[written + 1] = value & 0xff;
    written += 2;
  }
  return bytes;
}

function readDigit(text: string, index: number): number {
  return digitOf[text.charCodeAt(index)] ?? notInAlphabet;
}
