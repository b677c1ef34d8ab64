/**
 * Why the journal cannot be used at the start, in words that say what to do about it. Where it is the
 * disk that fails, the gate starts all the same: panel, fire and EMERGENCY need no disk.
 */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { fileProblem } from '../../config/read-file.js';
import type { DiskFailure, OpenFailure } from '../journal/failures.js';
import type { Replaced } from '../journal/takeover.js';

export interface FolderTrouble {
  readonly line: string;
  /** the gate can start without it; null: the configuration is wrong */
  readonly why: DiskFailure | null;
}

/**
 * Looks at the folder before SQLite does, whose own words are "unable to open database file".
 * @param folder the state directory
 * @param file of the journal in it; need not be there
 * @returns what is wrong and what to do, or null
 */
export function folderTrouble(folder: string, file: string): FolderTrouble | null {
  const wrong = (line: string): FolderTrouble => ({ line, why: null });
  const readOnly = (line: string): FolderTrouble => ({ line, why: 'read-only' });
  try {
    if (!statSync(folder).isDirectory())
      return wrong(`${folder} is no folder: give it another name`);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if (!existsSync(file)) return null;
    if (!statSync(file).isFile()) return wrong(`${file} is no file: move it away`);
    accessSync(file, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EACCES' || code === 'EPERM')
      return readOnly(
        `${folder} cannot be written by the user that runs this: run chown -R with that user on it`,
      );
    if (code === 'EROFS')
      return readOnly(
        `${folder} is on a file system mounted read-only: mount it writable, and look at dmesg for why it was not`,
      );
    return wrong(`${folder} ${fileProblem(error)}`);
  }
}

const remedies: Readonly<Record<OpenFailure, string>> = {
  damaged:
    'it is damaged, and could not be kept aside for a new one. Move it and its -wal and -shm away and keep them as evidence',
  locked: 'another process has it open: is a gate running already? End that one',
  'newer-schema': 'a later version of this software wrote it: install that version or a later one',
  'disk-full': 'the disk is full: make room',
  'read-only': 'it cannot be written: look at its owner and at how the file system is mounted',
  'io-error': 'the disk or the file does not answer as it should: look at dmesg and at its owner',
  'bad-record':
    'its first record cannot be written: is the system clock set to a year from 1970 to 9999?',
  'worker-lost': 'its thread has ended: is the installation whole, and is there memory left?',
};

/** What the gate does without its journal, for whoever reads why it has none. */
export const goesOnWithout =
  'the gate starts without its journal: no passage is granted by itself, the guard, EMERGENCY and fire work; it tries again every ten seconds';

/**
 * @param file of the journal
 * @param why the journal's code
 * @param detail its text
 * @returns one line with what to do
 */
export function openTrouble(file: string, why: OpenFailure, detail: string): string {
  return `the journal ${file} cannot be opened (${why}): ${remedies[why]} (${detail})`;
}

/**
 * @param replaced what has become of the journal before this one
 * @param kiosk the gate's id, as the collector knows it
 * @returns one line with what to do
 */
export function replacedTrouble(replaced: Replaced, kiosk: string): string {
  const { cause, detail, kept, usesCount, isWhole } = replaced;
  const forgotten = isWhole
    ? ''
    : '; others could not be read, so a paper used before may pass again';
  const taken = `${usesCount} used papers were taken over${forgotten}`;
  if (kept === null) return `the journal is ${cause} (${detail}): a new one was begun. ${taken}`;
  return `the journal was ${cause} (${detail}): it is kept aside as ${kept}, a new one was begun. ${taken}. Give the collector what it has not had: gatectl collect import ${kept} --gate ${kiosk}; then move the file away`;
}
