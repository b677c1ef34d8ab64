/** Disks of the board, and a journal on them as the next start finds it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Fault, judge, type Verdict } from '../crash/judge.js';
import type { Observed } from '../crash/observed.js';
import { reopen } from '../crash/reopen.js';
import type { GrantingOptions } from './granting.js';
import { withSystemPath } from './kernel.js';

/** Where the board has its disk, and the gate its journal on it. */
const mounted = '/run/disk';
export const journalOnBoard = `${mounted}/state/journal.db`;

/** Makes a file with an ext4 file system of so many MiB; nothing is left for the kernel to do later. */
export function makeDisk(file: string, sizeMib: number): void {
  const words = ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', file, `${sizeMib}M`];
  const made = spawnSync('mkfs.ext4', words, { encoding: 'utf8', env: withSystemPath });
  if (made.status !== 0) throw new Error(made.stderr);
}

/** @returns for `sh`: mounts the disk, as a start does after a power cut */
export function mountCommand(device: string, options = 'defaults'): string {
  return `mkdir -p ${mounted} && mount -t ext4 -o ${options} ${device} ${mounted}`;
}

export const unmountCommand = `umount ${mounted}`;

/** @returns for `sh`: copies the journal, as it is, into a folder of the host's */
export function salvageCommand(folder: string): string {
  return `mkdir -p ${folder}; cp ${journalOnBoard}* ${folder} 2>/dev/null || :; sync -f ${folder}; echo salvaged`;
}

/** @returns for `sh`: lets a gate grant */
export function grantCommand(options: GrantingOptions): string {
  const program = fileURLToPath(new URL('./granting.js', import.meta.url));
  return `${process.execPath} ${program} '${JSON.stringify(options)}'`;
}

/**
 * @param folder with what was salvaged
 * @param observed before the cut
 * @returns the judge's verdict; of a cut before the journal's first answer nothing but that it opens
 */
export function judgeSalvaged(folder: string, observed: Observed): Verdict {
  const file = join(folder, 'journal.db');
  if (observed.acknowledged.length > 0 && existsSync(file)) return judge(file, observed);
  const faults: Fault[] = [];
  if (observed.acknowledged.length > 0)
    faults.push({ name: 'acknowledged-missing', detail: 'there is no journal' });
  const reopened = reopen(file);
  if (!reopened.ok) faults.push({ name: 'not-working', detail: reopened.why });
  return { faults, recordCount: 0, uncertainCount: 0, head: { seq: 0, hash: '' } };
}
