/**
 * A board map: which pin of a board carries which of the gate's lines. Types and the checks that need
 * no file; `board-files.ts` reads maps, `board.ts` asks for what is configured. Everything applies at the next start.
 */
import type { PlacedProblem } from './placed-problem.js';

/** What the gate drives. The relay's own come first; lamps and buzzer move nothing. */
export const outputFunctions = [
  'grant',
  'release',
  'lamp-normal',
  'lamp-attention',
  'lamp-fault',
  'lamp-lockdown',
  'buzzer',
] as const;
/** What the gate reads, by the names that the drivers ask for. */
export const inputFunctions = [
  'passage',
  'passage-reverse',
  'door-closed',
  'exit-button',
  'mains',
  'tamper-loop',
  'fire-loop',
  'fire-supervision',
  'open',
  'refuse',
  'confirm',
  'next',
  'emergency',
  'emergency-cover',
  'lockdown',
  'lockdown-cover',
  'acknowledge',
] as const;
export type OutputFunction = (typeof outputFunctions)[number];
export type InputFunction = (typeof inputFunctions)[number];
export type LineFunction = OutputFunction | InputFunction;
export const lineFunctions: readonly LineFunction[] = [...outputFunctions, ...inputFunctions];

/** The relay's: what stands on them at reset moves the turnstile. */
export const relayFunctions = ['grant', 'release'] as const satisfies readonly OutputFunction[];

export const biases = ['pull-up', 'pull-down', 'none'] as const;
export type Bias = (typeof biases)[number];

/** What a map or the site says of one function's line. */
export interface BoardLine {
  /** on its chip; on a Raspberry Pi's header the BCM number */
  readonly offset?: number;
  /** the name that the kernel has for the line, in place of an offset */
  readonly name?: string;
  /** label of its chip; the map's chip without it */
  readonly chip?: string;
  /** active at the low level; false without it */
  readonly activeLow?: boolean;
  /** inputs only; `none` without it */
  readonly bias?: Bias;
}

/** One pin of the board's chip. */
export interface BoardPin {
  readonly offset: number;
  /** number of the pin on the header */
  readonly header?: number;
  /** what the board does to it between reset and the gate's start */
  readonly atReset: Bias;
  /** what it is for; such a pin carries no line of the gate's */
  readonly reserved?: string;
}

export interface BoardMap {
  /** for editors; the gate does not look at it */
  readonly $schema?: string;
  readonly title: string;
  /** label of the GPIO chip, as the kernel has it: numbers of chips move, labels do not */
  readonly chip: string;
  readonly pins: readonly BoardPin[];
  readonly lines: Readonly<Partial<Record<LineFunction, BoardLine>>>;
}

export type LineOverrides = Readonly<Partial<Record<LineFunction, BoardLine>>>;

/** A function's line with nothing left open. */
export interface PlacedLine {
  readonly line: LineFunction;
  readonly chip: string;
  /** by offset, or by the kernel's name */
  readonly at: number | string;
  readonly activeLow: boolean;
  readonly bias: Bias;
}

export interface CheckedBoard {
  /** every function that has a line, in the order of the vocabulary */
  readonly lines: readonly PlacedLine[];
  readonly problems: readonly PlacedProblem[];
  /** what is allowed and wants a second look */
  readonly warnings: readonly string[];
}

/**
 * Lays what the site says over the map and judges the whole.
 * @param map of the board
 * @param overrides `gpio.lines` of the configuration; a line given there replaces the map's place,
 *   and only what it names of polarity and bias
 * @param needed the functions that the configured devices ask for
 */
export function checkBoard(
  map: BoardMap,
  overrides: LineOverrides,
  needed: readonly LineFunction[],
): CheckedBoard {
  const lines = lineFunctions.flatMap((line) => placed(line, map, overrides[line]) ?? []);
  const judged = lines.map((line) => judgePlace(line, map));
  const missing = needed
    .filter((line) => !lines.some((known) => known.line === line))
    .map((line) => ({
      place: `gpio.lines.${line}`,
      problem: `missing: the board map has no line for it; give {"offset": …} of a free pin`,
    }));
  return {
    lines,
    problems: [...missing, ...shared(lines), ...judged.flatMap(({ problems }) => problems)],
    warnings: judged.flatMap(({ warnings }) => warnings),
  };
}

export function isOutput(line: LineFunction): line is OutputFunction {
  return outputFunctions.some((name) => name === line);
}

function placed(line: LineFunction, map: BoardMap, own: BoardLine = {}): PlacedLine | null {
  const ofMap = map.lines[line] ?? {};
  const moved = own.offset !== undefined || own.name !== undefined;
  const { offset, name, chip } = moved ? own : ofMap;
  const at = offset ?? name;
  if (at === undefined) return null;
  const { activeLow = false, bias = 'none' } = { ...ofMap, ...own };
  return { line, chip: chip ?? map.chip, at, activeLow, bias };
}

function shared(lines: readonly PlacedLine[]): readonly PlacedProblem[] {
  return lines.flatMap(({ line, chip, at }, index) => {
    const other = lines.slice(0, index).find((one) => one.chip === chip && one.at === at);
    if (other === undefined) return [];
    const problem = `is the line of ${other.line} too: each has its own`;
    return [{ place: `gpio.lines.${line}`, problem }];
  });
}

interface Judgement {
  readonly problems: readonly PlacedProblem[];
  readonly warnings: readonly string[];
}

function judgePlace({ line, chip, at, activeLow, bias }: PlacedLine, map: BoardMap): Judgement {
  const refused = (problem: string): Judgement => ({
    problems: [{ place: `gpio.lines.${line}`, problem }],
    warnings: [],
  });
  if (isOutput(line) && bias !== 'none') return refused('an output has no bias: leave it out');
  // Of other chips, and of lines by name, the map knows no pins.
  if (chip !== map.chip || typeof at === 'string') return { problems: [], warnings: [] };
  const pin = map.pins.find(({ offset }) => offset === at);
  if (pin === undefined) return refused(`line ${at} is not on the board's header`);
  if (pin.reserved !== undefined)
    return refused(`line ${at} is reserved: ${pin.reserved}; choose another`);
  if (!relayFunctions.some((name) => name === line)) return { problems: [], warnings: [] };
  return judgeRelay(line, pin, activeLow);
}

/** Until the gate starts, and after it has been killed, the pin's pull decides what the relay does. */
function judgeRelay(line: LineFunction, { offset, atReset }: BoardPin, low: boolean): Judgement {
  if (atReset === (low ? 'pull-down' : 'pull-up')) {
    const problem = `line ${offset} has a ${atReset} at reset, which energises an active-${low ? 'low' : 'high'} relay: choose another`;
    return { problems: [{ place: `gpio.lines.${line}`, problem }], warnings: [] };
  }
  const warning = `${line} is active-low: a relay board that loses its pull-up lets people through; prefer an active-high one`;
  return { problems: [], warnings: low ? [warning] : [] };
}
