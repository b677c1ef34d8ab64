/**
 * The file that says who has opened what: a line for each time, added and synced before anything is
 * shown. It holds no contents.
 */
import { closeSync, constants, existsSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export const auditLimits = {
  /** characters of a reason */
  reasonMax: 400,
  /** parts opened at one time: a line names each */
  partsMax: 1_000,
} as const;

/** Behind what stands there, and through no link: somebody else may have laid it beside a journal. */
const howOpened =
  constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

export interface AuditLine {
  /** RFC 3339 */
  readonly at: string;
  /** the account */
  readonly who: string;
  readonly reason: string;
  readonly file: string;
  readonly kiosk: string | null;
  readonly journal: string;
  readonly seqs: readonly number[];
}

/** Adds a line. @throws the file system's errors: then nothing may be opened */
export function addAudit(file: string, line: AuditLine): void {
  const isNew = !existsSync(file);
  const descriptor = openSync(file, howOpened, 0o600);
  try {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`, 'utf8');
    if (writeSync(descriptor, bytes) !== bytes.length) throw new Error('the disk took half a line');
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (!isNew) return;
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
