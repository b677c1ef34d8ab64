/**
 * What every gatectl command is: a name, words for its help, and a run from arguments and streams
 * to an exit code. Commands never touch the process, so tests run them in place.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { PlacedProblem } from '../../config/problems.js';
import { argumentWords } from '../argument-words.js';

/** 0 fine, 1 the answer is no, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

export interface Streams {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Resolves when the reader has taken enough, so that a long batch stays small in memory. */
  out(text: string): Promise<void>;
  err(text: string): void;
  /** whether `out` goes to a terminal */
  readonly isTerminal: boolean;
  /** whether `err` does: then long work says how far it is */
  readonly isErrTerminal?: boolean;
  /** Asks the person at the terminal for a line that is not shown; null: there is no terminal, or no line. */
  ask?(prompt: string): Promise<string | GivenUp | null>;
  /** What is said where Ctrl-C ends it from now on. @returns takes that back */
  whenStopped?(words: string): () => void;
}

/** The person who was asked has stopped it. */
export interface GivenUp {
  readonly is: 'given-up';
}

export interface Command {
  /** one line for the list of commands */
  readonly summary: string;
  /** the whole `--help`, first line `Usage: …` */
  readonly help: string;
  run(args: readonly string[], streams: Streams): Promise<ExitCode>;
}

/** What the user has to correct; ends the command with 2 and this message on stderr. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** One key in 64 begins with a hyphen: it is a value all the same. */
const hyphenKey = /^-[A-Za-z0-9_-]{42}$/;

function keysJoined(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1) ?? '';
    const isValue = hyphenKey.test(arg) && /^--[a-z-]+$/.test(last);
    if (isValue) joined[joined.length - 1] = `${last}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

/**
 * Takes arguments and the options allowed; returns them parsed, strictly. Throws UsageError for
 * an unknown option, a missing value, an option twice that is not for several, or more positionals than
 * `positionalsMax`.
 */
export function readArguments<T extends Options>(
  args: readonly string[],
  options: T,
  positionalsMax: number,
) {
  const config = {
    args: keysJoined(args),
    options,
    strict: true,
    allowPositionals: true,
    tokens: true,
  } as const;
  try {
    const { values, positionals, tokens } = parseArgs(config);
    const seen = new Set<string>();
    for (const token of tokens) {
      if (token.kind !== 'option') continue;
      // The second would silently win.
      if (seen.has(token.name) && options[token.name]?.multiple !== true)
        throw new UsageError(`${token.rawName} is given twice`);
      seen.add(token.name);
    }
    const extra = positionals[positionalsMax];
    if (extra !== undefined) throw new UsageError(`one argument too many: ${extra}`);
    return { values, positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(argumentWords(error));
  }
}

/** Takes an option's value; returns it. Throws UsageError naming the option where it is missing. */
export function required(value: string | undefined, option: string): string {
  if (value === undefined) throw new UsageError(`${option} is required`);
  return value;
}

/** Takes a command, the word behind it and those it knows; returns the error that lists them. */
export function unknownVerb(command: string, verb: string, known: readonly string[]): UsageError {
  const first = known.slice(0, -1).join(', ');
  const expected = `one of ${first} and ${known.at(-1)} is expected`;
  return new UsageError(
    verb === '' ? `${expected} after ${command}` : `${command} knows no ${verb}: ${expected}`,
  );
}

/** Takes a file's name and its problems; returns one line for each, place first. */
export function formatProblems(file: string, problems: readonly PlacedProblem[]): string {
  const lines = problems.map(({ place, problem }) =>
    place === '' ? `${file}: ${problem}` : `${file}: ${place}: ${problem}`,
  );
  return lines.join('\n');
}
