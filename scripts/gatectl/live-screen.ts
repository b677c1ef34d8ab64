/** A picture on a terminal that overwrites the one before it. Pure. */
import { widthOf } from '../simulated-board/table.js';

const toTop = '\u001b[H';
const toLineEnd = '\u001b[K';
const toScreenEnd = '\u001b[J';
const sizeDefault = { height: 24, width: 80 } as const;

/**
 * @param lines of the picture; what there is no room for is left out at the end, and said
 * @param height of the terminal, in lines; undefined or 0: it does not say
 * @param width of it, in columns, likewise
 * @returns what the terminal is sent
 */
export function drawScreen(
  lines: readonly string[],
  height: number | undefined,
  width: number | undefined,
): string {
  const roomMax = Math.max(1, (height || sizeDefault.height) - 1);
  const shown =
    lines.length <= roomMax
      ? lines
      : [...lines.slice(0, roomMax - 1), `… and ${lines.length - roomMax + 1} more`];
  return `${toTop}${shown.map((line) => `${cut(line, width || sizeDefault.width)}${toLineEnd}\n`).join('')}${toScreenEnd}`;
}

/** A longer line would take two, and push the head out of the picture. */
function cut(line: string, width: number): string {
  let kept = '';
  let left = width;
  // Character by character, and no further: what a gate has sent may be as long as a message.
  for (const character of line) {
    left -= widthOf(character);
    if (left < 0) break;
    kept += character;
  }
  return kept;
}
