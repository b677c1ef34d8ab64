/** The lines of one gate: its board's map under what the configuration says, checked as a whole. */
import { loadBoard } from './board-files.js';
import { type CheckedBoard, checkBoard, type LineFunction } from './board-map.js';
import type { KioskConfig } from './kiosk-config.js';
import type { Problem } from './problems.js';

export type Board = Pick<CheckedBoard, 'lines' | 'warnings'>;

export type ReadBoard =
  /** null: simulated lines need no map */
  | { readonly board: Board | null; readonly problems: readonly [] }
  | { readonly board: null; readonly problems: readonly Problem[] };

/**
 * Reads the board that the configuration names. Never throws.
 * @param config a checked `kiosk.json`
 * @param file its path, for the problems
 */
export function readBoard(config: KioskConfig, file: string): ReadBoard {
  const { board, lines = {}, backend } = config.gpio;
  if (board === undefined) {
    if (backend === 'simulated') return { board: null, problems: [] };
    const problem = 'missing: the name of a board map, as raspberry-pi-4, or an absolute path';
    return { board: null, problems: [{ file, place: 'gpio.board', problem }] };
  }
  const loaded = loadBoard(board);
  if (!loaded.ok) {
    const problems = loaded.problems.map((one) => (one.file === '' ? { ...one, file } : one));
    return { board: null, problems };
  }
  const { problems, ...checked } = checkBoard(loaded.map, lines, neededLines(config));
  if (problems.length === 0) return { board: withoutRelease(checked, config), problems: [] };
  return { board: null, problems: problems.map((problem) => ({ file, ...problem })) };
}

/** A turnstile without an input for it: the map's line is nobody's, and the gate says what that means. */
function withoutRelease(board: Board, { devices }: KioskConfig): Board {
  if (devices.turnstile.releaseInput !== false) return board;
  const lines = board.lines.filter(({ line }) => line !== 'release');
  const warning =
    'devices.turnstile.releaseInput is false: in a fire or an EMERGENCY people go one at a time; wire the fire panel to the turnstile itself';
  return { lines, warnings: [...board.warnings, warning] };
}

/** @returns the lines that the configured devices ask for: without one of them the gate does not start */
function neededLines({ devices }: KioskConfig): readonly LineFunction[] {
  const { turnstile, panel, fire, tamper, mains, signals } = devices;
  const wanted: readonly (readonly [boolean, readonly LineFunction[]])[] = [
    [true, ['grant']],
    [turnstile.releaseInput !== false, ['release']],
    [turnstile.passageSensor, ['passage']],
    [turnstile.reverseSensor === true, ['passage-reverse']],
    [turnstile.doorContact === true, ['door-closed']],
    [turnstile.exitButton === true, ['exit-button']],
    [tamper !== undefined, ['tamper-loop']],
    [mains !== undefined, ['mains']],
    [true, ['open', 'refuse', 'confirm', 'next', 'emergency', 'lockdown', 'acknowledge']],
    [panel.covers?.includes('emergency') === true, ['emergency-cover']],
    [panel.covers?.includes('lockdown') === true, ['lockdown-cover']],
    [fire !== undefined, ['fire-loop']],
    [fire !== undefined && fire.supervision !== 'none', ['fire-supervision']],
    [signals !== undefined, ['lamp-normal', 'lamp-attention', 'lamp-fault', 'lamp-lockdown']],
    [signals !== undefined, ['buzzer']],
  ];
  return wanted.flatMap(([isWanted, lines]) => (isWanted ? lines : []));
}
