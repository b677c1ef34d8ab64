/** The outbox's twin on a disk in memory: the same answers, after the caller has returned. */
import { type ChainRow, type Head, toHex } from './chain.js';
import { type OutboxRow, packPage } from './outbox-page.js';
import type { KeptCheckpoint, KeptNotice, OutboxPort, Reported } from './outbox-port.js';
import type { SealedPart } from './sealed-part.js';

/** What of reporting survives a power cut. */
export interface MemoryReported {
  readonly rows: readonly ChainRow[];
  readonly sealed: ReadonlyMap<number, SealedPart>;
  released: Head | null;
  noticedThrough: number;
  readonly notices: Map<string, KeptNotice>;
  /** by the number of their records; what the database thins out stays here */
  readonly checkpoints: Map<number, Omit<KeptCheckpoint, 'witness'> & { witnesses: string[] }>;
}

/** @returns the outbox of a disk, and where reporting stands on it */
export function memoryOutbox(disk: MemoryReported): {
  readonly outbox: OutboxPort;
  readonly reported: Reported;
} {
  const hashAt = (seq: number): string | null => {
    const row = disk.rows[seq - 1];
    return row === undefined ? null : toHex(row.hash);
  };
  function* rowsFrom(after: number): Iterable<OutboxRow> {
    for (const { seq, bytes } of disk.rows.slice(after))
      yield { seq, bytes, sealed: disk.sealed.get(seq) ?? null };
  }
  return {
    reported: {
      released: disk.released,
      noticedThrough: disk.noticedThrough,
      notices: [...disk.notices.values()],
    },
    outbox: {
      read: async (after, limits) => ({
        ok: true,
        result: packPage(hashAt(after) ?? '0'.repeat(64), rowsFrom(after), limits),
      }),
      async release({ seq, hash }) {
        const known = hashAt(seq);
        if (known === null) return { ok: true, result: 'ahead' };
        if (known !== hash) return { ok: true, result: 'other-hash' };
        if (seq <= (disk.released?.seq ?? 0)) return { ok: true, result: 'behind' };
        disk.released = { seq, hash };
        return { ok: true, result: 'moved' };
      },
      async keepNotices({ through, add, remove }) {
        for (const notice of add) disk.notices.set(notice.id, notice);
        for (const id of remove) disk.notices.delete(id);
        disk.noticedThrough = through;
        return { ok: true, result: null };
      },
      async keepCheckpoint({ seq, note, witness }) {
        const kept = disk.checkpoints.get(seq) ?? { seq, note, witnesses: [] };
        if (witness !== null && !kept.witnesses.includes(witness)) kept.witnesses.push(witness);
        disk.checkpoints.set(seq, kept);
        return { ok: true, result: null };
      },
    },
  };
}
