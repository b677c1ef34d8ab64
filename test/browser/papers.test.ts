import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOffice, orders, whileValid } from '../scripts/gatectl/papers.js';
import { gatectl, testFolder } from '../scripts/gatectl/run-in-place.js';
import { canRun, launch, type MeasuredText, overlaps, pictures, why } from './browser.js';

/** What an ordinary office printer and scanner do. */
const dotsPerInch = 150;
const cssPixelsPerInch = 96;
const cssPixelsPerMillimetre = cssPixelsPerInch / 25.4;

const holder = ['--holder', '0A'.repeat(16)];
const late = ['--issued', '2020-02-10T00:00:00Z', '--not-before', '2020-02-10T01:00:00Z'];
/** As full as they get before the code is too dense, with letters that are wide, and no letters. */
const fullest: Readonly<Record<string, readonly string[]>> = {
  'fullest form': [
    ...['approval-form', '--variant', 'external-entry', '--purpose', 'logistics', ...holder],
    ...['--zones', 'WWWWWWWWWWWWWWWW,@@@@@@@@', '--unit', '学'.repeat(15), ...late],
  ],
  'fullest pass': [
    ...['residence-pass', '--household', 'W'.repeat(16), ...holder, ...late],
    ...['--unit', '@W'.repeat(30)],
  ],
  'fullest ticket': [
    ...['exit-entry-ticket', '--household', '楼'.repeat(5), ...late, '--unit', '学'.repeat(20)],
  ],
  'fullest code': [
    ...['campus-card-code', '--variant', 'student', '--sub', 'W'.repeat(32)],
    ...['--unit', '\u2E3B'.repeat(20)],
  ],
  'odd badge': ['guard-badge', '--sub', 'g', '--unit', '<&">\uFFFE\u202E😀 ﷽é\'--]]>'],
};
const papers: Readonly<Record<string, readonly string[]>> = { ...orders, ...fullest };

/** Runs in the page: each text and the code as boxes in tenths of a millimetre. */
const measureInPage = `(() => {
  const [, , width, height] = document.documentElement.getAttribute('viewBox').split(' ').map(Number);
  const boxOf = (left, top, right, bottom, text) => ({
    text,
    contrast: 21,
    isInside: left >= 3 && top >= 3 && right <= width - 3 && bottom <= height - 3,
    box: { left: 10 * left, top: 10 * top, right: 10 * right, bottom: 10 * bottom },
  });
  const texts = [...document.querySelectorAll('text')].map((element) => {
    const { x, width } = element.getBBox();
    const [y, size] = ['y', 'font-size'].map((name) => Number(element.getAttribute(name)));
    // What is painted: a font's own line box is half as high again.
    return boxOf(x, y - 0.86 * size, x + width, y + 0.22 * size, element.textContent);
  });
  const ground = document.querySelector('#code').previousElementSibling.getBBox();
  const { x, y } = ground;
  return [...texts, boxOf(x, y, x + ground.width, y + ground.height, 'code')];
})()`;

describe.skipIf(!canRun)(`a printed paper in Chromium${why}`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const requests: string[] = [];
  beforeAll(async () => {
    browser = await launch();
    context = await browser.newContext({ deviceScaleFactor: dotsPerInch / cssPixelsPerInch });
    page = await context.newPage();
    page.on('request', (request) => requests.push(request.url()));
  });
  afterAll(() => browser.close());

  async function issue(order: readonly string[]) {
    const folder = testFolder();
    const { by, trust } = await openOffice(folder);
    const svg = folder.path('paper.svg');
    const issued = await gatectl(['issue', ...order, ...by, '--svg', svg, '--json']);
    expect(issued).toMatchObject({ code: 0, err: '' });
    const { claims } = JSON.parse(issued.out);
    const inspect = async (name: string, picture: Uint8Array) => {
      const file = folder.path(name);
      writeFileSync(file, picture);
      const args = ['inspect', ...trust, ...whileValid(claims), '--json', file];
      return JSON.parse((await gatectl(args)).out);
    };
    return { url: pathToFileURL(svg).href, inspect, answer: { ok: true, reason: null, claims } };
  }

  /** Opens a page of the given size in millimetres, as a sheet that fills the window. */
  async function open(url: string) {
    await page.goto(url);
    const size = await page.evaluate<readonly [number, number]>(
      `document.documentElement.getAttribute('viewBox').split(' ').slice(2).map(Number)`,
    );
    const [width, height] = size.map((length) => Math.round(length * cssPixelsPerMillimetre));
    await page.setViewportSize({ width: width ?? 0, height: height ?? 0 });
    return size;
  }

  it.each(Object.keys(papers))(
    '%s: nothing overlaps or leaves the page, and its code reads',
    async (name) => {
      const { url, inspect, answer } = await issue(papers[name] ?? []);
      requests.length = 0;
      const size = await open(url);
      expect(size).toEqual(/form|certificate|filing/.test(name) ? [210, 297] : [148, 105]);
      const texts = await page.evaluate<MeasuredText[]>(measureInPage);
      expect(texts.length).toBeGreaterThan(10);
      expect(texts.filter(({ isInside }) => !isInside)).toEqual([]);
      expect(overlaps(texts)).toEqual([]);
      const shot = await page.screenshot(
        pictures === undefined ? {} : { path: `${pictures}/paper-${name.replace(' ', '-')}.png` },
      );
      expect(await inspect('shot.png', shot)).toEqual(answer);
      expect(requests).toEqual([url]);
    },
  );

  it('what an office may write is text on the page, whatever it looks like', async () => {
    const { url } = await issue(papers['odd badge'] ?? []);
    await open(url);
    const content = await page.evaluate<string>(
      `[...document.querySelectorAll('text')].map((text) => text.textContent).join('')`,
    );
    expect(content.replaceAll(/\s/g, '')).toContain('<&">\uFFFD\u202E😀﷽é\'--]]>');
    expect(await page.evaluate('document.querySelectorAll("parsererror").length')).toBe(0);
  });

  it('prints on one sheet of its own size', async () => {
    for (const [order, width, height] of [
      [orders.ticket, 148, 105],
      [orders['staff form'], 210, 297],
    ] as const) {
      const { url } = await issue(order);
      await open(url);
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      const sheets = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
      expect(sheets).toHaveLength(1);
      const [points = []] = sheets.map(([, ...lengths]) => lengths.map(Number));
      expect((points[0] ?? 0) * (25.4 / 72)).toBeCloseTo(width, 0);
      expect((points[1] ?? 0) * (25.4 / 72)).toBeCloseTo(height, 0);
    }
  });

  it.each([
    ['turned', 'transform: rotate(11deg)', 90],
    ['upside down', 'transform: rotate(180deg)', 90],
    ['out of focus', 'filter: blur(0.8px)', 90],
    ['dim', 'filter: brightness(0.55) contrast(0.6)', 90],
    ['compressed hard', '', 10],
    ['all of it', 'transform: rotate(-7deg); filter: blur(0.6px) brightness(0.8)', 25],
  ])('a photograph of it, %s, still reads', async (_, style, quality) => {
    for (const name of ['ticket', 'pass', 'filing', 'fullest form']) {
      const { url, inspect, answer } = await issue(papers[name] ?? []);
      await open(url);
      const sheet = await page.evaluate<string>('document.documentElement.outerHTML');
      await page.goto('about:blank');
      await page.setViewportSize({ width: 1000, height: 1300 });
      await page.setContent(
        `<body style="background: #876"><div style="margin: 90px; width: max-content; ${style}">${sheet}</div>`,
      );
      const photograph = await page.screenshot({ type: 'jpeg', quality });
      expect(await inspect('photograph.jpg', photograph), name).toEqual(answer);
    }
  });
});
