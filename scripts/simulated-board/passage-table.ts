/** The table of `npm start`: a line for each visitor of the show, and for what a player came to. */
import type { Direction } from '../../config/vocabulary.js';
import type { JournalLine } from './journal-tail.js';
import { outcomeOf } from './outcome.js';
import { linesOf, ruleText, wrapped } from './table.js';
import type { Visitor } from './visitors.js';
import type { Trace } from './witness.js';

export interface PassageTable {
  begin(): void;
  played(visitor: Visitor, trace: Trace): void;
  /** Records have reached the disk of a gate; the show's are told by `played`. */
  wrote(direction: Direction, lines: readonly JournalLine[], isPlayed: boolean): void;
}

/** Within 120 columns, whatever came of it. */
const widths = [8, 36, 21, 40, 6];
const [, visitorWidth = 0, , outcomeWidth = 0] = widths;
/** What a player has come to: decisions, and who went through. */
const told: readonly string[] = ['decision', 'override', 'passage', 'emergency', 'fire'];

/** @returns a table that has nothing in it; `print` takes a line */
export function passageTable(print: (line: string) => void): PassageTable {
  const printRow = ([
    time = '',
    visitor = '',
    rule = '',
    outcome = '',
    ...rest
  ]: readonly string[]) => {
    const cells = [
      time,
      wrapped(visitor, visitorWidth),
      rule,
      wrapped(outcome, outcomeWidth),
      ...rest,
    ];
    for (const line of linesOf(cells, widths)) print(line);
  };
  const row = (cells: readonly string[]): void =>
    printRow([new Date().toTimeString().slice(0, 8), ...cells]);
  return {
    begin: () => printRow(['time', 'visitor', 'rule', 'what happened', 'ms']),
    played({ name, rule }, { records, relayMs }) {
      row([name, ruleText(rule), outcomeOf(records), relayMs === null ? '' : relayMs.toFixed(1)]);
    },
    wrote(direction, lines, isPlayed) {
      if (!isPlayed) return;
      for (const { type, at, record } of lines.filter((line) => told.includes(line.type))) {
        const draft = { ...record, type, at } as Parameters<typeof outcomeOf>[0][number];
        row([`you, at the gate ${direction}`, String(record['rule'] ?? ''), outcomeOf([draft])]);
      }
    },
  };
}
