import { existsSync, readFileSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawPage } from '../../../scripts/gatectl/paper-page.js';
import { fittingSize, widthOf, wrapText } from '../../../scripts/gatectl/paper-text.js';
import { drawQr } from '../../../scripts/gatectl/qr.js';
import { openOffice, orders, whileValid } from './papers.js';
import { codesOf, grayPng } from './pictures.js';
import { gatectl, testFolder } from './run-in-place.js';

test('every paper is written as page and picture, for its owner alone; the picture reads back', async () => {
  const folder = testFolder();
  const { by, trust } = await openOffice(folder);
  for (const [name, order] of Object.entries(orders)) {
    const [svg, png] = [folder.path(`${name}.svg`), folder.path(`${name}.png`)];
    const issued = await gatectl(['issue', ...order, ...by, '--svg', svg, '--png', png, '--json']);
    expect(issued, name).toMatchObject({ code: 0, err: '' });
    const { text, claims } = JSON.parse(issued.out);
    for (const file of [svg, png]) expect(statSync(file).mode & 0o777).toBe(0o600);
    const read = await gatectl(['inspect', ...trust, ...whileValid(claims), '--json', png]);
    expect(JSON.parse(read.out), name).toEqual({ ok: true, reason: null, claims });
    expect(await codesOf(readFileSync(png)), name).toMatchObject([{ text, ecLevel: 'M' }]);
    expect(await codesOf(rasterize(readFileSync(svg, 'utf8'))), name).toMatchObject([
      { text, ecLevel: 'Q' },
    ]);
  }
});

test('a phone’s picture is black on white, square, with its quiet zone, no wider than a phone', async () => {
  const folder = testFolder();
  const { by } = await openOffice(folder);
  for (const [name, order] of Object.entries(orders)) {
    const png = folder.path(`${name}.png`);
    const issued = await gatectl(['issue', ...order, ...by, '--png', png, '--json']);
    const { version, errorCorrection } = JSON.parse(issued.out).qr;
    expect(errorCorrection, 'a picture alone is for a phone').toBe('M');
    const [code] = await codesOf(readFileSync(png));
    const modules = 17 + 4 * version;
    const side = readFileSync(png).readUInt32BE(16);
    expect(readFileSync(png).readUInt32BE(20)).toBe(side);
    const perModule = side / (modules + 8);
    expect(perModule).toBeGreaterThanOrEqual(8);
    expect(side).toBeLessThanOrEqual(1080);
    const { topLeft, bottomRight } = code?.position ?? {};
    for (const edge of [topLeft?.x, topLeft?.y]) expect(edge).toBeCloseTo(4 * perModule, -1);
    for (const edge of [bottomRight?.x, bottomRight?.y])
      expect(edge).toBeCloseTo(side - 4 * perModule, -1);
  }
});

test('a page says its title, its id and what it holds in both languages, and no number of a person', async () => {
  const folder = testFolder();
  const { by } = await openOffice(folder);
  const says: Readonly<Record<keyof typeof orders, readonly string[]>> = {
    'staff form': ['疫情防控期间工作人员入校审批表', '校园卡号', '20****45', 'main, lab-2'],
    'laboratory form': [
      '疫情防控期间实验室（研究中心）上岗工作审批表',
      'lab-2, 全部区域 all zones',
      '能源学院',
    ],
    'external form': ['疫情防控期间外协人员入校工作审批表', 'logistics', '总务处', 'ID card'],
    'staff code': ['校园卡认证二维码', 'Campus card code', '教职工  staff'],
    'student code': ['校园卡认证二维码', '学生  student', '所在学院', 'College', '计算学部'],
    pass: [
      '住宅通行证',
      'Residence pass',
      '住户',
      'Household',
      '3-1-202',
      '2020-02-10 09:00 +08:00',
    ],
    ticket: ['出入票', 'Exit-entry ticket', '首日', '2020-02-10', 'Last day', '2020-02-11'],
    certificate: ['复工证明', 'Resumption-of-work certificate', '须与本人身份证同时使用'],
    filing: ['来访报备', 'Visit filing', '接待单位', 'Host unit', '物理学院', '20****01'],
    badge: ['门卫证', 'Guard badge', 'gu****-7'],
  };
  for (const [name, order] of Object.entries(orders)) {
    const svg = folder.path(`${name}.svg`);
    const issued = await gatectl(['issue', ...order, ...by, '--svg', svg, '--json']);
    const { id } = JSON.parse(issued.out);
    const page = readFileSync(svg, 'utf8');
    const texts = textsOf(page).map(({ content }) => content);
    const lines = [...(says[name as keyof typeof says] ?? []), id];
    for (const line of [...lines, '签发时间', 'Issued', '失效时间', 'Expires'])
      expect(texts.join('\n'), name).toContain(line);
    expect(page).not.toMatch(/0a0a0a|2009120045|1190200101|2001110001/i);
    expect(page).not.toMatch(/href|url\(|<script|<image|<!DOCTYPE/i);
  }
});

test('the code on a page has modules of half a millimetre at least, whatever its version', async () => {
  const folder = testFolder();
  const { by } = await openOffice(folder);
  for (const [name, order] of Object.entries(orders)) {
    const svg = folder.path(`${name}.svg`);
    await gatectl(['issue', ...order, ...by, '--svg', svg]);
    expect(codeOn(readFileSync(svg, 'utf8')).module, name).toBeGreaterThanOrEqual(0.5);
  }
  // Version 14, the densest that is issued, is 73 modules a side.
  const densest = { version: 14, size: 73, isDark: () => true };
  for (const kind of [1, 2, 3, 4, 5, 6, 7] as const) {
    const paper = { kind, title: { zh: '票', en: 'Ticket' }, fields: [], id: '' };
    expect(codeOn(drawPage(paper, densest)).module).toBeGreaterThanOrEqual(0.5);
  }
});

test('a file that is there is kept, and then none of the order is written', async () => {
  const folder = testFolder();
  const { by } = await openOffice(folder);
  const [svg, png] = [folder.path('ticket.svg'), folder.write('ticket.png', 'mine')];
  const files = ['--svg', svg, '--png', png];
  const refused = await gatectl(['issue', ...orders.ticket, ...by, ...files]);
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toContain('ticket.png exists and is not overwritten');
  expect(existsSync(svg)).toBe(false);
  expect(readFileSync(png, 'utf8')).toBe('mine');
  const same = await gatectl(['issue', ...orders.ticket, ...by, '--svg', svg, '--png', svg]);
  expect(same).toMatchObject({ code: 2, out: '' });
  expect(existsSync(svg)).toBe(false);
});

test('a page is refused where its code would be too dense, a phone’s picture may still do', async () => {
  const folder = testFolder();
  const { by } = await openOffice(folder);
  const zones = Array.from({ length: 8 }, (_, index) => `zone-number-${index}`).join(',');
  const wide = ['--zones', zones, '--unit', '学'.repeat(20), '--host', '1'];
  const order = ['issue', 'visit-filing', ...wide, '--holder', '00'.repeat(16), ...by];
  const [svg, png] = [folder.path('filing.svg'), folder.path('filing.png')];
  for (const more of [[], ['--phone'], ['--png', png]]) {
    const refused = await gatectl([...order, '--svg', svg, ...more]);
    expect(refused, more.join(' ')).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toMatch(/version 1[5-9], 14 at most: .*, or use --png without --svg/);
    expect([existsSync(svg), existsSync(png)]).toEqual([false, false]);
  }
  const err = `a picture for a phone: ${png}\n`;
  expect(await gatectl([...order, '--png', png])).toMatchObject({ code: 0, err });
});

const anyText = (bytesMax: number) =>
  fc
    .string({ minLength: 1, maxLength: bytesMax, unit: 'grapheme' })
    .filter((text) => Buffer.byteLength(text) <= bytesMax && !/\p{Cc}/u.test(text));

test('whatever a paper holds fits between its title and its foot, and no character is lost', async () => {
  const qr = await drawQr('GK1:TEST', 'Q');
  const label = { zh: '生效时间', en: 'Not valid before' };
  const values = fc.oneof(anyText(60), fc.constant('W'.repeat(60)), fc.constant('学'.repeat(20)));
  const field = fc.record({
    label: fc.constant(label),
    values: fc.oneof(fc.tuple(values), fc.constant(['须与本人身份证同时使用', 'with the ID card'])),
    isMain: fc.constant(false),
  });
  const day = { label, values: ['2020-02-10'], isMain: true };
  const kind = fc.constantFrom(...([1, 2, 3, 4, 5, 6, 7] as const));
  fc.assert(
    fc.property(kind, fc.array(field, { minLength: 1, maxLength: 2 }), (kind, own) => {
      // The most that a kind has: household, two days, unit and three times.
      const fields = [{ ...day, values: ['W'.repeat(16)] }, day, day, ...own, day].slice(0, 7);
      const page = drawPage({ kind, title: { zh: '票', en: 'Ticket' }, fields, id: 'f00d' }, qr);
      const texts = textsOf(page);
      const foot = texts.find(({ content }) => content.startsWith('通行时')) ?? { y: 0, size: 0 };
      const shown = texts.filter(({ y }) => y < foot.y - foot.size);
      expect(texts.filter(({ y }) => y >= foot.y - foot.size)).toHaveLength(3);
      const bare = (text: string) => text.replace(/\s/g, '');
      const ink = bare(shown.map(({ content }) => content).join(''));
      for (const { values } of fields)
        for (const value of values)
          expect(ink).toContain(bare(value.replace(/[\uFFFE\uFFFF]/g, '\uFFFD')));
    }),
  );
});

test('lines are never wider than asked for, break where a reader would, and lose nothing but spaces', () => {
  const wide = fc.integer({ min: 2, max: 40 });
  fc.assert(
    fc.property(
      fc.string({ maxLength: 80, unit: 'binary' }),
      wide,
      fc.boolean(),
      (text, max, isBold) => {
        const lines = wrapText(text, max, isBold);
        for (const line of lines) expect(widthOf(line, isBold)).toBeLessThanOrEqual(max);
        const bare = (words: string) => words.replace(/\s/g, '');
        expect(bare(lines.join(''))).toBe(bare(text));
      },
    ),
  );
  expect(wrapText('2020-02-10 08:00 +08:00', 12)).toEqual(['2020-02-10 08:00', '+08:00']);
  expect(wrapText('哈尔滨工业大学', 3)).toEqual(['哈尔滨', '工业大', '学']);
  expect(wrapText('Department of Physics', 8)).toEqual(['Department', 'of Physics']);
  expect(fittingSize('四个汉字', 9, 20)).toBe(5);
  expect(fittingSize('票', 9, 20)).toBe(9);
});

interface Line {
  readonly y: number;
  readonly size: number;
  readonly content: string;
}

function textsOf(page: string): readonly Line[] {
  const elements = page.matchAll(/<text x="[^"]*" y="([^"]*)" font-size="([^"]*)"[^>]*>([^<]*)</g);
  return [...elements].map(([, y, size, content = '']) => ({
    y: Number(y),
    size: Number(size),
    content: content
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&'),
  }));
}

/** The code as it stands in the file: the size of a module in mm, and its runs of dark modules. */
function codeOn(page: string) {
  const [, module, path = ''] = /scale\(([^)]*)\)"[^>]* d="([^"]*)"/.exec(page) ?? [];
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)];
  return { module: Number(module), runs: runs.map((run) => run.slice(1).map(Number)) };
}

/** Paints the runs, three pixels a module. */
function rasterize(page: string): Uint8Array {
  const { runs } = codeOn(page);
  const scale = 3;
  const modules = Math.max(...runs.map(([x = 0, , length = 0]) => x + length));
  const side = (modules + 8) * scale;
  const pixels = Buffer.alloc(side * side, 255);
  for (const [x = 0, y = 0, length = 0] of runs)
    for (let row = (y + 4) * scale; row < (y + 5) * scale; row += 1)
      pixels.fill(0, row * side + (x + 4) * scale, row * side + (x + 4 + length) * scale);
  return grayPng(side, side, pixels);
}
