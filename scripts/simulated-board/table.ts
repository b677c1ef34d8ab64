/** Tables on a terminal: columns as wide as their widest cell, Chinese characters two columns wide. */

/** @returns how many terminal columns a text takes (East Asian wide characters take two) */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        character,
      )
        ? 2
        : 1;
  return width;
}

/** @returns the text filled with spaces to `width` columns; longer texts stay whole */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** @returns one line of cells */
export function lineOf(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => padTo(cell, widths[index] ?? 0))
    .join('  ')
    .trimEnd();
}

/** @returns the lines of a row; a cell may have several, one below the other */
export function linesOf(
  cells: readonly (string | readonly string[])[],
  widths: readonly number[],
): readonly string[] {
  const columns = cells.map((cell) => (typeof cell === 'string' ? [cell] : cell));
  const height = Math.max(...columns.map(({ length }) => length));
  return Array.from({ length: height }, (_, index) =>
    lineOf(
      columns.map((column) => column[index] ?? ''),
      widths,
    ),
  );
}

/** @returns how a table calls a rule; who fits none stands there as that */
export function ruleText(rule: string): string {
  return rule === 'nobody' ? '(no rule)' : rule;
}

/** @returns the text in lines of `width` columns at most, broken behind commas, or else between words */
export function wrapped(text: string, width: number): readonly string[] {
  return text.split(/(?<=,) /).reduce<string[]>((lines, part) => {
    if (widthOf(part) <= width) return added(lines, part, width);
    return part.split(' ').reduce<string[]>((broken, word) => added(broken, word, width), lines);
  }, []);
}

function added(lines: readonly string[], part: string, width: number): string[] {
  const last = lines.at(-1);
  if (last === undefined || widthOf(`${last} ${part}`) > width) return [...lines, part];
  return [...lines.slice(0, -1), `${last} ${part}`];
}
