/** `gatectl collect …`: backup, restore, and what to do about records that are missing. */
import { systemClock } from '../../hardware/linux/clock.js';
import { backUp, type Copied, checkChains, restoreBackup } from '../../kiosk/collector/backup.js';
import { openBeside } from '../../kiosk/collector/beside.js';
import { importJournal } from '../../kiosk/collector/import.js';
import { acceptLoss } from '../../kiosk/collector/losses.js';
import { type CollectorStore, openCollectorStore, siteOf } from '../../kiosk/collector/store.js';
import { type ExitCode, readArguments, required, type Streams, UsageError } from './command.js';
import { refuseExisting } from './files.js';
import { counted } from './words.js';

const text = { type: 'string' } as const;
const journalShape = /^[0-9a-f]{32}$/;

type Keep = (args: readonly string[], streams: Streams) => Promise<ExitCode>;

/** What keeps the store, by name. */
export const keeping: Readonly<Record<string, Keep>> = {
  async backup(args, streams) {
    const { values, positionals } = readArguments(args, { db: text }, 1);
    const file = required(positionals[0], 'the backup’s FILE');
    refuseExisting(file);
    const copied = backUp(required(values.db, '--db'), file);
    return await tell(streams, 'backup', copied, `${file} holds`);
  },

  async restore(args, streams) {
    const { values, positionals } = readArguments(args, { db: text }, 1);
    const backup = required(positionals[0], 'the backup’s FILE');
    const file = required(values.db, '--db');
    refuseExisting(file);
    const copied = restoreBackup(backup, file);
    return await tell(streams, 'restore', copied, `${file} holds`);
  },

  async verify(args, streams) {
    const { values } = readArguments(args, { db: text }, 0);
    const file = required(values.db, '--db');
    const opened = openBeside(file, 'read');
    if (!opened.ok) throw new UsageError(`${file}: ${opened.detail}`);
    try {
      return await tell(streams, 'verify', checkChains(opened.database), 'the chains hold:');
    } finally {
      opened.database.close();
    }
  },

  async import(args, streams) {
    const { values, positionals } = readArguments(args, { db: text, gate: text }, 1);
    const file = required(positionals[0], 'the gate’s journal FILE');
    const kiosk = required(values.gate, '--gate');
    return await withStore(required(values.db, '--db'), async (store) => {
      const { wallMs } = systemClock().now();
      const imported = importJournal(store, kiosk, file, wallMs);
      if (!imported.ok) {
        streams.err(`gatectl collect import: ${file}: ${imported.detail}\n`);
        return 1;
      }
      const { journal, added, head, verdicts } = imported;
      const end = head === null ? 'none of it is stored' : `stored up to record ${head.seq}`;
      await streams.out(`${journal}: ${counted(added, 'record')} new, ${end}\n`);
      if (verdicts.length > 0) streams.err(`not taken: ${verdicts.join(', ')}; see faults\n`);
      return verdicts.length === 0 ? 0 : 1;
    });
  },

  async 'accept-loss'(args, streams) {
    const { values } = readArguments(args, { db: text, gate: text, journal: text }, 0);
    const kiosk = required(values.gate, '--gate');
    const journal = required(values.journal, '--journal');
    if (!journalShape.test(journal)) throw new UsageError('--journal is 32 hex digits');
    return await withStore(required(values.db, '--db'), async (store) => {
      const { from, to } = acceptLoss(store, { kiosk, journal }, systemClock().now().wallMs);
      const what =
        to === null
          ? `what is missing from record ${from} on is given up with the next batch of ${kiosk}, and written down`
          : `records ${from} to ${to} are given up, and that is written down`;
      await streams.out(`${what} (faults --losses)\n`);
      return 0;
    });
  },
};

async function tell(
  streams: Streams,
  verb: string,
  copied: Copied,
  words: string,
): Promise<ExitCode> {
  if (!copied.ok) {
    streams.err(`gatectl collect ${verb}: ${copied.detail}\n`);
    return 1;
  }
  await streams.out(
    `${words} ${counted(copied.records, 'record')} of ${counted(copied.journals, 'journal')}\n`,
  );
  return 0;
}

async function withStore(
  file: string,
  work: (store: CollectorStore) => Promise<ExitCode>,
): Promise<ExitCode> {
  const beside = openBeside(file, 'read');
  if (!beside.ok) throw new UsageError(`${file}: ${beside.detail}`);
  const site = siteOf(beside.database);
  beside.database.close();
  const opened = openCollectorStore({ file, site, cosign: null });
  if (!opened.ok) throw new UsageError(`${file}: ${opened.detail}`);
  try {
    return await work(opened.store);
  } finally {
    opened.store.close();
  }
}
