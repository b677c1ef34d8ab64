/**
 * What others than the journal itself know of it: signed checkpoints, cosignatures, a receipt, a head
 * written down elsewhere. Each is a mark that the records must meet. Pure but for crypto.
 */

import type { TrustList } from '../credential/trust.js';
import type { Head } from '../journal/chain.js';
import type { JournalSource, SourceCheckpoint } from '../journal/source.js';
import { isSignedReceipt, type Receipt } from '../report/receipt.js';
import {
  type Checkpoint,
  cosignedAt,
  openCheckpoint,
  readCheckpoint,
} from '../report/signed-note.js';
import type { FaultKind, JournalFault } from './fault.js';

export type Keys = Pick<TrustList, 'kiosks' | 'collectors'>;

export interface Known {
  /** null: signatures are not checked */
  readonly keys: Keys | null;
  /** the site and the gate that it must be of */
  readonly site: string | null;
  readonly kiosk: string | null;
  readonly head: Head | null;
  readonly receipt: Receipt | null;
}

export interface Mark {
  readonly head: Head;
  /** what it is that the records do not meet */
  readonly differs: Extract<FaultKind, 'checkpoint-differs' | 'head-differs'>;
  /** it is not what it says it is */
  readonly fault: JournalFault | null;
  /** nobody can say whether it is; the records are held to it all the same */
  readonly doubt: JournalFault | null;
  /** it is a checkpoint; others may be given from elsewhere */
  readonly isCheckpoint: boolean;
  /** somebody whose signature counts, or whoever asks, answers for it */
  readonly isVouched: boolean;
  /** names of witnesses whose cosignatures hold */
  readonly witnesses: readonly string[];
  /** cosignatures by names that the trust list does not have, or all where it was not given */
  readonly unknownWitnesses: number;
}

export interface Marks {
  readonly site: string | null;
  readonly kiosk: string | null;
  /** ascending by the numbers of their records */
  readonly marks: readonly Mark[];
  /** of the journal as a whole */
  readonly fault: JournalFault | null;
  /** a trust list was given, and has no key of the gate: what the gate has signed is not checked */
  readonly isGateUnknown: boolean;
}

const originShape = /^gk\/1\/([^/]+)\/([^/]+)\/([0-9a-f]{32})$/;

/** @returns whose journal it is: by the source, or else by its first checkpoint */
export function namesOf(source: JournalSource): Pick<Marks, 'site' | 'kiosk'> {
  const readable = source.checkpoints.flatMap(({ note }) => readCheckpoint(note) ?? []);
  const [, site = null, kiosk = null] = originShape.exec(readable[0]?.origin ?? '') ?? [];
  return { site: source.site ?? site, kiosk: source.kiosk ?? kiosk };
}

/** @returns whose journal it is, and every mark of it */
export function marksOf(source: JournalSource, known: Known): Marks {
  const named = namesOf(source);
  const site = named.site ?? known.site;
  const kiosk = named.kiosk ?? known.kiosk;
  const read = source.checkpoints.map((kept) => ({ kept, checkpoint: readCheckpoint(kept.note) }));
  const names = { site, kiosk, journal: source.journal };
  const isGateUnknown =
    kiosk !== null && known.keys?.kiosks.some(({ id }) => id === kiosk) === false;
  const gateKeys = isGateUnknown ? null : known.keys;
  const marks = read.map(({ kept, checkpoint }) =>
    checkpointMark(kept, checkpoint, names, gateKeys),
  );
  if (known.receipt !== null) marks.push(receiptMark(known.receipt, names, known.keys));
  if (known.head !== null) marks.push({ ...unsigned, head: known.head, isVouched: true });
  marks.sort((left, right) => left.head.seq - right.head.seq);
  return { site, kiosk, marks, fault: gateFault(names, known), isGateUnknown };
}

interface Names {
  readonly site: string | null;
  readonly kiosk: string | null;
  readonly journal: string;
}

const unsigned: Omit<Mark, 'head'> = {
  ...{ differs: 'head-differs', fault: null, doubt: null, isCheckpoint: false },
  ...{ isVouched: false, witnesses: [], unknownWitnesses: 0 },
};

function gateFault({ site, kiosk }: Names, known: Known): JournalFault | null {
  const isOther = known.kiosk !== null && kiosk !== known.kiosk;
  if (isOther || (known.site !== null && site !== known.site))
    return { what: 'gate', seq: 1, detail: `it is of ${site} ${kiosk}` };
  return null;
}

function checkpointMark(
  { note, witnesses }: SourceCheckpoint,
  checkpoint: Checkpoint | null,
  { site, kiosk, journal }: Names,
  keys: Keys | null,
): Mark {
  const mark = { ...unsigned, differs: 'checkpoint-differs', isCheckpoint: true } as const;
  if (checkpoint === null || checkpoint.origin !== `gk/1/${site}/${kiosk}/${journal}`) {
    const head = checkpoint?.head ?? { seq: 1, hash: '' };
    const detail = checkpoint === null ? 'it is no signed note' : `it is of ${checkpoint.origin}`;
    return { ...mark, head, fault: { what: 'checkpoint', seq: head.seq, detail } };
  }
  const { head } = checkpoint;
  if (keys === null) return { ...mark, head, unknownWitnesses: witnesses.length };
  const isSigned = keys.kiosks.some(({ id, key }) => id === kiosk && openCheckpoint(note, key));
  if (!isSigned) return { ...mark, head, fault: { what: 'checkpoint', seq: head.seq } };
  const judged = witnesses.map((line) => judgeWitness(line, checkpoint, keys));
  const forged = judged.includes(null);
  return {
    ...{ ...mark, head, isVouched: true },
    fault: forged ? { what: 'witness', seq: head.seq } : null,
    witnesses: judged.flatMap((name) => (name === null || name === '' ? [] : [name])),
    unknownWitnesses: judged.filter((name) => name === '').length,
  };
}

/** @returns the witness's name; empty: the trust list does not have it; null: it has not signed this */
function judgeWitness(line: string, checkpoint: Checkpoint, keys: Keys): string | null {
  const [, name = ''] = line.split(' ');
  const named = keys.collectors.filter((collector) => collector.name === name);
  if (named.length === 0) return line.startsWith('— ') ? '' : null;
  return named.some((witness) => cosignedAt(line, witness, checkpoint) !== null) ? name : null;
}

function receiptMark(receipt: Receipt, { site, kiosk, journal }: Names, keys: Keys | null): Mark {
  const { seq, hash } = receipt;
  const mark = { ...unsigned, head: { seq, hash } };
  const refused = (detail: string): Mark => ({ ...mark, fault: { what: 'receipt', seq, detail } });
  if (receipt.journal !== journal) return refused(`it is of the journal ${receipt.journal}`);
  // Whoever gives a receipt without a list answers for it.
  if (keys === null) return { ...mark, isVouched: true };
  if (site === null || kiosk === null) {
    const detail = 'nothing says of which site and gate the journal is';
    return { ...mark, doubt: { what: 'receipt', seq, detail } };
  }
  const isSigned = isSignedReceipt(receipt, { site, kiosk }, keys.collectors);
  return isSigned ? { ...mark, isVouched: true } : refused('its signature does not hold');
}
