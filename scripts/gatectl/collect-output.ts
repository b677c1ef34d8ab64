/** Rows for people, for spreadsheets and for programs. Pure. */
import type { JsonValue } from '../../kiosk/journal/port.js';
import { lineOf, widthOf } from '../simulated-board/table.js';

export type Format = 'table' | 'csv' | 'json';
export type OutputRow = Readonly<Record<string, JsonValue>>;

/**
 * @param format `table`: columns filled up with spaces; `csv`: RFC 4180; `json`: one array
 * @param columns names of members, in order; `json` has the whole rows
 * @param rows to show
 * @returns the text, with its last line's end
 */
export function formatRows(
  format: Format,
  columns: readonly string[],
  rows: readonly OutputRow[],
): string {
  if (format === 'json') return jsonLine(rows);
  const cells = rows.map((row) => columns.map((column) => cellOf(row[column] ?? null)));
  if (format === 'csv')
    return [columns, ...cells].map((line) => `${line.map(csvCell).join(',')}\r\n`).join('');
  if (rows.length === 0) return 'none\n';
  const shown = [columns, ...cells.map((line) => line.map(printable))];
  const widths = columns.map((_, index) =>
    Math.max(...shown.map((line) => widthOf(line[index] ?? ''))),
  );
  return shown.map((line) => `${lineOf(line, widths)}\n`).join('');
}

/** @returns any value in one cell: a list's items with spaces between, an object as JSON */
export function cellOf(value: JsonValue): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.map(cellOf).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * @param value to be printed for programs
 * @returns JSON in one line, its end with it; what could steer a terminal is escaped, which says the same
 */
export function jsonLine(value: unknown): string {
  const escaped = (character: string): string =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
  return `${JSON.stringify(value).replaceAll(steering, escaped)}\n`;
}

/** Controls, and what turns the direction of writing or cannot be seen. */
const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What came from a gate must not steer a terminal. */
export function printable(text: string): string {
  return text.replaceAll(steering, '\ufffd');
}

/** A spreadsheet takes a cell that begins so for a formula, unless it is but a number. */
const formulaLike = /^[=@\t\r]|^[+-](?![0-9 ().-]*$)/;

function csvCell(text: string): string {
  const shown = text.replaceAll(steering, (it) => (/[\t\r\n]/.test(it) ? it : '\ufffd'));
  const safe = formulaLike.test(shown) ? `'${shown}` : shown;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
