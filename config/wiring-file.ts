/** The part of `hardware/wiring.md` that is made from the shipped maps. Pure. */
import type { BoardMap } from './board-map.js';
import { wiringDrawing, wiringTable } from './board-wiring.js';

const begin = '<!-- made from config/boards: begin -->';
const end = '<!-- made from config/boards: end -->';

/** The shipped maps, by name. */
export const shippedBoards = ['raspberry-pi-4', 'raspberry-pi-5'] as const;

/**
 * @param text the file as it is
 * @param maps the shipped maps, each with its name
 * @returns the file with its tables and drawings made anew
 */
export function withWiring(
  text: string,
  maps: readonly (readonly [name: string, map: BoardMap])[],
): string {
  const made = maps.map(([name, map]) =>
    [
      `## ${map.title}`,
      `\`gpio.board: "${name}"\`, chip \`${map.chip}\`. Pins in brackets are kept free.`,
      wiringTable(map),
      `\`\`\`text\n${wiringDrawing(map)}\n\`\`\``,
    ].join('\n\n'),
  );
  const [before = ''] = text.split(begin);
  const after = text.split(end)[1] ?? '';
  return `${before}${begin}\n\n${made.join('\n\n')}\n\n${end}${after}`;
}
