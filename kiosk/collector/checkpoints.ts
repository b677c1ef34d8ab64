/**
 * Checkpoints: a gate's own signed word on its head. One that is stored with the same hash is
 * verified, kept for good and, where it is the newest, cosigned: a cosignature says that its witness
 * knows no later one (c2sp.org/tlog-cosignature). One beyond what is stored waits; one that
 * contradicts is a fork, with a signature that its gate cannot deny. Within transactions of the
 * caller's.
 */
import type Database from 'better-sqlite3';
import type { PublicKey } from '../../config/crypto/ed25519-key.js';
import { type Checkpoint, openCheckpoint } from '../report/signed-note.js';
import type { Fault } from './faults.js';
import type { JournalRow, Journals } from './journals.js';

/** Makes the cosignature line of a checkpoint that was found to be what is stored. */
export type Cosign = (checkpoint: Checkpoint, nowMs: number) => string;

export interface ReceivedCheckpoint {
  readonly kiosk: string;
  /** a C2SP signed note; the gate's key; null: the trust list names none */
  readonly note: string;
  readonly key: PublicKey | null;
}

/** `unverified`: kept, but nobody can say whose it is; `bad`: no note of this gate's journal and key. */
export type CheckpointState = 'verified' | 'waiting' | 'unverified' | 'contradicts' | 'bad';
type KeptState = Extract<CheckpointState, 'verified' | 'waiting' | 'unverified'>;

export interface TakenCheckpoint {
  readonly state: CheckpointState;
  /** null: of no journal */
  readonly journal: string | null;
  /** for the caller to report */
  readonly fault: Fault | null;
}

export interface Checkpoints {
  take(received: ReceivedCheckpoint, nowMs: number): TakenCheckpoint;
  /** A journal's head has moved: what waited for it is looked at. @returns what contradicts */
  reach(row: JournalRow, nowMs: number): readonly Fault[];
  /** The newest cosignature line of a journal. */
  witness(kiosk: string, journal: string): string | null;
}

/** Of a journal, for records that are under way: the oldest give way. */
const waitingMax = 128;
const originShape = /^gk\/1\/([^/]+)\/([^/]+)\/([0-9a-f]{32})$/;

interface Kept {
  readonly seq: number;
  readonly hash: string;
  readonly note: string;
  readonly witness: string | null;
}

/** @returns the checkpoints of a database */
export function openCheckpoints(
  database: Database.Database,
  site: string,
  journals: Journals,
  cosign: Cosign | null,
): Checkpoints {
  const newest = database.prepare<[string, string], Pick<Kept, 'seq' | 'witness'>>(
    `SELECT seq, witness FROM checkpoints
     WHERE kiosk = ? AND journal = ? AND state = 'verified' AND witness IS NOT NULL
     ORDER BY seq DESC LIMIT 1`,
  );
  const waiting = database.prepare<[string, string, number], Omit<Kept, 'witness'>>(
    `SELECT seq, hash, note FROM checkpoints
     WHERE kiosk = ? AND journal = ? AND state = 'waiting' AND seq <= ? ORDER BY seq`,
  );
  const keep = database.prepare<
    [string, string, KeptState, number, string, string, string | null, number]
  >(
    'INSERT OR REPLACE INTO checkpoints (kiosk, journal, state, seq, hash, note, witness, atMs) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const isVerified = database.prepare<[string, string, number]>(
    `SELECT 1 FROM checkpoints WHERE kiosk = ? AND journal = ? AND state = 'verified' AND seq = ?`,
  );
  const dropWaiting = database.prepare<[string, string, number]>(
    `DELETE FROM checkpoints WHERE kiosk = ? AND journal = ? AND state = 'waiting' AND seq <= ?`,
  );
  const thinWaiting = database.prepare<[string, string, string, string, number]>(
    `DELETE FROM checkpoints WHERE kiosk = ? AND journal = ? AND state = 'waiting' AND seq <=
       (SELECT seq FROM checkpoints WHERE kiosk = ? AND journal = ? AND state = 'waiting'
        ORDER BY seq DESC LIMIT 1 OFFSET ?)`,
  );
  const dropOthers = database.prepare<[string, KeptState, string]>(
    'DELETE FROM checkpoints WHERE kiosk = ? AND state = ? AND journal <> ?',
  );

  /** Compares a signed checkpoint with the record that is stored in its place. */
  const settle = (
    { id, kiosk, journal }: JournalRow,
    { seq, hash, note }: Omit<Kept, 'witness'>,
    nowMs: number,
  ): Omit<TakenCheckpoint, 'journal'> => {
    const ours = journals.hashAt(id, seq);
    // A record that was given up: nothing says whether it was this one.
    if (ours === null) return { state: 'unverified', fault: null };
    if (ours !== hash) {
      const evidence = Buffer.from(note, 'utf8');
      const fault = { kiosk, journal, kind: 'fork', seq, theirs: hash, ours, evidence } as const;
      return { state: 'contradicts', fault };
    }
    // Without a key to cosign with it goes unkept: the gate sends its last one again to the daemon.
    if (cosign !== null && isVerified.get(kiosk, journal, seq) === undefined) {
      const isNewest = (newest.get(kiosk, journal)?.seq ?? 0) < seq;
      const checkpoint = { origin: `gk/1/${site}/${kiosk}/${journal}`, head: { seq, hash } };
      const line = isNewest ? cosign(checkpoint, nowMs) : null;
      keep.run(kiosk, journal, 'verified', seq, hash, note, line, nowMs);
    }
    return { state: 'verified', fault: null };
  };
  const bad = { state: 'bad', journal: null, fault: null } as const;

  return {
    take({ kiosk, note, key }, nowMs) {
      const checkpoint = key === null ? null : openCheckpoint(note, key);
      const named = originShape.exec(checkpoint?.origin ?? note.split('\n', 1)[0] ?? '');
      const [, ofSite, ofKiosk, journal] = named ?? [];
      if (journal === undefined || ofSite !== site || ofKiosk !== kiosk) return bad;
      if (key === null) {
        // Whoever made it up could make up more: one of a gate is enough.
        dropOthers.run(kiosk, 'unverified', journal);
        keep.run(kiosk, journal, 'unverified', 0, '', note, null, nowMs);
        return { state: 'unverified', journal, fault: null };
      }
      if (checkpoint === null || checkpoint.head.seq < 1) return bad;
      const { seq, hash } = checkpoint.head;
      const row = journals.find(kiosk, journal);
      if (row !== null && seq <= row.head.seq)
        return { journal, ...settle(row, { seq, hash, note }, nowMs) };
      dropOthers.run(kiosk, 'waiting', journal);
      keep.run(kiosk, journal, 'waiting', seq, hash, note, null, nowMs);
      thinWaiting.run(kiosk, journal, kiosk, journal, waitingMax);
      return { state: 'waiting', journal, fault: null };
    },
    reach(row, nowMs) {
      const { kiosk, journal, head } = row;
      // Without a key to cosign with they go on waiting, for the daemon.
      if (cosign === null) return [];
      const reached = waiting.all(kiosk, journal, head.seq);
      if (reached.length > 0) dropWaiting.run(kiosk, journal, head.seq);
      return reached.flatMap((it) => settle(row, it, nowMs).fault ?? []);
    },
    witness: (kiosk, journal) => newest.get(kiosk, journal)?.witness ?? null,
  };
}
