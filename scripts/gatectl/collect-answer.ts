/** What the questions to a collector have in common: options, the database, the three forms of an answer. */
import type Database from 'better-sqlite3';
import { systemClock } from '../../hardware/linux/clock.js';
import { openBeside } from '../../kiosk/collector/beside.js';
import { type Format, formatRows, type OutputRow } from './collect-output.js';
import { type ExitCode, required, type Streams, UsageError } from './command.js';
import { readTimeSeconds } from './words.js';

export type Ask = (args: readonly string[], streams: Streams) => Promise<ExitCode>;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
export const commonOptions = { db: text, csv: flag, json: flag } as const;
export const spanOptions = { ...commonOptions, from: text, to: text } as const;

/** @returns milliseconds since 1970, as the system has it */
export function nowMs(): number {
  return systemClock().now().wallMs;
}

/** Takes the values of --from and --to; returns milliseconds. Throws UsageError. */
export function readSpan(from: string | undefined, to: string | undefined) {
  const fromMs = 1_000 * readTimeSeconds(required(from, '--from'), '--from');
  const toMs = 1_000 * readTimeSeconds(required(to, '--to'), '--to');
  if (toMs <= fromMs) throw new UsageError('--to must be after --from');
  return { fromMs, toMs };
}

/** Opens the database of --db for one answer. Throws UsageError where it cannot be used. */
export async function withDatabase(
  file: string | undefined,
  mode: 'read' | 'write',
  work: (database: Database.Database) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = openBeside(required(file, '--db'), mode);
  if (!opened.ok) throw new UsageError(`${file}: ${opened.detail}`);
  try {
    return await work(opened.database);
  } finally {
    opened.database.close();
  }
}

/** Writes the answer in the form that was asked for. @returns 0 */
export async function print(
  streams: Streams,
  { csv, json }: { readonly csv?: boolean | undefined; readonly json?: boolean | undefined },
  columns: readonly string[],
  rows: readonly OutputRow[],
): Promise<ExitCode> {
  if (csv === true && json === true) throw new UsageError('--csv or --json, not both');
  const format: Format = csv === true ? 'csv' : json === true ? 'json' : 'table';
  await streams.out(formatRows(format, columns, rows));
  return 0;
}
