/**
 * Opens the journal of a run, does without one while the disk cannot be written, and begins another
 * where it is damaged.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Retention } from '../../config/retention.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { JournalFault } from '../../config/vocabulary.js';
import { absentJournal, isDisks, nothingRestored, type OpenedJournal } from '../journal/absent.js';
import type { JournalResult, openJournal } from '../journal/journal.js';
import type { JournalPort, Restored } from '../journal/port.js';
import type { GateTools } from './gate-tools.js';
import { folderTrouble, goesOnWithout, openTrouble, replacedTrouble } from './journal-trouble.js';
import type { OpenJournal } from './reports.js';

export interface GateJournalOptions extends GateTools {
  /** the state directory; its journal is `journal.db` */
  readonly folder: string;
  /** as the kernel names it; null: it does not say */
  readonly machineStart: string | null;
  /** the gate's id */
  readonly kiosk: string;
  readonly openJournal: typeof openJournal;
  /** one line for the person who started the gate */
  tell(line: string): void;
  /** a journal that could not be opened at the start has been, or one in place of a damaged one */
  opened(open: OpenJournal): void;
  /** it is so (`on`), or over */
  fault(fault: JournalFault, on: boolean): void;
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
 * @returns the journal, which purges nothing before it is told what to keep; or one that fails until the
 *   disk is mended; null where the gate cannot start with either (no folder, in use, of a later version),
 *   which has been told
 */
export async function openGateJournal(options: GateJournalOptions): Promise<GateJournal | null> {
  const { folder, kiosk, clock, scheduler, log, tell, machineStart } = options;
  const file = join(folder, 'journal.db');
  const bootId = randomBytes(8).toString('hex');
  const open = async (
    damage: string | null,
    retention: Retention | null,
  ): Promise<JournalResult> => {
    const opened = await options.openJournal({
      file,
      bootId,
      machineStart,
      retention,
      at: formatRfc3339(clock.now().wallMs),
      newJournalId: randomBytes(16).toString('hex'),
      previous: null,
      ...(damage === null ? {} : { damage }),
    });
    if (!opened.ok) return opened;
    void opened.lost.then(options.lost);
    const { replaced } = opened.restored;
    if (replaced === undefined) return opened;
    const line = replacedTrouble(replaced, kiosk);
    tell(line);
    log.error({ alarm: 'journal-damaged', kept: replaced.kept }, line);
    return opened;
  };
  const keeping = (first: Parameters<typeof absentJournal>[0]['first']): JournalPort =>
    absentJournal({
      clock,
      scheduler,
      first,
      open,
      opened(later: OpenedJournal) {
        log.info('the journal is open');
        options.opened(later);
      },
      failed: (why, detail) => log.error({ why, detail }, 'the journal cannot be opened'),
      damaged: (detail) => log.error({ detail }, 'the journal is damaged: another is begun'),
      filling: (on) => options.fault('journal-filling', on),
    });
  const trouble = folderTrouble(folder, file);
  const opened = trouble === null ? await open(null, null) : null;
  if (opened?.ok)
    return { restored: opened.restored, bootId, open: opened, journal: keeping(opened) };
  if (trouble !== null) tell(trouble.line);
  if (opened !== null) tell(openTrouble(file, opened.why, opened.detail));
  const cause = trouble?.why ?? opened?.why ?? null;
  if (cause === null || !isDisks(cause)) return null;
  tell(goesOnWithout);
  log.error({ alarm: 'journal-absent', why: cause }, 'the gate starts without its journal');
  return { journal: keeping(cause), restored: nothingRestored, bootId, open: null };
}
