/**
 * One pass over a journal's records, each held to the one before it, to what it names, and to what
 * others know of it.
 */
import { isUtf8 } from 'node:buffer';
import { isCanonical } from '../journal/canonical.js';
import { type Head, linkHash, toHex } from '../journal/chain.js';
import type { JournalSource, SourceRow } from '../journal/source.js';
import { type BeginningBy, beginningOf } from './beginning.js';
import type { FaultKind, JournalFault } from './fault.js';
import type { Mark } from './marks.js';
import { checkParts } from './parts-check.js';
import { purgeIn, readPurge } from './purge-record.js';

/**
 * Records of a gate's own database behind its last checkpoint: it signs every hundred, and what one
 * commit or a disk's bad minute adds is a few hundred.
 */
export const unvouchedMax = 1_024;

/** What a pass has found out. */
export interface Walked {
  /** records that were read */
  readonly count: number;
  /** null: there is none */
  readonly first: number | null;
  readonly head: Head | null;
  /** what answers for the hash before the first record, and that record's number */
  readonly beginning: { readonly before: number; readonly by: BeginningBy };
  /** the last record that a checkpoint reaches which the records meet; 0: none does */
  readonly checkpointThrough: number;
  /** the last record that a signature that counts reaches, or the head that was given */
  readonly vouchedThrough: number;
  readonly witnessedThrough: number;
  readonly witnesses: readonly string[];
  /** cosignatures that nobody could check */
  readonly unknownWitnesses: number;
  readonly partsPresent: number;
  readonly partsPurged: number;
  readonly purges: number;
}

export interface Walk {
  /** A record in its turn. */
  row(row: SourceRow): JournalFault | null;
  /** A record behind the first fault: all that counts is whether it purges parts that were missed. */
  behindFault(row: SourceRow): void;
  /** Parts were missing that no purge has covered so far. */
  hasMissingParts(): boolean;
  /** Takes the first fault on the way; returns the first of all, with what only the end can tell. */
  atEnd(fault: JournalFault | null): JournalFault | null;
  count(): number;
  found(): Walked;
}

const unreadable: readonly FaultKind[] = ['damaged', 'cut', 'unreadable'];
type Members = Readonly<Record<string, unknown>>;

/**
 * @param source whose rows come one after the other
 * @param marks ascending
 * @param isTrusted whether the marks' signatures were checked
 */
export function startWalk(source: JournalSource, marks: readonly Mark[], isTrusted: boolean): Walk {
  const { of, losses } = source;
  const { before, purged, ...beginning } = beginningOf(source);
  const parts = checkParts(source.strayPart, of === 'database');
  let { by } = beginning;
  let { seq: lastSeq } = before;
  /** null: what stands there is not known */
  let lastHash: Uint8Array | null = before.hash;
  let first: number | null = null;
  let count = 0;
  let nextMark = 0;
  /** the last record that a mark was met at */
  let metThrough = before.seq;
  let checkpointThrough = 0;
  let vouchedThrough = 0;
  let witnessedThrough = 0;
  let unknownWitnesses = 0;
  let purges = 0;
  /** the first purge that no signature reaches */
  let openPurge: number | null = null;
  const witnesses = new Set<string>();

  /** Compares the marks up to where the chain stands. */
  const meet = (): JournalFault | null => {
    for (let mark = marks[nextMark]; mark !== undefined; mark = marks[nextMark]) {
      const { seq } = mark.head;
      if (seq > lastSeq) return null;
      nextMark += 1;
      if (mark.fault !== null) return mark.fault;
      // Of what was purged or given up only the signature can be checked.
      if (seq < lastSeq || lastHash === null) continue;
      if (mark.head.hash !== toHex(lastHash))
        return { what: mark.differs, seq: Math.min(metThrough + 1, seq), through: seq };
      if (mark.doubt !== null) return mark.doubt;
      metThrough = seq;
      if (mark.isCheckpoint) checkpointThrough = seq;
      if (mark.isCheckpoint && first === null && by === 'header') by = 'checkpoint';
      if (mark.witnesses.length > 0) witnessedThrough = seq;
      for (const name of mark.witnesses) witnesses.add(name);
      unknownWitnesses += mark.unknownWitnesses;
      if (!mark.isVouched) continue;
      vouchedThrough = seq;
      openPurge = null;
    }
    return null;
  };
  const link = ({ seq, bytes, hash }: SourceRow): JournalFault | null => {
    const expected = lastSeq + 1;
    if (seq < expected) return { what: 'order', seq };
    if (seq > expected) {
      const loss = losses.find(({ from, to }) => from <= expected && to >= seq - 1);
      if (loss === undefined) return { what: first === null ? 'beginning' : 'gap', seq: expected };
      if (first === null) by = 'loss';
      lastHash = loss.to === seq - 1 && loss.hash !== null ? Buffer.from(loss.hash, 'hex') : null;
    }
    // Where nobody knows what stood before it, a record can only be held to the one after it.
    const isLinked = lastHash === null || isSame(linkHash(lastHash, bytes), hash);
    if (!isLinked && first === null && by === 'purge')
      return { what: 'hash', seq, detail: 'or the purge that names the hash before it' };
    if (!isLinked) return { what: 'hash', seq };
    lastSeq = seq;
    lastHash = hash;
    return null;
  };
  const purgeFault = (seq: number, record: Members): JournalFault | null => {
    const purge = readPurge(seq, record);
    if (purge === null) return { what: 'purge', seq };
    purges += 1;
    openPurge ??= seq;
    const { records } = purge;
    if (records !== null && of === 'database') {
      if (records.through >= (first ?? seq))
        return { what: 'purge', seq, detail: 'the records are there' };
      if (records.through === before.seq) {
        if (records.hash !== toHex(before.hash)) return { what: 'purge', seq };
        by = 'purge';
      }
    }
    return parts.purge(purge);
  };

  return {
    row(row) {
      const early = first === null ? meet() : null;
      const broken = early ?? link(row);
      if (broken !== null) return broken;
      const { seq, hash, bytes } = row;
      const record = readRecord(bytes, seq);
      if (record === null) return { what: 'form', seq };
      if ((seq === 1) !== (record['type'] === 'journal-started')) return { what: 'start', seq };
      if (seq === 1 && record['journal'] !== source.journal) return { what: 'start', seq };
      first ??= seq;
      count += 1;
      const said = purged.get(seq);
      if (said !== undefined && said !== toHex(hash))
        return { what: 'hash', seq, detail: 'a purge names another one' };
      const fault =
        parts.take(row, record) ?? (record['type'] === 'purge' ? purgeFault(seq, record) : null);
      return fault ?? meet();
    },
    behindFault({ seq, bytes }) {
      const purge = purgeIn(seq, bytes);
      if (purge !== null) parts.purge(purge);
    },
    hasMissingParts: () => parts.atEnd() !== null,
    atEnd(fault) {
      const next = lastSeq + 1;
      const missing = parts.atEnd();
      if (fault !== null) {
        // Behind what could not be read may be the purge.
        const isRead = !unreadable.includes(fault.what);
        return isRead && missing !== null && missing.seq < fault.seq ? missing : fault;
      }
      if (count === 0) return { what: 'gap', seq: next };
      const beyond = marks.slice(nextMark);
      const late = beyond.find((mark) => mark.fault === null);
      const { end } = source;
      const isEnd =
        end === null || (end.seq === lastSeq && lastHash !== null && end.hash === toHex(lastHash));
      const known = late?.head.seq ?? (isEnd ? null : (end?.seq ?? null));
      if (known !== null) return { what: 'end', seq: next, detail: `record ${known} is known` };
      if (missing !== null) return missing;
      const [forged] = beyond;
      if (forged !== undefined) return forged.fault;
      if (!isTrusted) return null;
      if (openPurge !== null) return { what: 'purge-unvouched', seq: openPurge };
      const vouched = Math.max(vouchedThrough, before.seq);
      if (source.kind !== 'database' || lastSeq - vouched <= unvouchedMax) return null;
      return { what: 'unvouched', seq: vouched + 1 };
    },
    count: () => count,
    found() {
      const { present, purged: gone } = parts.counts();
      const hash = count === 0 || lastHash === null ? null : toHex(lastHash);
      return {
        ...{ count, first, head: hash === null ? null : { seq: lastSeq, hash } },
        ...{ beginning: { before: before.seq, by }, purges, unknownWitnesses },
        ...{ checkpointThrough, vouchedThrough, witnessedThrough, witnesses: [...witnesses] },
        ...{ partsPresent: present, partsPurged: gone },
      };
    },
  };
}

/** Takes a record's bytes; returns it, or null where they are not its one canonical form, or its number differs. */
function readRecord(bytes: Uint8Array, seq: number): Members | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  try {
    const record: unknown = JSON.parse(text);
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return null;
    // Bytes that are no UTF-8 would have been read as U+FFFD.
    return isUtf8(bytes) && isCanonical(text, record) && (record as Members)['seq'] === seq
      ? (record as Members)
      : null;
  } catch {
    return null;
  }
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
