import { expect, test } from 'vitest';
import { idCardKinds } from '../../config/id-number.js';
import {
  cardMark,
  cardTextBytes,
  readCardText,
  writeCardText,
} from '../../drivers/id-card-reader/card-text.js';
import {
  type CommandName,
  commandDecoder,
  encodeCommand,
  encodeReadData,
  encodeReply,
  type Reply,
  replyDecoder,
} from '../../drivers/id-card-reader/codec.js';
import { frameBytesMax, lengthMax } from '../../drivers/id-card-reader/frame-buffer.js';
import type { IdCard } from '../../drivers/id-card-reader/id-card.js';
import { nations } from '../../drivers/id-card-reader/nations.js';
import { statusesByCode } from '../../drivers/id-card-reader/status.js';
import { random } from '../../hardware/simulated/random.js';
import { sampleCard, withCheckDigit } from '../../scripts/simulated-board/people.js';

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const decoded = (bytes: Uint8Array) => {
  const decoder = replyDecoder();
  return [...decoder.push(bytes), ...decoder.end()];
};

test.each<[CommandName, string]>([
  ['reset', 'AA AA AA 96 69 00 03 10 FF EC'],
  ['status', 'AA AA AA 96 69 00 03 11 FF ED'],
  ['read-module-id', 'AA AA AA 96 69 00 03 12 FF EE'],
  ['find', 'AA AA AA 96 69 00 03 20 01 22'],
  ['select', 'AA AA AA 96 69 00 03 20 02 21'],
  ['read 30 01', 'AA AA AA 96 69 00 03 30 01 32'],
  ['read 30 03', 'AA AA AA 96 69 00 03 30 03 30'],
  ['read 30 10', 'AA AA AA 96 69 00 03 30 10 23'],
  ['set-speed 115200', 'AA AA AA 96 69 00 03 60 00 63'],
  ['set-speed 9600', 'AA AA AA 96 69 00 03 60 04 67'],
  ['set-radio-frame', 'AA AA AA 96 69 00 04 61 FF 50 CA'],
])('the command %s is sent as the module wants it, and understood by the twin', (name, hex) => {
  expect(encodeCommand(name)).toEqual(bytesOf(hex));
  expect(commandDecoder().push(bytesOf(hex))).toEqual([{ type: 'command', name }]);
});

test.each([
  ['ok', 'empty', 'AA AA AA 96 69 00 04 00 00 90 94'],
  ['found', 'found', 'AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97'],
  ['ok', 'selected', 'AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C'],
  ['no-card', 'empty', 'AA AA AA 96 69 00 04 00 00 80 84'],
  ['select-failed', 'empty', 'AA AA AA 96 69 00 04 00 00 81 85'],
  ['read-failed', 'empty', 'AA AA AA 96 69 00 04 00 00 41 45'],
  ['self-test-failed', 'empty', 'AA AA AA 96 69 00 04 00 00 60 64'],
  ['bad-checksum-sent', 'empty', 'AA AA AA 96 69 00 04 00 00 10 14'],
  ['bad-length-sent', 'empty', 'AA AA AA 96 69 00 04 00 00 11 15'],
  ['bad-command', 'empty', 'AA AA AA 96 69 00 04 00 00 21 25'],
  ['not-authorised', 'empty', 'AA AA AA 96 69 00 04 00 00 66 62'],
  ['item-absent', 'empty', 'AA AA AA 96 69 00 04 00 00 91 95'],
  ['gave-up', 'empty', 'AA AA AA 96 69 00 05 05 05 05'],
])('%s (%s) is read from its published frame', (status, body, hex) => {
  const bytes = bytesOf(hex);
  expect(decoded(bytes)).toMatchObject([
    { type: 'reply', status, body: { type: body }, byteCount: bytes.length },
  ]);
});

test('each known third status byte has its name, whatever the card says, and no other has one', () => {
  for (let code = 0; code < 256; code++) {
    const known: Readonly<Record<number, string>> = statusesByCode;
    const [reply] = decoded(encodeReply([0x6a, 0x82, code]));
    expect(reply).toMatchObject({ status: known[code] ?? 'unknown', sw: [0x6a, 0x82, code] });
  }
});

test('the module’s number is read as vendors print it', () => {
  const data = bytesOf('05 00 01 00 65 53 33 01 87 D6 12 00 B1 68 DE 3A');
  const bytes = encodeReply([0, 0, 0x90], data);
  expect([bytes.length, bytes.at(-1)]).toEqual([27, 0xfa]);
  expect(decoded(bytes)).toMatchObject([
    { body: { type: 'module-id', id: '05.01-20140901-0001234567-0987654321' } },
  ]);
});

test('commands with the wrong checksums of public samples are not understood', () => {
  for (const hex of ['AA AA AA 96 69 00 03 20 01 21', 'AA AA AA 96 69 00 03 20 00 22']) {
    const [first] = commandDecoder().push(bytesOf(`${hex} AA AA AA`));
    expect(first).not.toMatchObject({ name: 'find' });
  }
});

const text = writeCardText(sampleCard(random(7), 'resident'));
const photo = random(8).bytes(1_024);

test.each([
  ['30 01', null, 1_295, 'AA AA AA 96 69 05 08 00 00 90 01 00 04 00'],
  ['30 10', 0, 1_297, 'AA AA AA 96 69 05 0A 00 00 90 01 00 04 00 00 00'],
  ['30 10', 512, 1_809, 'AA AA AA 96 69 07 0A 00 00 90 01 00 04 00 02 00'],
  ['30 10', 1_024, 2_321, 'AA AA AA 96 69 09 0A 00 00 90 01 00 04 00 04 00'],
] as const)(
  'a read %s with %s bytes of fingerprints is %i bytes, and its text comes out',
  (read, prints, total, head) => {
    const fingerprints = prints === null ? null : random(9).bytes(prints);
    const bytes = encodeReply([0, 0, 0x90], encodeReadData(text, photo, fingerprints));
    expect(bytes.length).toBe(total);
    const start = bytesOf(head);
    expect(bytes.subarray(0, start.length)).toEqual(start);
    expect(decoded(bytes)).toMatchObject([
      { body: { type: 'card', read, text }, byteCount: total },
    ]);
  },
);

test('nothing but the text leaves the decoder, photo and fingerprints are nowhere in it', () => {
  const prints = new Uint8Array(512).fill(0x5b);
  const marked = new Uint8Array(1_024).fill(0x5a);
  const bytes = encodeReply([0, 0, 0x90], encodeReadData(text, marked, prints));
  const [reply] = decoded(bytes) as [Reply];
  expect(reply.body.type === 'card' && reply.body.text.buffer.byteLength).toBe(cardTextBytes);
});

test.each([
  ['a shorter text', [250, 1_024]],
  ['a longer photo', [256, 1_025]],
  ['no photo', [256, 0]],
  ['fingerprints of another size', [256, 1_024, 256]],
])('a reading with %s has no known layout', (_what, lengths) => {
  const parts = lengths.map((length) => new Uint8Array(length));
  const [first = photo, second = photo, third = null] = parts;
  const bytes = encodeReply([0, 0, 0x90], encodeReadData(first, second, third));
  expect(decoded(bytes)).toMatchObject([{ status: 'ok', body: { type: 'other' } }]);
});

test('lengths of 4 to 4,096 are frames, others are garbage and hold nothing up', () => {
  const good = encodeReply([0, 0, 0x90]);
  const largest = encodeReply([0, 0, 0x90], new Uint8Array(lengthMax - 4));
  expect(largest.length).toBe(frameBytesMax);
  expect(decoded(largest)).toMatchObject([{ status: 'ok', byteCount: frameBytesMax }]);
  for (const length of ['00 00', '00 03', '10 01', 'FF FF']) {
    const results = replyDecoder().push(
      Uint8Array.from([...bytesOf(`AA AA AA 96 69 ${length}`), ...good]),
    );
    expect(results).toMatchObject([
      { type: 'discarded', why: 'length', byteCount: 7 },
      { type: 'reply', status: 'ok' },
    ]);
  }
});

test('a preamble within preambles, a maker’s header and a false frame before a true one cost it nothing', () => {
  const good = encodeReply([0, 0, 0x80]);
  for (const [before, why] of [
    ['AA AA', 'noise'],
    ['AA AA AA 96', 'noise'],
    ['EA EB EC ED 05 05 00 B4', 'noise'],
    ['AA AA AA 96 69 00 08 00 00 9F', 'checksum'],
  ] as const) {
    const results = decoded(Uint8Array.from([...bytesOf(before), ...good]));
    expect(results).toMatchObject([
      { type: 'discarded', why, byteCount: bytesOf(before).length },
      { type: 'reply', status: 'no-card' },
    ]);
  }
});

test('a true frame behind a beginning that claims more than comes is found when the line falls silent', () => {
  const good = encodeReply([0, 0, 0x80]);
  const decoder = replyDecoder();
  expect(decoder.push(Uint8Array.from([...bytesOf('AA AA AA 96 69 0F FF'), ...good]))).toEqual([]);
  expect(decoder.end()).toMatchObject([
    { type: 'discarded', why: 'incomplete', byteCount: 7 },
    { type: 'reply', status: 'no-card' },
  ]);
  expect(decoder.heldBytes).toBe(0);
});

test('every card of every kind is read as it was written', () => {
  const dice = random(11);
  for (const kind of idCardKinds)
    for (let count = 0; count < 300; count++) {
      const card = sampleCard(dice, kind);
      expect(readCardText(writeCardText(card))).toEqual({ ok: true, card });
    }
});

test('the published encodings are what is written', () => {
  const card: IdCard = {
    ...{
      kind: 'resident',
      name: '张三',
      number: '11010519491231002X',
      sex: 'female',
      nation: '汉',
    },
    ...{ birth: '1949-12-31', address: '测试', authority: '测试' },
    ...{ validFrom: '2020-01-01', validTo: null },
  };
  const bytes = Buffer.from(writeCardText(card));
  const hexAt = (from: number, length: number): string =>
    bytes.subarray(from, from + length).toString('hex');
  expect(hexAt(0, 30)).toBe(`205f094e${'2000'.repeat(13)}`);
  expect(hexAt(30, 6)).toBe('320030003100');
  expect(hexAt(188, 16)).toBe('32003000320030003000310030003100');
  expect(hexAt(204, 16)).toBe(`7f951f67${'2000'.repeat(6)}`);
  expect(hexAt(248, 2)).toBe('2000');
  expect(readCardText(bytes)).toEqual({ ok: true, card });
});

test('the nations are the 56 with their numbers, another, and naturalised', () => {
  expect(nations.size).toBe(58);
  for (const [code, name] of [
    ['01', '汉'],
    ['29', '柯尔克孜'],
    ['46', '德昂'],
    ['56', '基诺'],
    ['97', '其他'],
    ['98', '外国血统'],
  ] as const)
    expect(nations.get(code)).toBe(name);
});

/** A resident's text with one field overwritten, at its offset and over its whole length. */
function spoiled(offset: number, length: number, value: string): Uint8Array {
  const bytes = writeCardText({
    ...{
      kind: 'resident',
      name: '张三',
      number: '11010519491231002X',
      sex: 'female',
      nation: '汉',
    },
    ...{ birth: '1949-12-31', address: '测试', authority: '测试' },
    ...{ validFrom: '2020-02-29', validTo: '2040-02-28' },
  });
  bytes.set(Buffer.from(value.padEnd(length / 2, ' '), 'utf16le').subarray(0, length), offset);
  return bytes;
}

test.each([
  ['bad-type', 248, 2, 'Z'],
  ['bad-type', 248, 2, '\0'],
  ['bad-text', 0, 30, '张\0三'],
  ['bad-text', 0, 30, '张\uD800三'],
  ['bad-text', 52, 70, '一\n二'],
  ['bad-text', 52, 70, '一\u202E二'],
  ['bad-name', 0, 30, ''],
  ['bad-sex', 30, 2, '3'],
  ['bad-sex', 30, 2, ' '],
  ['bad-nation', 32, 4, '57'],
  ['bad-nation', 32, 4, ''],
  ['bad-birth', 36, 16, '19490229'],
  ['bad-birth', 36, 16, '18491231'],
  ['bad-birth', 36, 16, '1949123'],
  ['bad-birth', 36, 16, '长期'],
  ['bad-number', 122, 36, '110105491231002'],
  ['bad-number', 122, 36, '11010519491231002x'],
  ['bad-number', 122, 36, ' 1010519491231002X'],
  ['bad-check-digit', 122, 36, '110105194912310020'],
  ['bad-validity', 188, 16, '20210229'],
  ['bad-validity', 188, 16, '长期'],
  ['bad-validity', 188, 16, '19491230'],
  ['bad-validity', 188, 16, '20400228'],
  ['bad-validity', 204, 16, '20401301'],
  ['bad-validity', 204, 16, '20400100'],
  ['bad-validity', 204, 16, '长期 长期'],
  ['bad-validity', 204, 16, ''],
  ['contradiction', 36, 16, '19491230'],
  ['contradiction', 30, 2, '1'],
  ['bad-number', 248, 2, 'J'],
] as const)('%s: what does not hold gives no card (%i, %i, %j)', (fault, offset, length, value) => {
  expect(readCardText(spoiled(offset, length, value))).toEqual({ ok: false, fault });
});

test('a text of any other length is no layout', () => {
  for (const length of [0, 1, 255, 257])
    expect(readCardText(new Uint8Array(length))).toEqual({ ok: false, fault: 'bad-layout' });
});

test('leap days hold in leap years only', () => {
  for (const [day, holds] of [
    ['20000229', true],
    ['19000229', false],
    ['20160229', true],
    ['20150229', false],
  ] as const) {
    const number = withCheckDigit(`230000${day}002`);
    const bytes = spoiled(36, 16, day);
    bytes.set(Buffer.from(number, 'utf16le'), 122);
    expect(readCardText(bytes).ok).toBe(holds);
  }
});

test('rare names in private-use characters and in pairs are names', () => {
  for (const name of ['\uE863三', '𠮷三'])
    expect(readCardText(spoiled(0, 30, name))).toMatchObject({ ok: true, card: { name } });
});

test('on a permit the nation is nobody’s, and a foreigner’s card has no 长期', () => {
  const permit = writeCardText(sampleCard(random(1), 'hk-macao-taiwan'));
  permit.set(Buffer.from('57', 'utf16le'), 32);
  expect(readCardText(permit)).toMatchObject({ ok: true });
  for (const kind of ['foreign-2017', 'foreign-2023'] as const) {
    const card = { ...sampleCard(random(2), kind), validTo: null };
    expect(readCardText(writeCardText(card))).toEqual({ ok: false, fault: 'bad-validity' });
    const nowhere = { ...sampleCard(random(2), kind), nationality: 'C1' };
    expect(readCardText(writeCardText(nowhere))).toEqual({ ok: false, fault: 'bad-nationality' });
  }
});

test('a long English name goes on in its second piece', () => {
  const englishName = 'ABCDEFGHIJ KLMNOPQRSTUVWXYZABCDEFG HIJKLMNOPQ';
  const card = { ...sampleCard(random(3), 'foreign-2023'), name: '张三', englishName };
  expect(readCardText(writeCardText(card))).toEqual({ ok: true, card });
});

test('the marks of ten thousand cards differ', () => {
  const dice = random(4);
  const marks = Array.from({ length: 10_000 }, () => cardMark(writeCardText(sampleCard(dice))));
  expect(new Set(marks).size).toBe(marks.length);
});
