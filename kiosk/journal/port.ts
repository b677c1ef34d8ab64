/**
 * The journal as the loop sees it: requests go in, answers come back as events. Nothing is awaited.
 * Records become numbered, chained and durable only inside the journal.
 */
import type { Retention } from '../../config/retention.js';
import type { BootReason, KnownEntry } from '../../config/vocabulary.js';
import type { SealedBeside } from './sealed-part.js';
import type { Replaced } from './takeover.js';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A record before the journal adds `seq` and `bootId`. Numbers are safe integers. */
export interface RecordDraft {
  readonly type: string;
  /** RFC 3339, UTC, milliseconds */
  readonly at: string;
  readonly [key: string]: JsonValue;
}

/** What a transaction does to single-use papers, beside its records. */
export interface UseChange {
  readonly op: 'reserve' | 'spend' | 'return' | 'uncertain' | 'know' | 'learn';
  /**
   * `learn` stores an entry of another gate, `know` a window, a passage or an isolation of this one; the
   * others concern `ticket` and `code`, and an isolation before it is certain
   */
  readonly entry: KnownEntry;
}

/** What must outlive a restart and is no record: small, replaced whole. */
export interface Standing {
  /** entry is stopped */
  readonly lockdown: boolean;
  /** wall milliseconds that time has surely reached (law 6); null: never synced yet */
  readonly floorMs: number | null;
}

export const nothingStands: Standing = { lockdown: false, floorMs: null };

/** Without records it may only learn and spend uses, and keep what stands. */
export interface AppendRequest {
  /** answered by `committed` or `failed` with the same id; ids grow */
  readonly id: number;
  readonly records: readonly RecordDraft[];
  readonly uses: readonly UseChange[];
  /** kept in the same transaction in place of what stood; left out: that stands on */
  readonly standing?: Standing;
  /** parts of these records, each the one whose hash is its record's member `sealed` */
  readonly sealed?: readonly SealedBeside[];
  /** true: somebody waits for the sync; false: may share the next commit, within 50 ms */
  readonly urgent: boolean;
}

export type JournalEvent =
  | {
      readonly type: 'committed';
      readonly id: number;
      readonly firstSeq: number;
      readonly lastSeq: number;
      /** hex; the chain's head after this request */
      readonly hash: string;
    }
  | { readonly type: 'failed'; readonly id: number; readonly why: string };

/** In place of a request's id: the journal has written records about itself while it was open. */
export const ownRecordsId = 0;

export interface JournalPort {
  append(request: AppendRequest): void;
  subscribe(listener: (event: JournalEvent) => void): () => void;
  /** From its next purge on it goes by these; what was appended before may be committed after they are taken. */
  retain(retention: Retention): void;
  /** Commits what is queued, then ends. */
  close(): Promise<void>;
}

/** A use as found at start. `uncertain`: reserved by a grant whose passage is not known. */
export interface RestoredUse {
  readonly entry: KnownEntry;
  readonly state: 'spent' | 'uncertain';
  /** of a ticket or a code: another gate has told of its use, and that is nothing new */
  readonly elsewhere?: true;
  /** it was made at this gate, which tells it to the others */
  readonly own?: true;
}

/** What the database knew when it was opened. */
export interface Restored {
  /** 16 random bytes, hex, made with the database */
  readonly journal: string;
  readonly head: { readonly seq: number; readonly hash: string };
  readonly uses: readonly RestoredUse[];
  /** as last kept; its floor is not before the last record, which was dated by it */
  readonly standing: Standing;
  /** whether the last run ended by `close` */
  readonly endedCleanly: boolean;
  /** how the last run ended, as far as is known */
  readonly reason: BootReason;
  /** this journal was begun in place of one that could not be used any more */
  readonly replaced?: Replaced;
}
