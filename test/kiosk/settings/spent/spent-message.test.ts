/** Signed spent sets: what one gate says is taken in by another as it was said, and from nobody else. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeEnvelope,
  envelopeLimits,
  parseEnvelope,
  signEnvelope,
} from '../../../../config/crypto/dsse.js';
import { generatePrivateKey, type PrivateKey } from '../../../../config/crypto/ed25519-key.js';
import { parseTrustList } from '../../../../kiosk/credential/trust.js';
import {
  formatSpent,
  judgeSpent,
  type SpentContext,
  type SpentMessage,
  sealSpent,
  spentLimits,
  spentPayloadType,
} from '../../../../kiosk/settings/spent/spent-message.js';
import { deltaMessages } from '../../../../kiosk/settings/spent/spent-pages.js';
import { anyEntries, snapshotPages, ticketUses, union } from './entries.js';

const [north, northBefore, south] = Array.from({ length: 3 }, generatePrivateKey) as [
  PrivateKey,
  PrivateKey,
  PrivateKey,
];
const trust = (() => {
  const kiosk = (id: string, key: PrivateKey) => ({ id, publicKey: key.publicKey.text });
  const kiosks = [kiosk('north', north), kiosk('north', northBefore), kiosk('south', south)];
  const read = parseTrustList({ issuers: [], kiosks });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.trust;
})();

const atMs = Date.parse('2020-02-12T08:00:00Z');
const context: SpentContext = { site: 'harbin', kiosk: 'north', kind: 'delta', trust };
const teller = { site: 'harbin', kiosk: 'north', run: 'ab'.repeat(8), n: 7, atMs };
const message: SpentMessage = {
  ...teller,
  kind: 'delta',
  page: 0,
  pages: 1,
  entries: ticketUses(2, atMs),
};

function taken(bytes: Uint8Array, change: Partial<SpentContext> = {}): SpentMessage {
  const verdict = judgeSpent(bytes, { ...context, ...change });
  if (verdict.is === 'refused') throw new Error(`${verdict.why} ${verdict.detail}`);
  return verdict.message;
}

function whyNot(bytes: Uint8Array, change: Partial<SpentContext> = {}): string {
  const verdict = judgeSpent(bytes, { ...context, ...change });
  return verdict.is === 'refused' ? verdict.why : 'taken';
}

/** Signed, whatever it says. */
function sealed(payload: unknown, key = north, payloadType = spentPayloadType): Uint8Array {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return encodeEnvelope(signEnvelope({ payloadType, payload: Buffer.from(text, 'utf8') }, key));
}

const fields = JSON.parse(Buffer.from(formatSpent(message)).toString('utf8')) as object;

test('what was told is heard as it was told, also by the key of the card before', () => {
  expect(taken(sealSpent(message, north))).toEqual(message);
  expect(taken(sealSpent(message, northBefore))).toEqual(message);
});

describe('is refused', () => {
  test.each([
    ['signed by another gate', sealed(fields, south), {}, 'not-signed'],
    ['on the topic of another gate', sealed(fields, south), { kiosk: 'south' }, 'wrong-kiosk'],
    ['of a gate that nobody knows', sealed(fields), { kiosk: 'west' }, 'unknown-kiosk'],
    ['of another site', sealed({ ...fields, site: 'weihai' }), {}, 'wrong-site'],
    ['on the topic of snapshots', sealed(fields), { kind: 'snapshot' as const }, 'wrong-kind'],
    [
      'a command’s type',
      sealed(fields, north, 'application/vnd.gate-kiosk.command+json'),
      {},
      'wrong-type',
    ],
    ['a member more', sealed({ ...fields, note: '' }), {}, 'bad-payload'],
    ['a member less', sealed({ ...fields, run: undefined }), {}, 'bad-payload'],
    ['a delta of two pages', sealed({ ...fields, pages: 2 }), {}, 'bad-payload'],
    ['a page beyond the last', sealed({ ...fields, page: 1 }), {}, 'bad-payload'],
    ['a delta without number', sealed({ ...fields, n: 0 }), {}, 'bad-payload'],
    ['a number that is none', sealed({ ...fields, n: 1.5 }), {}, 'bad-payload'],
    ['too many entries', sealed({ ...fields, entries: new Array(501).fill(0) }), {}, 'bad-payload'],
    ['entries that are none', sealed({ ...fields, entries: {} }), {}, 'bad-payload'],
    ['white space', sealed(` ${JSON.stringify(fields)}`), {}, 'bad-payload'],
    ['too large a message', new Uint8Array(envelopeLimits.bytesMax + 1), {}, 'too-large'],
    ['no envelope', Buffer.from('{}'), {}, 'bad-envelope'],
  ] as const)('%s', (_, bytes, change, why) => {
    expect(whyNot(bytes, change)).toBe(why);
  });

  test('with any byte of the payload or of the signature changed', () => {
    const bytes = sealSpent(message, north);
    const parsed = parseEnvelope(bytes);
    if (!parsed.ok) throw new Error(parsed.why);
    const { envelope } = parsed;
    for (let at = 0; at < envelope.payload.length; at += 1) {
      const payload = Uint8Array.from(envelope.payload);
      payload[at] = (payload[at] ?? 0) ^ 1;
      expect(whyNot(encodeEnvelope({ ...envelope, payload }))).toBe('not-signed');
    }
    const [signature] = envelope.signatures;
    if (signature === undefined) throw new Error('not signed');
    for (let at = 0; at < signature.sig.length; at += 1) {
      const sig = Uint8Array.from(signature.sig);
      sig[at] = (sig[at] ?? 0) ^ 1;
      expect(whyNot(encodeEnvelope({ ...envelope, signatures: [{ ...signature, sig }] }))).toBe(
        'not-signed',
      );
    }
  });

  test('whatever bytes come, without a throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => whyNot(bytes) !== 'taken'));
    const mutated = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    const bytes = sealSpent(message, north);
    fc.assert(
      fc.property(mutated, ([where, value]) => {
        const changed = Uint8Array.from(bytes);
        const at = where % changed.length;
        // The hint may not name the key any more, and then nobody has signed.
        if (changed[at] === value) return;
        changed[at] = value;
        expect(whyNot(changed)).not.toBe('taken');
      }),
    );
  });
});

test('an entry of a later version is left out and counted; the others are taken', () => {
  const [entry] = message.entries;
  const entries = [
    entry,
    { ...entry, type: 'visit' },
    null,
    { ...entry, key: '230102199001011234' },
  ];
  const verdict = judgeSpent(sealed({ ...fields, entries }), context);
  expect(verdict).toMatchObject({ is: 'taken', refusedCount: 3, message: { entries: [entry] } });
});

describe('a snapshot', () => {
  test('is cut into pages that all fit, are all signed, and together say everything', () => {
    const set = ticketUses(3_000, atMs);
    const { messages, leftOutCount } = snapshotPages(teller, set);
    expect(leftOutCount).toBe(0);
    expect(messages.length).toBeGreaterThan(5);
    const parts = messages.map((page) => {
      const bytes = sealSpent(page, north);
      expect(bytes.length).toBeLessThanOrEqual(envelopeLimits.bytesMax);
      return taken(bytes, { kind: 'snapshot' }).entries;
    });
    expect(union(...parts.toReversed())).toEqual(union(set));
    // Filled: the broker is not to carry more messages than it must.
    for (const page of messages.slice(0, -1)) {
      const filled = formatSpent(page).length > spentLimits.payloadBytesMax - 400;
      expect(filled || page.entries.length === spentLimits.entriesMax).toBe(true);
    }
    expect(messages[0]?.entries[0]?.at).toBe(new Date(atMs).toISOString());
  });

  test('of nothing is one page, which says so', () => {
    const { messages } = snapshotPages(teller, []);
    expect(messages).toMatchObject([{ page: 0, pages: 1, n: 7, entries: [] }]);
    const [page] = messages;
    if (page === undefined) throw new Error('no page');
    expect(taken(sealSpent(page, north), { kind: 'snapshot' }).entries).toEqual([]);
  });

  test('of too much leaves out the oldest, and says how many', () => {
    const set = ticketUses(90_000, atMs);
    const { messages, leftOutCount } = snapshotPages(teller, set);
    expect(messages).toHaveLength(spentLimits.pagesMax);
    expect(leftOutCount).toBeGreaterThan(0);
    const told = messages.flatMap(({ entries }) => entries);
    expect(told.length + leftOutCount).toBe(set.length);
    expect(told).toEqual(set.slice(0, told.length));
  });
});

test('deltas are numbered on, and say all that is new in its order', () => {
  expect(deltaMessages(teller, [])).toEqual([]);
  const uses = ticketUses(700, atMs);
  const messages = deltaMessages(teller, uses);
  expect(messages.map(({ n }) => n)).toEqual(messages.map((_, index) => 7 + index));
  expect(messages.flatMap(({ entries }) => entries)).toEqual(uses);
  for (const it of messages) expect(taken(sealSpent(it, north))).toEqual(it);
});

test('whatever a gate knows survives the way', () => {
  fc.assert(
    fc.property(anyEntries, (entries) => {
      const set = union(entries);
      const { messages } = snapshotPages(teller, set);
      const parts = messages.map((it) => taken(sealSpent(it, north), { kind: 'snapshot' }).entries);
      expect(union(...parts)).toEqual(set);
    }),
  );
});
