/** The journal on a real file and its twin in virtual time, behind one face for one set of promises. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ChainRow } from '../../../kiosk/journal/chain.js';
import type { JournalFaults } from '../../../kiosk/journal/handoff.js';
import { openJournal } from '../../../kiosk/journal/journal.js';
import type { OpenOptions } from '../../../kiosk/journal/ledger.js';
import { memoryDisk, memoryJournal } from '../../../kiosk/journal/memory.js';
import type { OutboxPort, Reported } from '../../../kiosk/journal/outbox-port.js';
import type {
  AppendRequest,
  JournalEvent,
  JournalPort,
  Restored,
  UseChange,
} from '../../../kiosk/journal/port.js';
import { readSealed } from '../../../kiosk/journal/sealed.js';
import { partHash, type SealedPart } from '../../../kiosk/journal/sealed-part.js';
import { virtualTime } from './virtual-time.js';

export const at = '2020-02-10T08:00:00.000Z';
export const firstId = '01'.repeat(16);

export interface Run {
  readonly journal: JournalPort;
  readonly restored: Restored;
  readonly outbox: OutboxPort;
  readonly reported: Reported;
  readonly faults: JournalFaults;
  /** every answer so far */
  readonly events: readonly JournalEvent[];
  /** Waits until there are so many answers. */
  answered(count: number): Promise<readonly JournalEvent[]>;
  close(): Promise<void>;
  /** Ends without a goodbye. */
  crash(): Promise<void>;
}

export type RunOptions = Partial<
  Pick<OpenOptions, 'at' | 'newJournalId' | 'bootId' | 'machineStart'>
>;

export interface Rig {
  readonly name: string;
  open(options?: RunOptions): Promise<Run>;
  /** The committed records; only while no run is open. */
  rows(): readonly ChainRow[];
  /** A sealed part; only while no run is open. */
  sealed(seq: number): SealedPart | undefined;
  /** Purges sealed parts; only while no run is open. */
  purge(seqs: readonly number[]): number;
  /** the monotonic clock that its stalls go by */
  nowMs(): number;
  dispose(): void;
}

/** A real database in a temporary folder, in its worker. */
export function fileRig(): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  const file = join(folder, 'state', 'journal.db');
  return {
    name: 'worker on a file',
    async open(options) {
      const opened = await openJournal({
        file,
        bootId: 'boot',
        at,
        newJournalId: firstId,
        previous: null,
        faults: true,
        ...options,
      });
      if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
      const { journal, restored, outbox, reported, faults } = opened;
      if (faults === null) throw new Error('no faults');
      const events: JournalEvent[] = [];
      let wake: () => void = () => undefined;
      journal.subscribe((event) => {
        events.push(event);
        wake();
      });
      return {
        journal,
        restored,
        outbox,
        reported,
        faults,
        events,
        async answered(count) {
          while (events.length < count)
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          return events;
        },
        close: () => journal.close(),
        async crash() {
          faults.loseWorker();
          await journal.close();
        },
      };
    },
    rows() {
      const database = new Database(file, { readonly: true });
      const rows = database
        .prepare<[], ChainRow>('SELECT seq, bytes, hash FROM records ORDER BY seq')
        .all();
      database.close();
      return rows;
    },
    sealed(seq) {
      const read = readSealed(file, seq);
      return read.ok ? read.part : undefined;
    },
    purge(seqs) {
      const database = new Database(file);
      const drop = database.prepare<[number]>('DELETE FROM sealed WHERE seq = ?');
      const count = seqs.reduce((sum, seq) => sum + drop.run(seq).changes, 0);
      database.close();
      return count;
    },
    nowMs: () => performance.now(),
    dispose: () => rmSync(folder, { recursive: true }),
  };
}

/** The twin, its disk and a clock that moves only when somebody waits. */
export function memoryRig(): Rig {
  const disk = memoryDisk();
  const time = virtualTime();
  return {
    name: 'twin in virtual time',
    async open(options) {
      const opened = memoryJournal({
        scheduler: time,
        clock: time,
        latencyMs: () => 2,
        disk,
        bootId: 'boot',
        at,
        newJournalId: firstId,
        previous: null,
        ...options,
      });
      const { journal, restored, outbox, reported, faults } = opened;
      const events: JournalEvent[] = [];
      journal.subscribe((event) => events.push(event));
      return {
        journal,
        restored,
        outbox,
        reported,
        faults,
        events,
        async answered(count) {
          while (events.length < count) if (!time.next()) throw new Error('nothing will happen');
          return events;
        },
        async close() {
          const closed = journal.close();
          while (time.next());
          await closed;
        },
        async crash() {
          opened.cutPower();
        },
      };
    },
    rows: () => disk.rows,
    sealed: (seq) => disk.sealed.get(seq),
    purge: (seqs) => seqs.filter((seq) => disk.sealed.delete(seq)).length,
    nowMs: () => time.now().monotonicMs,
    dispose: () => undefined,
  };
}

/** One request with one record; `uses` beside it. */
export function request(id: number, uses: readonly UseChange[] = [], urgent = true): AppendRequest {
  return { id, records: [{ type: 'granted', at, attempt: id }], uses, urgent };
}

/** A sealed part that nobody can open, and the hash that its record names. */
export function sealedPart(content: string): SealedPart & { readonly hash: string } {
  const part = { salt: '5a'.repeat(16), box: Buffer.from(content).toString('base64url') };
  const hash = partHash(part);
  if (hash === null) throw new Error('no sealed part');
  return { ...part, hash };
}

export function ticket(
  op: UseChange['op'],
  key: string,
  direction: 'in' | 'out' = 'out',
  until = '2020-02-12T00:00:00+08:00',
): UseChange {
  return { op, entry: { type: 'ticket', key, direction, until, at } };
}
