/** The closed set of what can go wrong with a journal, in stable codes, and how SQLite's map to it. */

/** Why a request was not committed. */
export type AppendFailure =
  /** a record or use that has no canonical form or breaks a limit: the caller's fault */
  | 'bad-record'
  /** a paper to be reserved is used already: the whole request is refused */
  | 'already-reserved'
  /** too many requests wait for a disk that does not answer */
  | 'overloaded'
  | 'disk-full'
  | 'read-only'
  | 'io-error'
  /** the database is damaged */
  | 'damaged'
  /** appended after `close` */
  | 'closed'
  /** the journal's thread died: every waiting request, and every later one */
  | 'worker-lost';

/** What the disk can do to a commit. */
export type DiskFailure = Extract<
  AppendFailure,
  'disk-full' | 'read-only' | 'io-error' | 'damaged'
>;

/** Why a journal could not be opened. */
export type OpenFailure =
  | DiskFailure
  /** another process has it open for writing */
  | 'locked'
  /** written by a later version of this software */
  | 'newer-schema'
  /** the options of opening are wrong: `at`, `bootId` or `newJournalId` */
  | 'bad-record'
  | 'worker-lost';

const byPrefix: readonly (readonly [prefix: string, why: DiskFailure])[] = [
  ['SQLITE_FULL', 'disk-full'],
  ['SQLITE_READONLY', 'read-only'],
  ['SQLITE_CORRUPT', 'damaged'],
  ['SQLITE_NOTADB', 'damaged'],
];
const bySystemCode: Readonly<Record<string, DiskFailure>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
};

/** An expected fault of the journal itself, thrown within the store and caught at its edge. */
export class StoreFault extends Error {
  readonly why: OpenFailure;
  constructor(why: OpenFailure, detail: string) {
    super(detail);
    this.why = why;
  }
}

/**
 * @param error as thrown by SQLite or the file system
 * @returns its stable code; what is unknown is an `io-error`
 */
export function diskFailure(error: unknown): DiskFailure {
  if (error instanceof StoreFault && error.why === 'damaged') return 'damaged';
  const code = errorCode(error);
  const found = byPrefix.find(([prefix]) => code.startsWith(prefix));
  return found?.[1] ?? bySystemCode[code] ?? 'io-error';
}

/** @returns whether SQLite or the file system has thrown it, and not a defect of the program's own */
export function isOfDisk(error: unknown): boolean {
  return error instanceof StoreFault || /^(SQLITE_|E[A-Z0-9]+$)/.test(errorCode(error));
}

/**
 * @param error as thrown while opening
 * @returns its stable code; a busy database is another process's
 */
export function openFailure(error: unknown): OpenFailure {
  if (error instanceof StoreFault) return error.why;
  return errorCode(error).startsWith('SQLITE_BUSY') ? 'locked' : diskFailure(error);
}

/**
 * @param error anything thrown
 * @returns its message for the log; SQLite's and the file system's hold no record's content
 */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
