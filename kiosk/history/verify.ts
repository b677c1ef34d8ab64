/**
 * Verifies a journal wherever it is kept: its chain, what has been signed of it, what was purged, and
 * each sealed part against its record. Names the first record that is not as it was written. Reads in
 * one pass, memory flat.
 */
import type { JournalSource, SourceKind } from '../journal/source.js';
import { type JournalFault, sourceFault } from './fault.js';
import { type Known, marksOf } from './marks.js';
import { startWalk, type Walked } from './walk.js';

/** Records between two words on how far it is. */
const progressRecords = 4_096;

export interface VerifyOptions extends Known {
  /** so many records are done */
  progress(count: number): void;
}

export interface JournalCheck extends Walked {
  readonly kind: SourceKind;
  /** whose records they are: an export may be of either */
  readonly of: JournalSource['of'];
  readonly site: string | null;
  readonly kiosk: string | null;
  readonly journal: string;
  /** the first that is wrong; null: nothing is */
  readonly fault: JournalFault | null;
  /** without a trust list, or without the gate's key on it, they are not */
  readonly signaturesChecked: boolean;
  /** the trust list that was given has no key of the gate */
  readonly isGateUnknown: boolean;
  readonly checkpoints: number;
  readonly losses: JournalSource['losses'];
}

/** @returns what was found; never throws for what is in the source */
export function verifyJournal(source: JournalSource, options: VerifyOptions): JournalCheck {
  const { site, kiosk, marks, fault: gateFault, isGateUnknown } = marksOf(source, options);
  const signaturesChecked = options.keys !== null && !isGateUnknown;
  const walk = startWalk(source, marks, signaturesChecked);
  let fault = gateFault;
  for (const item of fault === null ? source.rows() : []) {
    if (fault === null) fault = item.is === 'fault' ? sourceFault(item) : walk.row(item);
    else if (item.is === 'row') walk.behindFault(item);
    if (fault !== null && !walk.hasMissingParts()) break;
    if (walk.count() % progressRecords === 0) options.progress(walk.count());
  }
  fault = walk.atEnd(fault);
  return {
    ...{ kind: source.kind, of: source.of, site, kiosk, journal: source.journal, fault },
    ...walk.found(),
    ...{ signaturesChecked, isGateUnknown },
    checkpoints: source.checkpoints.length,
    losses: source.losses,
  };
}
