/** Opens the journal of a run, or does without one while the disk cannot be written. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { Clock, Scheduler } from '../../hardware/ports.js';
import { absentJournal, isDisks, nothingRestored } from '../journal/absent.js';
import type { JournalResult, openJournal } from '../journal/journal.js';
import type { JournalPort, Restored } from '../journal/port.js';
import { folderTrouble, goesOnWithout, openTrouble } from './journal-trouble.js';
import type { OpenJournal } from './reports.js';

export interface GateJournalOptions {
  /** the state directory; its journal is `journal.db` */
  readonly folder: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** as the kernel names it; null: it does not say */
  readonly machineStart: string | null;
  readonly openJournal: typeof openJournal;
  /** one line for the person who started the gate */
  tell(line: string): void;
  /** a journal that could not be opened at the start has been */
  opened(open: OpenJournal): void;
  /** an open journal's thread has ended without being asked to */
  lost(why: string): void;
}

export interface GateJournal {
  readonly journal: JournalPort;
  readonly restored: Restored;
  /** of this run */
  readonly bootId: string;
  /** null while the disk cannot be written */
  readonly open: OpenJournal | null;
}

/**
 * @param options the folder and who is told
 * @returns the journal, or one that fails until the disk is mended; null where the gate cannot start
 *   with either (no folder, in use, damaged, of a later version), which has been told
 */
export async function openGateJournal(options: GateJournalOptions): Promise<GateJournal | null> {
  const { folder, clock, scheduler, log, tell, machineStart } = options;
  const file = join(folder, 'journal.db');
  const bootId = randomBytes(8).toString('hex');
  const newJournalId = randomBytes(16).toString('hex');
  const open = async (): Promise<JournalResult> => {
    const at = formatRfc3339(clock.now().wallMs);
    const names = { file, bootId, machineStart, at, newJournalId, previous: null };
    const opened = await options.openJournal(names);
    if (opened.ok) void opened.lost.then(options.lost);
    return opened;
  };
  const trouble = folderTrouble(folder, file);
  const opened = trouble === null ? await open() : null;
  if (opened?.ok) return { ...opened, bootId, open: opened };
  if (trouble !== null) tell(trouble.line);
  if (opened !== null) tell(openTrouble(file, opened.why, opened.detail));
  const cause = trouble?.why ?? opened?.why ?? null;
  if (cause === null || !isDisks(cause)) return null;
  tell(goesOnWithout);
  log.error({ alarm: 'journal-absent', why: cause }, 'the gate starts without its journal');
  const journal = absentJournal({
    clock,
    scheduler,
    why: cause,
    open,
    opened(open) {
      log.info('the journal is open');
      options.opened(open);
    },
    failed: (why, detail) => log.error({ why, detail }, 'the journal cannot be opened'),
  });
  return { journal, restored: nothingRestored, bootId, open: null };
}
