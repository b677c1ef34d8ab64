import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPictureSize } from '../../../scripts/gatectl/picture-size.js';
import { drawQr, type QrCode } from '../../../scripts/gatectl/qr.js';
import { openOffice, orders } from './papers.js';
import { grayPng } from './pictures.js';
import { gatectl, testFolder } from './run-in-place.js';

/** A ticket's picture as the office sends it, and the list that trusts the office. */
async function issueTicket(folder: ReturnType<typeof testFolder>, name = 'ticket.png') {
  const { by, trust } = await openOffice(folder);
  const png = folder.path(name);
  const issued = await gatectl([
    'issue',
    'exit-entry-ticket',
    '--household',
    '1',
    ...by,
    '--png',
    png,
    '--json',
  ]);
  const { text, claims } = JSON.parse(issued.out);
  return { by, trust, png, text, claims, bytes: readFileSync(png) };
}

test('each code of a picture is inspected, and one that is refused is the answer', async () => {
  const folder = testFolder();
  const { by, trust, text, claims } = await issueTicket(folder);
  const long = ['--issued', '2020-02-10T00:00:00Z'];
  const issued = await gatectl(['issue', ...orders.badge, ...long, ...by, '--json']);
  const badge = JSON.parse(issued.out);
  const both = folder.path('both.PNG');
  writeFileSync(both, drawBeside(await drawQr(text, 'M'), await drawQr(badge.text, 'Q')));
  const { code, out, err } = await gatectl(['inspect', ...trust, '--json', both]);
  const answers = out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(answers).toHaveLength(2);
  expect(answers).toContainEqual({ ok: true, reason: null, claims });
  expect(answers).toContainEqual({ ok: false, reason: 'expired', claims: badge.claims });
});

test('a picture is shown in words too', async () => {
  const { trust, png } = await issueTicket(testFolder());
  const shown = await gatectl(['inspect', ...trust, png]);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toMatch(/^ok .*出入票\n(.*\n)*.*household 1\n/);
});

test('what begins with GK1: is a text, however it ends, and so is what does not end as a picture', async () => {
  const folder = testFolder();
  const { trust } = await issueTicket(folder);
  for (const text of ['GK1:A.PNG', 'GK1:/x.jpg', folder.path('trust.json')]) {
    const ran = await gatectl(['inspect', ...trust, '--json', text]);
    expect(ran, text).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(ran.out).ok).toBe(false);
  }
});

test('a picture without a code: nothing on stdout, the answer is no', async () => {
  const folder = testFolder();
  const { trust } = await issueTicket(folder);
  const blank = folder.path('blank.png');
  writeFileSync(blank, grayPng(200, 200, Buffer.alloc(200 * 200, 255)));
  const ran = await gatectl(['inspect', ...trust, '--json', blank]);
  expect(ran).toEqual({
    code: 1,
    out: '',
    err: `gatectl inspect: no QR code is found in ${blank}\n`,
  });
});

test('a file that is no picture, too large or damaged is wrong usage and says why', async () => {
  const folder = testFolder();
  const { trust, bytes } = await issueTicket(folder);
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(folder.path(name), content);
    return folder.path(name);
  };
  mkdirSync(folder.path('folder.png'));
  const large = file('large.jpg', '');
  truncateSync(large, 32 * 1024 * 1024 + 1);
  const frame = [0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0xff, 0xff, 0xff, 0xff, 3];
  const cases = [
    [folder.path('none.png'), /cannot be read: .*no such file/i],
    [folder.path('folder.png'), /cannot be read: /],
    [`${'x'.repeat(5000)}.png`, /cannot be read: /],
    [file('empty.png', ''), /is no PNG or JPEG picture/],
    [file('text.jpeg', 'GK1:'), /is no PNG or JPEG picture/],
    [file('half.png', bytes.subarray(0, bytes.length / 2)), /is damaged/],
    [file('head.png', bytes.subarray(0, 40)), /is damaged/],
    [file('zero.png', grayPng(0, 10, new Uint8Array())), /is no PNG or JPEG picture/],
    [
      file('huge.png', grayPng(100_000, 100_000, Buffer.alloc(9))),
      /100000 × 100000 pixels, 50000000 at/,
    ],
    [file('most.png', grayPng(2 ** 32 - 1, 2 ** 32 - 1, Buffer.alloc(9))), /pixels, 50000000 at/],
    [file('lying.png', grayPng(5000, 5000, Buffer.alloc(9))), /is damaged/],
    [file('huge.jpg', Buffer.from(frame)), /65535 × 65535 pixels, 50000000 at/],
    [large, /has 33554433 bytes, 33554432 at most/],
  ] as const;
  for (const [name, words] of cases) {
    const ran = await gatectl(['inspect', ...trust, '--json', name]);
    expect(ran, name.slice(-20)).toMatchObject({ code: 2, out: '' });
    expect(ran.err, name.slice(-20)).toMatch(words);
  }
});

test('whatever stands in a file, it is judged or refused; only the paper itself is accepted', async () => {
  const folder = testFolder();
  const { trust, bytes, claims } = await issueTicket(folder);
  const png = folder.path('spoilt.png');
  const answers = new Set<number>();
  const at = fc.nat({ max: bytes.length - 1 });
  const spoilt = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }))
      .map((parts) => Buffer.concat(parts)),
    at.map((end) => bytes.subarray(0, end)),
    fc.array(fc.tuple(at, fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }).map((changes) => {
      const copy = Uint8Array.from(bytes);
      for (const [place, value] of changes) copy[place] = value;
      return copy;
    }),
  );
  await fc.assert(
    fc.asyncProperty(spoilt, async (content) => {
      writeFileSync(png, content);
      const { code, out, err } = await gatectl(['inspect', ...trust, '--json', png]);
      answers.add(code);
      if (code === 0) expect(JSON.parse(out)).toEqual({ ok: true, reason: null, claims });
      else if (out === '') expect(err).toContain('spoilt.png');
      else expect(JSON.parse(out).ok).toBe(false);
    }),
    { numRuns: 300 },
  );
  expect(answers).toContain(2);
});

const starts = [
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  Buffer.from([0xff, 0xd8, 0xff]),
];

test('a size is read from any bytes without failing, and is none or counts pixels', () => {
  const start = fc.constantFrom(...starts, Buffer.alloc(0));
  const tail = fc.array(fc.oneof(fc.constant(0xff), fc.nat({ max: 255 })), { maxLength: 60 });
  fc.assert(
    fc.property(start, tail, (head, rest) => {
      const size = readPictureSize(Buffer.concat([head, Buffer.from(rest)]));
      if (size === null) return;
      expect(size.width).toBeGreaterThan(0);
      expect(size.height).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['at once', []],
  ['behind a comment', [0xff, 0xfe, 0, 4, 0xff, 0xc0]],
  ['behind tables and fill bytes', [0xff, 0xff, 0xff, 0xc4, 0, 3, 1, 0xff]],
  ['behind padding between segments', [0xff, 0xfe, 0, 2, 0, 0]],
])('a JPEG’s frame header is found %s', (_, before) => {
  const frame = [0xff, 0xc2, 0, 11, 8, 1, 2, 3, 4, 1];
  expect(readPictureSize(Uint8Array.from([0xff, 0xd8, ...before, ...frame]))).toEqual({
    height: 0x0102,
    width: 0x0304,
  });
});

/** Both codes in one picture, four pixels a module, each with its quiet zone. */
function drawBeside(left: QrCode, right: QrCode): Uint8Array {
  const scale = 4;
  const height = (Math.max(left.size, right.size) + 8) * scale;
  const width = (left.size + right.size + 16) * scale;
  const pixels = Buffer.alloc(width * height, 255);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const [column, row] = [Math.floor(x / scale) - 4, Math.floor(y / scale) - 4];
      const isDark = left.isDark(column, row) || right.isDark(column - left.size - 8, row);
      if (isDark) pixels[y * width + x] = 0;
    }
  return grayPng(width, height, pixels);
}
