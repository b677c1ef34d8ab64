/** The table of `npm start`: a line for each visitor of the show, and for what a player came to. */
import type { Direction } from '../../config/vocabulary.js';
import type { JournalLine } from './journal-tail.js';
import { outcomeOf } from './outcome.js';
import { lineOf } from './table.js';
import type { Visitor } from './visitors.js';
import type { Trace } from './witness.js';

export interface PassageTable {
  begin(): void;
  played(visitor: Visitor, trace: Trace): void;
  /** Records have reached the disk of a gate; the show's are told by `played`. */
  wrote(direction: Direction, lines: readonly JournalLine[], isPlayed: boolean): void;
}

const widths = [8, 52, 21, 60, 0];
/** What a player has come to: decisions, and who went through. */
const told: readonly string[] = ['decision', 'override', 'passage', 'emergency', 'fire'];

/** @returns a table that has nothing in it; `print` takes a line */
export function passageTable(print: (line: string) => void): PassageTable {
  const row = (cells: readonly string[]): void =>
    print(lineOf([new Date().toTimeString().slice(0, 8), ...cells], widths));
  return {
    begin: () => print(lineOf(['time', 'visitor', 'rule', 'what happened', 'ms to relay'], widths)),
    played({ name, rule }, { records, relayMs }) {
      row([name, rule, outcomeOf(records), relayMs === null ? '' : relayMs.toFixed(1)]);
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
