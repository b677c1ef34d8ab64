/** The state directory: may it be written, is there room, how long a sync takes, does the journal hold. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { monotonicNowMs } from '../../hardware/linux/clock.js';
import { timing } from '../core/limits.js';
import { folderTrouble } from '../daemon/journal-trouble.js';
import { errorText } from '../journal/failures.js';
import { verifyNewest } from '../journal/verify.js';
import { type Finding, failed, ok, warning } from './finding.js';
import type { RunningGate } from './running-gate.js';

/** Below it the gate soon cannot write: a busy lane writes 20 MB a day. */
const freeBytes = { failed: 50_000_000, warning: 500_000_000 } as const;
/** Syncs of one page each: enough to meet a stall of an SD card now and then. */
const syncCount = 20;
const syncBytes = 4_096;
/** People wait for each sync: a good card takes some milliseconds. */
const syncMsUsual = 100;
/** Records looked at: a week of a busy lane, read in a second or two. */
const newestRecords = 20_000;

/** @returns findings on the folder and on the journal in it */
export function checkDisk(stateDirectory: string, running: RunningGate | null): readonly Finding[] {
  const file = join(stateDirectory, 'journal.db');
  const trouble = folderTrouble(stateDirectory, file);
  if (trouble !== null) {
    const [says, remedy] = split(trouble.line);
    return [failed('disk', says, remedy)];
  }
  return [roomFinding(stateDirectory), syncFinding(stateDirectory), journalFinding(file, running)];
}

/** Messages for the person who starts the gate are `what: what to do`. */
function split(line: string): readonly [says: string, remedy: string] {
  const at = line.indexOf(': ');
  return at < 0
    ? [line, 'make the folder, or correct stateDirectory']
    : [line.slice(0, at), line.slice(at + 2)];
}

function roomFinding(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const bytes = bavail * bsize;
  const says = `${Math.floor(bytes / 1_000_000)} MB free in ${folder}`;
  const remedy = 'make room, or keep less: journal.retention in kiosk.json';
  if (bytes < freeBytes.failed) return failed('disk', says, remedy);
  return bytes < freeBytes.warning ? warning('disk', says, remedy) : ok('disk', says);
}

function syncFinding(folder: string): Finding {
  const file = join(folder, `doctor-${randomBytes(8).toString('hex')}`);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'wx', 0o600);
    const page = Buffer.alloc(syncBytes);
    const times: number[] = [];
    for (let turn = 0; turn < syncCount; turn += 1) {
      const began = monotonicNowMs();
      writeSync(descriptor, page, 0, page.length, turn * syncBytes);
      fdatasyncSync(descriptor);
      times.push(monotonicNowMs() - began);
    }
    times.sort((left, right) => left - right);
    const median = times[syncCount / 2] ?? 0;
    const worst = times.at(-1) ?? 0;
    const says = `a sync takes ${median.toFixed(1)} ms, the longest of ${syncCount} took ${worst.toFixed(1)} ms`;
    const remedy = 'another card or an SSD: each passage waits for one sync';
    if (worst > timing.commitMsMax) return failed('disk-sync', says, remedy);
    return median > syncMsUsual ? warning('disk-sync', says, remedy) : ok('disk-sync', says);
  } catch (error) {
    return failed('disk-sync', `cannot be measured: ${errorText(error)}`, 'look at dmesg');
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
    rmSync(file, { force: true });
  }
}

function journalFinding(file: string, running: RunningGate | null): Finding {
  if (running !== null) {
    if (running.unwritten === 0) return ok('journal', 'in use by the gate, which writes it');
    return failed(
      'journal',
      `in use by the gate, where ${running.unwritten} records wait for the disk`,
      'look at the disk: dmesg, df',
    );
  }
  if (!existsSync(file)) return ok('journal', 'not there yet: the first start begins it');
  const check = verifyNewest(file, newestRecords);
  if (check.ok)
    return ok(
      'journal',
      `${check.head.seq} records; the newest ${check.count} hold (gatectl journal verify looks at all)`,
    );
  if (check.why === 'unreadable')
    return check.isLocked
      ? warning('journal', 'in use by another process', 'is a gate running with another port?')
      : failed('journal', `cannot be read: ${check.detail}`, 'keep the file, and start the gate');
  return failed(
    'journal',
    `record ${check.seq} is not as it was written (${check.why})`,
    `keep the file as evidence: gatectl journal verify ${file}`,
  );
}
