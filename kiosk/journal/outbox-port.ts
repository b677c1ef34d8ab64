/** The journal as reporting sees it: what is on its way out, and how far it has come. Types only. */
import type { Head } from './chain.js';
import type { AppendFailure } from './failures.js';

/** Records that follow each other, as they go out. */
export interface OutboxPage {
  /** hex hash of the record before the first; 64 zeros before record 1 */
  readonly prevHash: string;
  readonly first: number;
  readonly last: number;
  /** none: there is nothing after it */
  readonly count: number;
  /** UTF-8: the records' bytes as they were hashed, a comma between them */
  readonly records: Uint8Array;
  /** JSON members, a comma between them: `"seq":{"salt":…,"box":…}` for each that has a sealed part */
  readonly sealed: string;
}

export interface PageLimits {
  /** of records and sealed parts together; one record comes whatever its size */
  readonly bytesMax: number;
  readonly rowsMax: number;
  /** no record after this one */
  readonly through: number;
}

/** What a party is told, as it is kept: the text of its message. */
export interface KeptNotice {
  readonly id: string;
  /** the record that it tells of */
  readonly seq: number;
  readonly text: string;
}

/** A signed head of this journal, or what a witness says of one that is kept. */
export interface KeptCheckpoint {
  /** of the last record that it reaches */
  readonly seq: number;
  /** C2SP signed-note text */
  readonly note: string;
  /** a C2SP cosignature line, verified; null: none yet */
  readonly witness: string | null;
}

/** Where reporting stands. */
export interface Reported {
  /** the last record that a receipt covers; null: none */
  readonly released: Head | null;
  /** up to which record its notices have been made */
  readonly noticedThrough: number;
  /** oldest first */
  readonly notices: readonly KeptNotice[];
}

/** One change of notices: whole or not at all. */
export interface NoticeChange {
  readonly through: number;
  readonly add: readonly KeptNotice[];
  readonly remove: readonly string[];
}

/**
 * - `moved`: kept; `behind`: covered already; `unkept`: right, but the disk does not take it
 * - `other-hash`, `ahead`: the receipt is for another chain than this, or for records that are not
 *   there: nothing is released
 */
export type ReleaseAnswer = 'moved' | 'behind' | 'unkept' | 'other-hash' | 'ahead';

export type Answered<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly why: AppendFailure };

/** What reporting asks of the journal; it never makes a grant wait for more than one read. */
export interface OutboxPort {
  /** @param after the record before the first one wanted */
  read(after: number, limits: PageLimits): Promise<Answered<OutboxPage>>;
  /** Keeps how far a receipt reaches, where its hash is the record's own. */
  release(receipt: Head): Promise<Answered<ReleaseAnswer>>;
  keepNotices(change: NoticeChange): Promise<Answered<null>>;
  /** Keeps a checkpoint beside the records; of old ones only some stay. */
  keepCheckpoint(kept: KeptCheckpoint): Promise<Answered<null>>;
}
