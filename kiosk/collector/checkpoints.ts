/**
 * Checkpoints: a gate's own signed word on its head. One that is stored with the same hash is
 * verified and cosigned; one beyond what is stored waits; one that contradicts is a fork, with a
 * signature that its gate cannot deny. Within transactions of the caller's.
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
  reach(row: JournalRow, nowMs: number): Fault | null;
  /** The newest cosignature line of a journal. */
  witness(kiosk: string, journal: string): string | null;
}

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
  const kept = database.prepare<[string, string, KeptState], Kept>(
    'SELECT seq, hash, note, witness FROM checkpoints WHERE kiosk = ? AND journal = ? AND state = ?',
  );
  const keep = database.prepare<
    [string, string, KeptState, number, string, string, string | null, number]
  >(
    'INSERT OR REPLACE INTO checkpoints (kiosk, journal, state, seq, hash, note, witness, atMs) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const drop = database.prepare<[string, string, KeptState]>(
    'DELETE FROM checkpoints WHERE kiosk = ? AND journal = ? AND state = ?',
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
    const newest = kept.get(kiosk, journal, 'verified');
    if (cosign !== null && (newest === undefined || newest.seq < seq)) {
      const checkpoint = { origin: `gk/1/${site}/${kiosk}/${journal}`, head: { seq, hash } };
      const line = cosign(checkpoint, nowMs);
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
      return { state: 'waiting', journal, fault: null };
    },
    reach(row, nowMs) {
      const { kiosk, journal, head } = row;
      const waiting = kept.get(kiosk, journal, 'waiting');
      // Without a key to cosign with it goes on waiting, for the daemon.
      if (cosign === null || waiting === undefined || waiting.seq > head.seq) return null;
      drop.run(kiosk, journal, 'waiting');
      return settle(row, waiting, nowMs).fault;
    },
    witness: (kiosk, journal) => kept.get(kiosk, journal, 'verified')?.witness ?? null,
  };
}
