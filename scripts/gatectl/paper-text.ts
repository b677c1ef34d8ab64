/**
 * Breaks text into lines without the font, which the reader of the page has and the issuer may
 * not: widths are estimates on the wide side. Pure.
 */

/** Widths in em: DejaVu Sans is the widest of the common fonts, and these cover it. */
const wideEm = 1;
const capitalEm = 0.8;
const narrowEm = 0.64;
/** Signs beyond the basic plane, pictures among them. */
const astralEm = 1.4;
const boldFactor = 1.12;

/** A word with the spaces behind it, or one Chinese character: what a line is made of. */
const piece = /\p{Script=Han}|[^\s\p{Script=Han}]+\s*|\s+/gu;

/** Takes a text; returns about how many em wide it is at most. */
export function widthOf(text: string, isBold = false): number {
  let width = 0;
  for (const character of text) width += characterEm(character);
  return isBold ? width * boldFactor : width;
}

function characterEm(character: string): number {
  if (character.length > 1) return astralEm;
  if (character > '~' || /[MWmw@%&]/.test(character)) return wideEm;
  return /[A-Z]/.test(character) ? capitalEm : narrowEm;
}

/**
 * Takes a text and the width of a line in em; returns its lines, none wider by estimate, broken at
 * spaces and between Chinese characters, and inside a word only where it fills a line alone.
 */
export function wrapText(text: string, maxEm: number, isBold = false): readonly string[] {
  const fits = (line: string) => widthOf(line.trimEnd(), isBold) <= maxEm;
  const pieces = (text.match(piece) ?? []).flatMap((word) => (fits(word) ? [word] : [...word]));
  const lines: string[] = [];
  let line = '';
  for (const each of pieces) {
    if (line !== '' && !fits(line + each)) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += each;
  }
  return [...lines, line.trimEnd()];
}

/** Takes a text, a size and a width, both in mm; returns the size at which it fits on one line. */
export function fittingSize(text: string, size: number, width: number, isBold = false): number {
  return Math.min(size, width / widthOf(text, isBold));
}

/** Takes a line; says whether its width can be told: other scripts are shaped by the font. */
export function isPredictable(line: string): boolean {
  return /^[ -~\p{Script=Han}\u2019\u3000-\u303F\uFF00-\uFF5E]*$/u.test(line);
}
