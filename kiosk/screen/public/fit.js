/**
 * How large a text stands in its box and where its lines break: arithmetic over measured widths. The
 * page's layout is never asked, so that a view costs one layout, the browser's own.
 */

/** Widths are measured at this size and told in em. */
const measuredPx = 100;
/** Letters are set no narrower than this; a longer word stands smaller. */
const narrowest = 0.62;
/** A part of the box that stays free: the sums of rounded widths are never exact. */
const slack = 0.985;
/** Texts that are remembered: all phrases of two languages are some two hundred. */
const rememberedMax = 500;
/** Written without spaces between words. */
const spaceless = /^(zh|ja|th|lo|km|my|bo)\b/;
const opening = /^[（「《“‘(]$/u;

const context = document.createElement('canvas').getContext('2d');

/**
 * @param {{
 *   tag: string,          BCP 47
 *   family: string,       as the style sheet gives it to this language
 *   unbroken: string[],   words that the browser's dictionary would take apart
 * }} language
 */
export function createFitter({ tag, family, unbroken }) {
  const segmenter = new Intl.Segmenter(tag, { granularity: 'word' });
  const remembered = new Map();

  function piecesOf(text) {
    if (!spaceless.test(tag)) return text.split(/(?<=\s)/u);
    const inside = new Set();
    for (const word of unbroken)
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
        for (let offset = 1; offset < word.length; offset += 1) inside.add(at + offset);
    const pieces = [];
    let follows = false;
    for (const { segment, index, isWordLike } of segmenter.segment(text)) {
      const isOpening = opening.test(segment);
      // Never before a comma, never after an opening bracket.
      const breaks = (isWordLike || isOpening) && !follows && !inside.has(index);
      if (breaks || pieces.length === 0) pieces.push(segment);
      else pieces[pieces.length - 1] += segment;
      follows = isOpening;
    }
    return pieces;
  }

  function measured(text, weight) {
    const key = `${weight} ${text}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    if (remembered.size >= rememberedMax) remembered.clear();
    context.font = `${weight} ${measuredPx}px ${family}`;
    const widthOf = (part) => context.measureText(part).width / measuredPx;
    const pieces = piecesOf(text).map((part) => {
      const whole = widthOf(part);
      return { part, whole, bare: Math.min(whole, widthOf(part.trimEnd())) };
    });
    const entry = { pieces, ways: [] };
    remembered.set(key, entry);
    return entry;
  }

  return {
    /** The width of a text in one line, in em. */
    widthOf(text, weight) {
      const { pieces } = measured(text, weight);
      return pieces.reduce((sum, { whole }) => sum + whole, 0);
    },
    /**
     * Fits a text into a box, as large as it goes, in lines of about one length.
     * @param {string} text
     * @param {{
     *   weight: number, width: number, height: number,   the box in px
     *   most: number,        the font's size in px at most
     *   least?: number,      where possible: narrower letters before smaller ones
     *   lines: number,       at most
     *   leading: number,     a line's height in em
     * }} box
     * @returns {{ font: number, narrow: number, lines: string[], height: number }} sizes in px;
     *   `narrow`: by how much the letters are to be set narrower, 1 for none
     */
    fit(text, { weight, width, height, most, least = 0, lines, leading }) {
      const entry = measured(text, weight);
      let best = null;
      for (let count = 1; count <= Math.min(lines, entry.pieces.length); count += 1) {
        entry.ways[count] ??= balanced(entry.pieces, count);
        const way = entry.ways[count];
        const byHeight = Math.min(most, height / (count * leading));
        const byWidth = (width * slack) / way.width;
        const wanted = Math.min(least, byHeight);
        const narrow = Math.max(narrowest, Math.min(1, byWidth / wanted));
        const font = byWidth >= wanted ? Math.min(byHeight, byWidth) : byWidth / narrow;
        // First that it is large, then that its letters are wide; more lines only where it shows.
        const isLarge = font >= least;
        const open = Math.min(byHeight, byWidth);
        const isBetter =
          best === null ||
          (isLarge && !best.isLarge) ||
          (isLarge === best.isLarge && open > best.open * 1.03);
        if (isBetter) best = { font, narrow, isLarge, open, way, count };
      }
      const font = Math.floor(best.font * 10) / 10;
      return {
        font,
        narrow: Math.floor(best.narrow * 1000) / 1000,
        lines: best.way.lines,
        height: best.count * leading * font,
      };
    },
  };
}

/** Breaks pieces into so many lines at most, the longest as short as can be. Widths in em. */
function balanced(pieces, count) {
  let low = Math.max(...pieces.map(({ bare }) => bare));
  let high = pieces.reduce((sum, { whole }) => sum + whole, 0);
  if (linesWithin(pieces, low).length > count)
    while (high - low > 0.01) {
      const middle = (low + high) / 2;
      if (linesWithin(pieces, middle).length > count) low = middle;
      else high = middle;
    }
  else high = low;
  const lines = linesWithin(pieces, high);
  return {
    width: Math.max(0.5, ...lines.map(({ bare }) => bare)),
    lines: lines.map(({ text }) => text),
  };
}

function linesWithin(pieces, width) {
  const lines = [];
  let line = null;
  for (const { part, whole, bare } of pieces) {
    if (line === null || line.whole + bare > width + 1e-9) {
      line = { text: '', whole: 0, bare: 0 };
      lines.push(line);
    }
    line.text += part;
    line.bare = line.whole + bare;
    line.whole += whole;
  }
  return lines;
}
