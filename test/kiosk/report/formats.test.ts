import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { canonicalJson } from '../../../kiosk/journal/canonical.js';
import { linkHash, toHex } from '../../../kiosk/journal/chain.js';
import { type OutboxRow, packPage } from '../../../kiosk/journal/outbox-page.js';
import { partHash } from '../../../kiosk/journal/sealed-part.js';
import {
  batchBytesMax,
  batchRowsMax,
  encodeBatch,
  pageBytesMax,
  parseBatch,
} from '../../../kiosk/report/batch.js';
import { isSignedReceipt, parseReceipt, signReceipt } from '../../../kiosk/report/receipt.js';
import {
  cosign,
  cosignedAt,
  openCheckpoint,
  signCheckpoint,
} from '../../../kiosk/report/signed-note.js';
import { collectorFilters, gateTopics, readGateTopic } from '../../../kiosk/report/topics.js';

const journal = '0123456789abcdef'.repeat(2);
const names = { site: 'main-campus', kiosk: 'north-gate-in-1' };
const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** A page of records as a journal would have them, every third with a sealed part. */
function pageOf(texts: readonly string[], after = 0, through = Number.MAX_SAFE_INTEGER) {
  let hash: Uint8Array = new Uint8Array(32).fill(after % 256);
  const prevHash = toHex(hash);
  const rows = texts.map((text, index): OutboxRow & { readonly hash: string } => {
    const seq = after + 1 + index;
    const part = { salt: `${seq % 10}`.repeat(32), box: 'AAAA' };
    const sealed = index % 3 === 2 ? part : null;
    const record = { seq, type: 'test', text, ...(sealed && { sealed: partHash(sealed) }) };
    const canonical = canonicalJson(record);
    if (!canonical.ok) throw new Error(canonical.why);
    const bytes = utf8(canonical.text);
    hash = linkHash(hash, bytes);
    return { seq, bytes, hash: toHex(hash), sealed };
  });
  const limits = { bytesMax: pageBytesMax, rowsMax: batchRowsMax, through };
  return { rows, page: packPage(prevHash, rows, limits) };
}

const wellFormed = fc.string({ unit: 'grapheme', maxLength: 40 });

describe('a batch', () => {
  test('comes apart into the records that went in, each with its hash and its sealed part', () => {
    fc.assert(
      fc.property(
        fc.array(wellFormed, { minLength: 1, maxLength: 20 }),
        fc.nat(1_000_000),
        (texts, after) => {
          const { rows, page } = pageOf(texts, after);
          const { first, last } = page;
          const bytes = encodeBatch(journal, page, false);
          const parsed = parseBatch(bytes);
          if (!parsed.ok) throw new Error(parsed.why);
          const { batch } = parsed;
          expect([first, last]).toEqual([after + 1, after + texts.length]);
          expect([batch.journal, batch.prevHash, batch.historical]).toEqual([
            journal,
            page.prevHash,
            false,
          ]);
          expect(batch.records.map(({ seq, hash, sealed }) => [seq, hash, sealed])).toEqual(
            rows.map(({ seq, hash, sealed }) => [seq, hash, sealed]),
          );
          expect(batch.records.map((it) => Buffer.from(it.bytes))).toEqual(
            rows.map((it) => Buffer.from(it.bytes)),
          );
        },
      ),
    );
  });

  test('is at most 64 KiB, but for one record that is larger by itself', () => {
    const { page } = pageOf(Array.from({ length: 400 }, (_, index) => 'x'.repeat(index)));
    const { last } = page;
    const bytes = encodeBatch(journal, page, false);
    expect(bytes.length).toBeLessThanOrEqual(batchBytesMax);
    expect(bytes.length).toBeGreaterThan(0.9 * batchBytesMax);
    expect(last).toBeLessThan(400);
    expect(parseBatch(bytes).ok).toBe(true);
  });

  test('goes no further than it is asked to', () => {
    const { page } = pageOf(['a', 'b', 'c', 'd'], 0, 2);
    expect([page.first, page.last, page.count]).toEqual([1, 2, 2]);
    const bytes = encodeBatch(journal, page, true);
    expect(parseBatch(bytes)).toMatchObject({ ok: true, batch: { historical: true } });
  });

  test('with any byte changed is another one or none: its last hash differs', () => {
    const { rows, page } = pageOf(['one', 'two', 'three']);
    const bytes = encodeBatch(journal, page, false);
    const last = rows.at(-1)?.hash;
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        const parsed = parseBatch(changed);
        if (!parsed.ok) return;
        const { batch } = parsed;
        const isSame = batch.records.at(-1)?.hash === last && batch.journal === journal;
        // Only what is no record's: whether it is historical.
        expect(isSame && !batch.historical).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  test('of any other form is refused with a code, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(utf8)), (bytes) => {
        expect(parseBatch(bytes).ok).toBe(false);
      }),
    );
    const bytes = encodeBatch(journal, pageOf(['a', 'b', 'c']).page, false);
    const spoil = (change: (batch: Record<string, unknown>) => void): unknown => {
      const batch = JSON.parse(Buffer.from(bytes).toString('utf8'));
      change(batch);
      const parsed = parseBatch(utf8(JSON.stringify(batch)));
      return parsed.ok ? 'taken' : parsed.why;
    };
    expect(spoil(() => {})).toBe('taken');
    expect(spoil((it) => (it['first'] = 2))).toBe('bad-order');
    expect(spoil((it) => (it['records'] as unknown[]).reverse())).toBe('bad-order');
    expect(spoil((it) => (it['sealed'] = { 3: { salt: '3'.repeat(32), box: 'AAAB' } }))).toBe(
      'bad-sealed',
    );
    expect(spoil((it) => (it['sealed'] = { 1: { salt: '3'.repeat(32), box: 'AAAA' } }))).toBe(
      'bad-sealed',
    );
    expect(spoil((it) => (it['more'] = 1))).toBe('bad-form');
    // A part may have been purged: its record stays.
    expect(spoil((it) => (it['sealed'] = {}))).toBe('taken');
  });
});

describe('a receipt', () => {
  const key = generatePrivateKey();
  const other = generatePrivateKey();
  const collectors = [{ name: 'collector-1', key: key.publicKey }];
  const stored = { journal, seq: 7, hash: 'ab'.repeat(32) };
  const receipt = signReceipt(key, names, stored, { collector: 'collector-1' });
  const read = (value: unknown) => parseReceipt(utf8(JSON.stringify(value)));

  test('is what its collector has signed, for one gate and one record', () => {
    const back = read(receipt);
    expect(back).toEqual(receipt);
    if (back === null) throw new Error('not read');
    expect(isSignedReceipt(back, names, collectors)).toBe(true);
    expect(isSignedReceipt(back, { ...names, kiosk: 'another' }, collectors)).toBe(false);
    expect(isSignedReceipt(back, { ...names, site: 'another' }, collectors)).toBe(false);
    expect(isSignedReceipt({ ...back, seq: 8 }, names, collectors)).toBe(false);
    expect(isSignedReceipt({ ...back, hash: 'ac'.repeat(32) }, names, collectors)).toBe(false);
    expect(isSignedReceipt({ ...back, journal: 'cd'.repeat(16) }, names, collectors)).toBe(false);
    expect(isSignedReceipt(back, names, [])).toBe(false);
    const forged = signReceipt(other, names, stored, { collector: 'collector-1' });
    expect(isSignedReceipt(forged, names, collectors)).toBe(false);
  });

  test('of another form is none', () => {
    for (const changed of [
      { ...receipt, seq: -1 },
      // Nothing is stored: then there is no hash either.
      { ...receipt, seq: 0 },
      { ...receipt, seq: 1.5 },
      { ...receipt, hash: 'AB'.repeat(32) },
      { ...receipt, more: 1 },
      { ...receipt, sig: 3 },
      null,
      [],
    ])
      expect(read(changed)).toBeNull();
    fc.assert(fc.property(fc.uint8Array(), (bytes) => parseReceipt(bytes) === null));
  });
});

describe('a checkpoint', () => {
  const device = generatePrivateKey();
  const witness = { name: 'collector-1', key: generatePrivateKey() };
  const checkpoint = {
    origin: `gk/1/main-campus/north-gate-in-1/${journal}`,
    head: { seq: 1_234, hash: 'ab'.repeat(32) },
  };

  test('is a note of three lines and a signature that its device’s key opens', () => {
    const note = signCheckpoint(device, checkpoint);
    expect(note.split('\n').slice(0, 4)).toEqual([
      checkpoint.origin,
      '1234',
      'q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=',
      '',
    ]);
    expect(openCheckpoint(note, device.publicKey)).toEqual(checkpoint);
    expect(openCheckpoint(note, witness.key.publicKey)).toBeNull();
    // The same bytes, written otherwise.
    expect(openCheckpoint(`${note.slice(0, -2)}\n`, device.publicKey)).toBeNull();
    fc.assert(
      fc.property(fc.nat(note.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, it) => {
        const changed = note.slice(0, at) + it + note.slice(at + 1);
        if (changed === note) return;
        expect(openCheckpoint(changed, device.publicKey)).toBeNull();
      }),
    );
  });

  test('is cosigned by a witness, with the time', () => {
    const line = cosign(witness, checkpoint, 1_581_500_000);
    const known = { name: witness.name, key: witness.key.publicKey };
    expect(cosignedAt(line, known, checkpoint)).toBe(1_581_500_000);
    expect(cosignedAt(line, { ...known, name: 'another' }, checkpoint)).toBeNull();
    expect(cosignedAt(line, { ...known, key: device.publicKey }, checkpoint)).toBeNull();
    const head = { ...checkpoint.head, seq: 1_235 };
    expect(cosignedAt(line, known, { ...checkpoint, head })).toBeNull();
  });
});

test('topics are read as they are written, and others are nobody’s', () => {
  const topics = gateTopics(names);
  expect(readGateTopic(names.site, topics.events)).toEqual({ kiosk: names.kiosk, name: 'ev' });
  expect(readGateTopic(names.site, topics.notice('12-guard'))).toEqual({
    kiosk: names.kiosk,
    name: 'notice/12-guard',
  });
  expect(readGateTopic('another', topics.events)).toBeNull();
  expect(readGateTopic(names.site, 'gk/1/main-campus/_all/time')).toBeNull();
  expect(collectorFilters(names.site)).toContain('gk/1/main-campus/+/ev');
});
