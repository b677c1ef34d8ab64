import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import {
  isSignedNoticeAck,
  parseNoticeAck,
  signNoticeAck,
} from '../../../kiosk/report/notice-ack.js';

const key = generatePrivateKey();
const names = { site: 'main-campus', kiosk: 'north-gate-in-1' };
const collectors = [{ name: 'collector-1', key: key.publicKey }];
const said = { id: '12-guard', party: 'guard', at: '2020-02-12T08:00:00.000Z' } as const;
const ack = signNoticeAck(key, names, said, 'collector-1');
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

describe('an acknowledgement of a notice', () => {
  test('is what its collector has signed, for one notice of one gate and one party', () => {
    const back = parseNoticeAck(bytesOf(ack));
    expect(back).toEqual(ack);
    if (back === null) throw new Error('not read');
    expect(isSignedNoticeAck(back, names, collectors)).toBe(true);
    expect(isSignedNoticeAck(back, { ...names, kiosk: 'other' }, collectors)).toBe(false);
    expect(isSignedNoticeAck(back, { ...names, site: 'other' }, collectors)).toBe(false);
    expect(isSignedNoticeAck({ ...back, id: '13-guard' }, names, collectors)).toBe(false);
    expect(isSignedNoticeAck({ ...back, party: 'college' }, names, collectors)).toBe(false);
    const later = { ...back, at: '2020-02-12T08:00:01.000Z' };
    expect(isSignedNoticeAck(later, names, collectors)).toBe(false);
    expect(isSignedNoticeAck(back, names, [])).toBe(false);
    const forged = signNoticeAck(generatePrivateKey(), names, said, 'collector-1');
    expect(isSignedNoticeAck(forged, names, collectors)).toBe(false);
  });

  test('of another form is none', () => {
    for (const changed of [
      { ...ack, id: 'a/b' },
      { ...ack, id: '' },
      { ...ack, party: 'nobody' },
      { ...ack, at: 'today' },
      { ...ack, more: 1 },
      { ...ack, sig: null },
      null,
      [],
      'text',
    ])
      expect(parseNoticeAck(bytesOf(changed))).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(parseNoticeAck(bytes)).toBeNull();
      }),
    );
  });
});
