import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { credentialKinds } from '../../../config/vocabulary.js';
import { holderTag } from '../../../kiosk/credential/tokens.js';
import { readPepperFile } from '../../../scripts/gatectl/files.js';
import { drawQr, paintQr } from '../../../scripts/gatectl/qr.js';
import { gatectl, testFolder } from './run-in-place.js';

const options: Readonly<Record<string, readonly string[]>> = {
  'approval-form': ['--variant', 'staff-entry', '--sub', '2009120045', '--zones', 'main,lab-2'],
  'campus-card-code': ['--variant', 'student', '--sub', '1190200101', '--unit', '计算学部'],
  'residence-pass': ['--household', '3-1-202'],
  'exit-entry-ticket': ['--household', '3-1-202'],
  'resumption-certificate': [],
  'visit-filing': [
    '--zones',
    '*',
    '--unit',
    '物理学院',
    '--host',
    '1',
    '--holder',
    '0A'.repeat(16),
  ],
  'guard-badge': ['--sub', 'guard-7'],
};
/** The most that the policy allows; null where it sets nothing. */
const lifetimeSecondsMax: Readonly<Record<string, number>> = {
  'campus-card-code': 600,
  'exit-entry-ticket': 345_600,
  'visit-filing': 604_800,
  'guard-badge': 43_200,
};

async function newKey(folder: ReturnType<typeof testFolder>): Promise<string> {
  const file = folder.path('key.json');
  const ran = await gatectl(['keys', 'new', '--out', file]);
  expect(ran).toMatchObject({ code: 0, err: '' });
  return file;
}

test('a key made, trusted and used: each kind is issued and then accepted', async () => {
  const folder = testFolder();
  const key = await newKey(folder);
  const list = folder.path('trust.json');
  const kinds = Object.values(credentialKinds).join(',');
  const trust = ['keys', 'trust', '--list', list, '--name', 'office', '--key', key];
  expect((await gatectl([...trust, '--kinds', kinds])).code).toBe(0);
  expect(Object.keys(options)).toEqual(Object.values(credentialKinds));
  for (const [kind, more] of Object.entries(options)) {
    const issued = await gatectl(['issue', kind, '--key', key, ...more, '--json']);
    expect(issued, kind).toMatchObject({ code: 0, err: '' });
    const { text, claims, qr } = JSON.parse(issued.out);
    const inspected = await gatectl(['inspect', '--trust', list, '--json', text]);
    expect(JSON.parse(inspected.out)).toEqual({ ok: true, reason: null, claims });
    expect(qr).toEqual({ version: expect.any(Number), errorCorrection: 'Q' });
    const lifetime = claims.exp - claims.iat;
    expect(lifetime).toBeLessThanOrEqual(lifetimeSecondsMax[kind] ?? lifetime);
  }
});

test('a private key file is for its owner alone and is never overwritten', async () => {
  const folder = testFolder();
  const key = await newKey(folder);
  expect(statSync(key).mode & 0o777).toBe(0o600);
  const before = readFileSync(key, 'utf8');
  const again = await gatectl(['keys', 'new', '--out', key]);
  expect(again).toMatchObject({ code: 2, out: '' });
  expect(readFileSync(key, 'utf8')).toBe(before);
});

test('what keys new prints is the public half only', async () => {
  const file = testFolder().path('key.json');
  const { out } = await gatectl(['keys', 'new', '--out', file, '--json']);
  const { d, x } = JSON.parse(readFileSync(file, 'utf8'));
  expect(out).not.toContain(d);
  expect(JSON.parse(out)).toEqual({
    file,
    publicKey: x,
    kid: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
});

test('a trust list is extended, and neither a bad one nor the same key twice is written', async () => {
  const folder = testFolder();
  const key = await newKey(folder);
  const list = folder.path('trust.json');
  const trust = ['keys', 'trust', '--list', list, '--name', 'office', '--kinds', '4'];
  expect((await gatectl([...trust, '--key', key, '--zones', 'main,lab'])).code).toBe(0);
  const before = readFileSync(list, 'utf8');
  expect(JSON.parse(before).issuers[0]).toMatchObject({ kinds: [4], zones: ['main', 'lab'] });
  const twice = await gatectl([...trust, '--key', key]);
  expect(twice).toMatchObject({ code: 2, out: '' });
  expect(twice.err).toContain('issuers[1].publicKey: the same key as issuers[0].publicKey');
  expect(readFileSync(list, 'utf8')).toBe(before);
  const other = folder.path('other.json');
  const made = await gatectl(['keys', 'new', '--out', other, '--json']);
  const { publicKey } = JSON.parse(made.out);
  expect((await gatectl([...trust, '--public-key', publicKey])).code).toBe(0);
  expect(JSON.parse(readFileSync(list, 'utf8')).issuers).toHaveLength(2);
  folder.write('trust.json', { issuers: [], note: 1 });
  const bad = await gatectl([...trust, '--key', key]);
  expect(bad).toMatchObject({ code: 2, out: '' });
  expect(bad.err).toContain('note: unknown member');
});

test('an ID number goes into the holder tag and appears nowhere', async () => {
  const folder = testFolder();
  const key = await newKey(folder);
  const pepper = folder.path('pepper');
  expect((await gatectl(['keys', 'pepper', '--out', pepper])).code).toBe(0);
  expect(statSync(pepper).mode & 0o777).toBe(0o600);
  const number = '11010119900307001X';
  const form = ['--variant', 'external-entry', '--purpose', 'service', '--zones', 'main'];
  const args = ['issue', 'approval-form', '--key', key, ...form, '--pepper', pepper, '--json'];
  const ran = await gatectl([...args, '--id-number', '-'], [`${number.toLowerCase()}\r\n`, 'rest']);
  expect(ran).toMatchObject({ code: 0, err: '' });
  const { claims } = JSON.parse(ran.out);
  expect(claims.holder).toBe(holderTag(readPepperFile(pepper), claims.cti, number));
  expect(ran.out).not.toContain(number.slice(0, 17));
  const wrong = await gatectl([...args, '--id-number', '1101 01']);
  expect(wrong).toMatchObject({ code: 2, out: '' });
  expect(wrong.err).not.toContain('1101');
});

test('a paper that needs a holder says by which options one is given', async () => {
  const folder = testFolder();
  const filing = ['issue', 'visit-filing', '--key', await newKey(folder), '--zones', 'main'];
  const host = ['--unit', '物理学院', '--host', '2001110001'];
  const { code, err } = await gatectl([...filing, ...host]);
  expect([code, err]).toEqual([2, expect.stringContaining('--id-number NUMBER --pepper FILE')]);
  const short = await gatectl([...filing, ...host, '--holder', '0A']);
  expect([short.code, short.err]).toEqual([2, expect.stringContaining('holder: ')]);
});

test('the day of a ticket is the date in the site’s time zone', async () => {
  const folder = testFolder();
  const args = ['issue', 'exit-entry-ticket', '--household', '1', '--key', await newKey(folder)];
  const dayOf = async (...more: readonly string[]) => {
    const ran = await gatectl([...args, '--json', ...more]);
    return JSON.parse(ran.out).claims.day;
  };
  const issued = ['--issued', '2020-02-10T20:00:00Z', '--time-zone'];
  expect(await dayOf(...issued, 'UTC')).toBe(18_302);
  expect(await dayOf(...issued, 'Asia/Shanghai')).toBe(18_303);
  expect(await dayOf('--day', '2020-02-10')).toBe(18_302);
  expect((await gatectl([...args, ...issued, 'Mars/Base'])).code).toBe(2);
});

test('which zone a ticket’s day was taken in is said where none was named', async () => {
  const folder = testFolder();
  const ticket = ['issue', 'exit-entry-ticket', '--household', '1', '--key', await newKey(folder)];
  const issued = ['--issued', '2020-02-10T12:00:00Z'];
  const { code, err } = await gatectl([...ticket, ...issued]);
  expect([code, err]).toEqual([
    0,
    expect.stringMatching(/^first of its two days: 2020-02-1[01], in .*\(.+\); --time-zone ZONE/),
  ]);
  for (const named of [['--time-zone', 'Asia/Shanghai'], ['--day', '2020-02-10'], ['--json']])
    expect((await gatectl([...ticket, ...issued, ...named])).err).toBe('');
});

test('times are taken as given, and contradictions are wrong usage', async () => {
  const folder = testFolder();
  const key = await newKey(folder);
  const args = ['issue', 'guard-badge', '--key', key, '--sub', 'g', '--json'];
  const given = ['--issued', '2020-02-10T00:00:00.9Z', '--not-before', '2020-02-10T01:00:00Z'];
  const ran = await gatectl([...args, ...given, '--lasts', '8h']);
  const iat = Date.parse('2020-02-10T00:00:00Z') / 1000;
  expect(JSON.parse(ran.out).claims).toMatchObject({ iat, nbf: iat + 3_600, exp: iat + 28_800 });
  const wrong = [
    [...args, '--lasts', '8h', '--expires', '2020-02-10T00:00:00Z'],
    [...args, '--lasts', '8'],
    [...args, '--issued', 'now'],
    [...args, ...given, '--lasts', '1h'],
    [...args, '--zones', 'main'],
    ['issue', 'guard-badge', '--sub', 'g'],
    ['issue', 'passport', '--key', key],
    ['issue', '--key', key],
  ];
  for (const each of wrong) {
    const refused = await gatectl(each);
    expect(refused, each.join(' ')).toMatchObject({ code: 2, out: '' });
  }
});

test('a QR code beyond version 14 is refused with what to shorten; a phone’s still fits', async () => {
  const key = await newKey(testFolder());
  const zones = Array.from({ length: 8 }, (_, index) => `zone-number-${index}`).join(',');
  const wide = [
    '--zones',
    zones,
    '--unit',
    '学'.repeat(20),
    '--host',
    '1',
    '--holder',
    '00'.repeat(16),
  ];
  const args = ['issue', 'visit-filing', '--key', key, ...wide];
  const paper = await gatectl(args);
  expect(paper).toMatchObject({ code: 2, out: '' });
  expect(paper.err).toMatch(
    /version 1[5-9], 14 at most: shorten --zones or --unit, or use --phone/,
  );
  const phone = await gatectl([...args, '--phone', '--json']);
  expect(JSON.parse(phone.out).qr.errorCorrection).toBe('M');
});

test('the picture is shown on a terminal or when asked for, and reads back as the text', async () => {
  const key = await newKey(testFolder());
  const args = ['issue', 'guard-badge', '--key', key, '--sub', 'g'];
  expect((await gatectl(args)).out.split('\n')).toHaveLength(2);
  const shown = await gatectl(args, [], true);
  const asked = await gatectl([...args, '--qr', '--phone']);
  expect(shown.out).toContain('\u001B[30;107m');
  expect(asked.out).not.toContain('\u001B');
  for (const [ran, level] of [
    [shown, 'Q'],
    [asked, 'M'],
  ] as const) {
    const [text = '', , ...picture] = ran.out.split('\n');
    const [read] = await readPicture(picture);
    expect(read).toMatchObject({ text, ecLevel: level, isValid: true });
  }
});

test('a painted code has its quiet zone of four modules on every side', async () => {
  const qr = await drawQr('GK1:TEST', 'Q');
  const lines = paintQr(qr, false).split('\n').slice(0, -1);
  expect(qr).toMatchObject({ version: 1, size: 21 });
  expect(lines).toHaveLength(Math.ceil((21 + 8) / 2));
  expect(lines.slice(0, 2).join('').trim()).toBe('');
  expect(lines.every((line) => line.startsWith('    ') && line.endsWith('    '))).toBe(true);
});

/** What colours a line of the picture, and what ends it. */
const colours = ['\u001B[30;107m', '\u001B[0m'];

/** Reads the characters back into gray pixels, three a module, and those by zxing's reader. */
async function readPicture(lines: readonly string[]) {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasmBinary = new Uint8Array(readFileSync(path)).buffer;
  prepareZXingModule({ overrides: { wasmBinary, locateFile: () => path } });
  const rows = lines
    .filter((line) => line !== '')
    .map((line) => [...colours.reduce((plain, colour) => plain.replaceAll(colour, ''), line)]);
  const scale = 3;
  const width = (rows[0]?.length ?? 0) * scale;
  const height = rows.length * 2 * scale;
  const pixels = Buffer.alloc(width * height, 255);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const isUpper = Math.floor(y / scale) % 2 === 0;
      const block = rows[Math.floor(y / scale / 2)]?.[Math.floor(x / scale)] ?? ' ';
      if (block === '█' || block === (isUpper ? '▀' : '▄')) pixels.writeUInt8(0, y * width + x);
    }
  const header = Buffer.from(`P5\n${width} ${height}\n255\n`);
  return readBarcodes(Buffer.concat([header, pixels]), { formats: ['QRCode'] });
}
