/** The newest records of a gate's journal, read from its disk as they are committed. */
import type { OpenJournal } from '../../kiosk/daemon/reports.js';

/** A record as it was hashed. */
export interface JournalLine {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  /** all of it, `seq`, `at`, `bootId` and `type` among it */
  readonly record: Readonly<Record<string, unknown>>;
}

export interface JournalTail {
  /** newest first */
  lines(): readonly JournalLine[];
  /** The gate was started (again) on this disk. */
  follow(open: OpenJournal): void;
}

/** Enough to see what the last few people came to. */
const linesMax = 40;
/** Of one question to the disk: far below what an outbox message takes. */
const page = { bytesMax: 65_536, rowsMax: 100 } as const;

/** @returns a tail that has seen nothing; `came` is told of what is new, in order */
export function journalTail(came: (lines: readonly JournalLine[]) => void): JournalTail {
  let newest: readonly JournalLine[] = [];
  let seen = 0;
  let wanted = 0;
  let isReading = false;

  const read = async ({ outbox }: OpenJournal): Promise<void> => {
    if (isReading) return;
    isReading = true;
    while (seen < wanted) {
      const answer = await outbox.read(seen, { ...page, through: wanted });
      if (!answer.ok || answer.result.count === 0) break;
      const { first, last, records } = answer.result;
      const parsed = JSON.parse(`[${Buffer.from(records).toString('utf8')}]`) as readonly Readonly<
        Record<string, unknown>
      >[];
      const lines = parsed.map((record, index) => lineOf(first + index, record));
      seen = last;
      newest = [...lines.toReversed(), ...newest].slice(0, linesMax);
      came(lines);
    }
    isReading = false;
  };
  return {
    lines: () => newest,
    follow(open) {
      const { head } = open.restored;
      // What was read is behind; what the last run wrote and nobody read is not.
      wanted = Math.max(wanted, head.seq);
      open.journal.subscribe((event) => {
        if (event.type !== 'committed') return;
        wanted = event.lastSeq;
        void read(open);
      });
      void read(open);
    },
  };
}

function lineOf(seq: number, record: Readonly<Record<string, unknown>>): JournalLine {
  return { seq, at: String(record['at']), type: String(record['type']), record };
}
