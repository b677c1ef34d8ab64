/** Reads board maps: shipped ones by name, a site's own by absolute path. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  type BoardLine,
  type BoardMap,
  biases,
  inputFunctions,
  outputFunctions,
} from './board-map.js';
import { isAbsolutePath } from './kiosk-config.js';
import { type Problem, problemsOf } from './problems.js';
import { fileBytesMax, readSmallFile } from './read-file.js';
import { parseStrictJsonBytes } from './strict-json.js';

/** The largest chips have some hundreds of lines; a map is for one header. */
const offsetMax = 1_023;
const pinsMax = 128;
/** The kernel's own limit for names and labels: 31 bytes and a NUL (gpio.h, GPIO_MAX_NAME_SIZE). */
const nameLengthMax = 31;

const label = z
  .string()
  .regex(new RegExp(`^[\\x21-\\x7e]{1,${nameLengthMax}}$`), 'must be 1-31 printable characters');
const offset = z.int().min(0).max(offsetMax);

const boardLineSchema: z.ZodType<BoardLine> = z
  .strictObject({
    offset: offset
      .exactOptional()
      .describe("on its chip; on a Raspberry Pi's header the BCM number"),
    name: label.exactOptional().describe('as gpioinfo shows it; in place of an offset'),
    chip: label.exactOptional().describe('label of its chip, as gpiodetect shows it'),
    activeLow: z.boolean().exactOptional().describe('active at the low level'),
    bias: z.enum(biases).exactOptional().describe("of an input: the chip's own resistor"),
  })
  .refine((line) => line.offset === undefined || line.name === undefined, {
    path: ['name'],
    message: 'the line has an offset already: leave one of them out',
  })
  .meta({ id: 'line' });

const lineOf = Object.fromEntries(
  [...outputFunctions, ...inputFunctions].map((name) => [name, boardLineSchema.exactOptional()]),
);
/** Any of the gate's functions, each with its line. */
export const boardLinesSchema: z.ZodType<BoardMap['lines']> = z.strictObject(lineOf);

const boardMapSchema: z.ZodType<BoardMap> = z
  .strictObject({
    $schema: z.string().exactOptional(),
    title: z.string().min(1).max(200),
    chip: label.describe('label of the GPIO chip, as gpiodetect shows it'),
    pins: z
      .array(
        z.strictObject({
          offset,
          header: z.int().min(1).max(200).exactOptional().describe('number on the header'),
          atReset: z.enum(biases).describe('what the board does to it before the gate starts'),
          reserved: z.string().min(1).max(100).exactOptional().describe('what else it is for'),
        }),
      )
      .min(1)
      .max(pinsMax),
    lines: boardLinesSchema,
  })
  .describe('Which pin of a board carries which line of the gate.');

export type LoadedBoard =
  | { readonly ok: true; readonly map: BoardMap }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * @param board the name of a shipped map, as `raspberry-pi-4`, or the absolute path of another
 * @returns the map, or every problem with its file and place. Never throws
 */
export function loadBoard(board: string): LoadedBoard {
  const file = isAbsolutePath(board) ? board : shippedBoardPath(board);
  if (!isAbsolutePath(board) && !existsSync(file))
    return refused([{ file: '', place: 'gpio.board', problem: `no map "${board}" is shipped` }]);
  const read = readSmallFile(file);
  if (!read.ok) return refused([{ file, place: '', problem: `the board map ${read.problem}` }]);
  const json = parseStrictJsonBytes(read.bytes, fileBytesMax);
  if (!json.ok) return refused(json.problems.map((problem) => ({ file, ...problem })));
  const parsed = boardMapSchema.safeParse(json.value, { reportInput: true });
  if (parsed.success) return { ok: true, map: parsed.data };
  return refused(problemsOf(parsed.error).map((problem) => ({ file, ...problem })));
}

/** @returns where a shipped map stands */
function shippedBoardPath(name: string): string {
  return fileURLToPath(new URL(`./boards/${name}.json`, import.meta.url));
}

/** The JSON schema (2020-12) that is shipped as `board.schema.json`. */
export function boardJsonSchema(): unknown {
  return { ...z.toJSONSchema(boardMapSchema), title: 'gate-kiosk: a board map' };
}

function refused(problems: readonly Problem[]): LoadedBoard {
  return { ok: false, problems };
}
