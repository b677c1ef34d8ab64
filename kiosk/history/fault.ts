/** What can be wrong with a journal, each with its place, and in plain words. Pure. */
import type { SourceFault } from '../journal/source.js';

export const faultKinds = [
  /** a record is missing */
  'gap',
  /** a record comes twice, or after one with a higher number */
  'order',
  /** a record's bytes or its hash are not as they were written */
  'hash',
  /** a record is no canonical JSON with its number, or takes a part in the chain that it cannot have */
  'form',
  /** the journal is not the one that its first record names */
  'start',
  /** records before the first one are missing, and no purge says so */
  'beginning',
  'part-changed',
  /** a part is gone, and no purge says so */
  'part-missing',
  /** a part beside no record that names one */
  'part-stray',
  /** a part is there that a purge says is gone */
  'part-kept',
  /** a purge record that is none, or that names a hash that was not there */
  'purge',
  /** nobody whose signature counts has seen this purge */
  'purge-unvouched',
  /** no checkpoint of this journal, or not signed by its gate */
  'checkpoint',
  /** the records are not those that the gate has signed */
  'checkpoint-differs',
  /** a cosignature that its witness has not made */
  'witness',
  /** no receipt of this journal, or not signed by its collector */
  'receipt',
  /** the records are not those that a receipt, or a head known from elsewhere, names */
  'head-differs',
  /** records at the end are missing: somebody has seen them */
  'end',
  /** so many records are signed by nobody */
  'unvouched',
  /** the journal is another gate's than the one that was asked for */
  'gate',
  'damaged',
  'cut',
  'unreadable',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface JournalFault {
  readonly what: FaultKind;
  /** the first record that is not as it was written, or is missing */
  readonly seq: number;
  /** the last one of the stretch in which it lies, where only that is known */
  readonly through?: number;
  /** for people; nothing private */
  readonly detail?: string;
}

const words: Readonly<Record<FaultKind, string>> = {
  gap: 'it is missing',
  order: 'it comes twice or out of order',
  hash: 'its bytes or its hash were changed',
  form: 'it is no record of this number in the form that is hashed',
  start: 'it does not begin this journal',
  beginning: 'it and others before the first one are missing, and no purge says so',
  'part-changed': 'the sealed part beside it is not the one that it names',
  'part-missing': 'its sealed part is missing, and no purge says so',
  'part-stray': 'a sealed part lies beside it that no record names',
  'part-kept': 'its sealed part is there, and a purge says that it is gone',
  purge: 'it is a purge that cannot have been',
  'purge-unvouched':
    'it is a purge, and no signature that counts reaches it (a gate signs within a minute, and when it stops)',
  checkpoint: 'its checkpoint is not signed by the gate',
  'checkpoint-differs': 'the records are not those that the gate has signed',
  witness: 'its checkpoint’s cosignature is not the witness’s',
  receipt: 'its receipt is not of this journal, or not signed by its collector',
  'head-differs': 'the records are not those of the known head',
  end: 'it is missing: records were cut off at the end',
  unvouched: 'from it on nothing is signed, and a gate would have signed',
  gate: 'the journal is not of this gate',
  damaged: 'it cannot be read: the file is damaged',
  cut: 'it is missing: the file was cut off',
  unreadable: 'it cannot be read',
};

/** @returns one line: the record, what is wrong, and what more is known */
export function faultWords({ what, seq, through, detail }: JournalFault): string {
  const place = through === undefined || through === seq ? `record ${seq}` : stretch(seq, through);
  return `${place}: ${words[what]}${detail === undefined ? '' : ` (${detail})`}`;
}

function stretch(seq: number, through: number): string {
  return `one of the records ${seq} to ${through}`;
}

/** A source that cannot be read on, as a fault of its journal. */
export function sourceFault({ why, seq, detail }: SourceFault): JournalFault {
  return { what: why, seq, detail };
}
