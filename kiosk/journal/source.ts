/**
 * A journal as whoever reads it afterwards sees it, wherever it is kept: a gate's database, an export,
 * a collector's database. What is read is as it was found: nothing here is checked against anything.
 * Types only.
 */
import type { ChainRow, Head } from './chain.js';
import type { SealedPart } from './sealed-part.js';

/** Where a journal is kept. */
export type SourceKind = 'database' | 'export' | 'collector';

/** A record as found. */
export interface SourceRow extends ChainRow {
  readonly is: 'row';
  /** the part beside it; null: it has none, or it is gone */
  readonly sealed: SealedPart | null;
}

/** The source cannot be read on: what comes after is not known. Always the last item. */
export interface SourceFault {
  readonly is: 'fault';
  /**
   * `damaged`: the file below the records, or a row that is none; `cut`: it ends before its end;
   * `unreadable`: the disk, or a lock
   */
  readonly why: 'damaged' | 'cut' | 'unreadable';
  /** the first record that could not be read, as far as that is known */
  readonly seq: number;
  readonly detail: string;
}

export type SourceItem = SourceRow | SourceFault;

/** A signed head as it was kept, with what witnesses said of it. */
export interface SourceCheckpoint {
  /** C2SP signed-note text */
  readonly note: string;
  /** C2SP cosignature lines, without line ends */
  readonly witnesses: readonly string[];
}

/** Records of which a collector knows, or its keeper has said, that they will never come. */
export interface SourceLoss {
  readonly from: number;
  readonly to: number;
  /** hex: what stood at `to`, as far as that is known; null: nobody has said */
  readonly hash: string | null;
}

/** One journal of one gate. */
export interface JournalSource {
  readonly kind: SourceKind;
  /** whose records they are: a gate's own, or as a collector has got them; an export may be of either */
  readonly of: Exclude<SourceKind, 'export'>;
  /** null where the source does not say: a gate's own database knows neither */
  readonly site: string | null;
  readonly kiosk: string | null;
  /** 32 hex digits; empty where it is lost */
  readonly journal: string;
  /**
   * What the source itself says stands before its first record. Null: nothing; then it begins with
   * record 1, or a purge in it says what stood there
   */
  readonly before: Head | null;
  /** the last record that the source says it has; null: it says nothing */
  readonly end: Head | null;
  /**
   * The records as they are kept, ascending by their numbers where the source can order them (an
   * export is read as it stands). May be asked for again and again; memory stays flat.
   * @param after the record before the first one wanted; 0: all
   */
  rows(after?: number): Iterable<SourceItem>;
  /** ascending by the size that their text states; a few thousand at most */
  readonly checkpoints: readonly SourceCheckpoint[];
  readonly losses: readonly SourceLoss[];
  /** the first number under which a part lies beside no record; null: none does */
  readonly strayPart: number | null;
  close(): void;
}

/** Why a file could not be opened as a source. */
export interface SourceRefusal {
  readonly ok: false;
  /** `none`: it holds no journal, or not the one asked for */
  readonly why: 'none' | 'damaged' | 'unreadable' | 'locked' | 'newer-schema';
  readonly detail: string;
}

export type SourceResult = { readonly ok: true; readonly source: JournalSource } | SourceRefusal;
