import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Language } from '../../config/language.js';
import { readLanguages } from '../../config/language-files.js';
import { type Screen, startScreen } from '../../kiosk/screen/server.js';
import type { ScreenView } from '../../kiosk/screen/view.js';
import { viewInWords } from '../../kiosk/screen/words.js';
import { russian } from '../kiosk/screen/russian.js';
import { furtherSteps, views } from '../kiosk/screen/views.js';
import {
  canRun,
  clock,
  inPage,
  launch,
  type MeasuredText,
  measureTexts,
  overlaps,
  pictures,
  scheduler,
  why,
} from './browser.js';

const sizes = {
  portrait: { width: 800, height: 1280 },
  landscape: { width: 800, height: 480 },
  wide: { width: 1024, height: 600 },
} as const;
/** What other panels have. */
const furtherSizes = {
  'portrait 600': { width: 600, height: 1024 },
  'portrait 480': { width: 480, height: 800 },
  square: { width: 900, height: 900 },
  'wide 1280': { width: 1280, height: 720 },
} as const;

const [chinese, english] = readLanguages().languages as [Language, Language];
const orders = {
  'zh en': [chinese, english],
  'en zh': [english, chinese],
  'zh ru': [chinese, russian],
  'ru en': [russian, english],
  zh: [chinese],
} as const satisfies Readonly<Record<string, readonly Language[]>>;

/** A scheduler whose time stands still: a controller that froze with its sockets open. */
const frozen = { at: () => () => {} };

interface MainWord {
  readonly emPx: number;
  readonly inkPx: number;
  readonly narrow: number;
}

interface Examined {
  readonly main: MainWord;
  readonly texts: readonly MeasuredText[];
  readonly fits: boolean;
  readonly outOfBox: readonly string[];
  readonly symbolPx: number;
}

interface Look {
  readonly ground: string;
  readonly luminance: number;
  readonly symbol: string;
  readonly word: string;
}

interface Sound {
  readonly dominantHz: number;
  readonly bursts: readonly number[];
  readonly endMs: number;
}

describe.skipIf(!canRun)(`the screen in a browser${why}`, () => {
  let browser: Browser;
  const closers: (() => Promise<void>)[] = [];
  let serial = 0;

  beforeAll(async () => {
    browser = await launch();
    if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function openPage(screen: Screen, viewport: { width: number; height: number }) {
    const page = await browser.newPage({ viewport });
    closers.push(() => page.close());
    const requested: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.addInitScript({ path: fileURLToPath(inPage) });
    await page.goto(`http://127.0.0.1:${screen.port}/`);
    return { page, requested, complaints };
  }

  async function start(
    languages: readonly Language[] = orders['zh en'],
    port = 0,
    scheduling: typeof scheduler | typeof frozen = scheduler,
  ) {
    const screen = await startScreen({ port, languages, clock, scheduler: scheduling });
    closers.push(() => screen.close());
    return screen;
  }

  const picture = async (page: Page, name: string) => {
    if (pictures === undefined) return;
    await page.evaluate('inPage.untilStill()');
    await page.screenshot({ path: join(pictures, `${name}.png`) });
  };

  async function resize(page: Page, viewport: { width: number; height: number }) {
    await page.setViewportSize(viewport);
    await page.evaluate(`inPage.untilResized(${viewport.width}, ${viewport.height})`);
  }

  /** Publishes a view under a serial of its own and waits until the page has painted it. */
  async function shown(screen: Screen, page: Page, view: ScreenView): Promise<ScreenView> {
    serial += 1;
    const told = { ...view, toneSerial: serial };
    screen.publish(told);
    await page.evaluate(`inPage.untilPainted(${serial})`);
    return told;
  }

  /** Everything that holds for each picture in each language and size. */
  async function expectSound(
    page: Page,
    view: ScreenView,
    languages: readonly Language[],
    height: number,
  ): Promise<void> {
    const { main, texts, fits, outOfBox, symbolPx } =
      await page.evaluate<Examined>('inPage.examine()');
    expect(symbolPx).toBeGreaterThan(height / 9);
    expect(main.emPx).toBeGreaterThanOrEqual(height / 8);
    if (languages[0] === chinese) {
      expect(main.inkPx).toBeGreaterThanOrEqual(height / 8);
      expect(main.narrow).toBeGreaterThanOrEqual(0.9);
    }
    expect(texts.filter(({ contrast }) => contrast < 7)).toEqual([]);
    expect(texts.filter(({ isInside }) => !isInside)).toEqual([]);
    expect(overlaps(texts)).toEqual([]);
    expect(fits).toBe(true);
    expect(outOfBox).toEqual([]);
    const read = texts.map(({ text }) => text).join('\n');
    // Nothing is left out, and beyond a mask there is no number.
    const words = viewInWords(view, languages);
    const expected = [
      ...words.headline,
      ...(words.step?.texts ?? []),
      ...words.checklist.flatMap(({ texts }) => texts),
      ...(words.checklist.length > 5 ? [] : words.checklist.map(({ value }) => value ?? '')),
      words.temperature ?? '',
      words.masked ?? '',
    ].map(letters);
    for (const text of expected) expect(letters(read)).toContain(text);
    expect(read).not.toMatch(/\d{3}/);
  }

  describe.each(Object.entries(orders))('%s', (order, languages) => {
    it.each(Object.entries(sizes))(
      '%s: every picture is large, in contrast, whole and inside the panel',
      async (size, viewport) => {
        const screen = await start(languages);
        const { page, requested, complaints } = await openPage(screen, viewport);
        for (const [name, view] of Object.entries<ScreenView>(views)) {
          const told = await shown(screen, page, view);
          await picture(page, `${order.replace(' ', '-')} ${size} ${name}`);
          await expectSound(page, told, languages, viewport.height).catch(named(name));
        }
        for (const view of furtherSteps) {
          const told = await shown(screen, page, view);
          await expectSound(page, told, languages, viewport.height).catch(
            named(JSON.stringify(view.nextStep)),
          );
        }
        const origin = `http://127.0.0.1:${screen.port}/`;
        expect(requested.filter((url) => !url.startsWith(origin))).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );
  });

  it('fits any panel, and fits anew when the window changes', async () => {
    const screen = await start();
    const { page } = await openPage(screen, sizes.wide);
    for (const [size, viewport] of Object.entries(furtherSizes)) {
      await resize(page, viewport);
      for (const name of ['idle', 'measuring', 'fullest', 'go', 'refused', 'see-guard'] as const) {
        const told = await shown(screen, page, views[name]);
        await picture(page, `${size} ${name}`);
        await expectSound(page, told, orders['zh en'], viewport.height).catch(
          named(`${size} ${name}`),
        );
      }
    }
  });

  it('no two modes look alike, in colour, in symbol or in word; what waits for hours is dark', async () => {
    const screen = await start();
    const { page } = await openPage(screen, sizes.portrait);
    const looks = new Map<string, Look>();
    for (const view of Object.values<ScreenView>(views)) {
      await shown(screen, page, view);
      looks.set(view.mode, await page.evaluate<Look>('inPage.look()'));
    }
    await screen.close();
    await untilMode(page, 'lost');
    looks.set('lost', await page.evaluate<Look>('inPage.look()'));
    expect(looks.size).toBe(10);
    for (const part of ['ground', 'word'] as const)
      expect(new Set([...looks.values()].map((look) => look[part])).size).toBe(looks.size);
    // While papers are shown, the symbol is the next step's.
    looks.delete('collecting');
    expect(new Set([...looks.values()].map(({ symbol }) => symbol)).size).toBe(looks.size);
    for (const mode of ['idle', 'out-of-service', 'lockdown', 'lost'])
      expect(looks.get(mode)?.luminance, mode).toBeLessThan(0.03);
  });

  it('the hint is a drawing of its own for each place to go to', async () => {
    const screen = await start();
    const { page } = await openPage(screen, sizes.wide);
    const drawn: string[] = [];
    for (const name of ['collecting', 'card', 'measuring', 'too cold', 'guard asks'] as const) {
      await shown(screen, page, views[name]);
      drawn.push((await page.evaluate<Look>('inPage.look()')).symbol);
    }
    expect(new Set(drawn).size).toBe(drawn.length);
    for (const reference of await page.locator('use').all()) {
      const href = (await reference.getAttribute('href')) ?? '';
      expect(await page.locator(`symbol${href}`).count(), href).toBe(1);
    }
  });

  it('shows data as text, whatever it holds', async () => {
    const screen = await start();
    const { page, complaints } = await openPage(screen, sizes.landscape);
    const markup = '<img src=x onerror=alert(1)></script>';
    await shown(screen, page, {
      ...views.collecting,
      masked: markup,
      checklist: [{ id: 'x', label: { zh: markup, en: markup }, state: 'missing' }],
    });
    expect(await page.locator('#masked-text').textContent()).toBe(markup);
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('a text of any length that a file may hold stands whole', async () => {
    const long = (text: string, characters: number) =>
      text.repeat(Math.ceil(characters / text.length)).slice(0, characters - 1);
    const wordy: Language = {
      ...english,
      headlines: { ...english.headlines, scan: `${long('word ', 31)}d` },
      steps: { ...english.steps, measure: `${long('several words ', 109)}d` },
    };
    const unbroken: Language = {
      ...english,
      headlines: { ...english.headlines, scan: 'W'.repeat(32) },
      steps: { ...english.steps, measure: 'W'.repeat(110) },
    };
    const view: ScreenView = {
      ...views.fullest,
      headline: 'scan',
      nextStep: views.measuring.nextStep,
    };
    for (const languages of [
      [wordy, chinese],
      [chinese, wordy],
      [unbroken, unbroken],
    ]) {
      const screen = await start(languages);
      const { page } = await openPage(screen, sizes.landscape);
      for (const viewport of Object.values(sizes)) {
        await resize(page, viewport);
        await shown(screen, page, view);
        const texts = await measureTexts(page);
        expect(texts.filter(({ isInside }) => !isInside)).toEqual([]);
        expect(overlaps(texts)).toEqual([]);
      }
    }
  });

  it('stands still for whoever has asked for that, and shows what was read all the same', async () => {
    const screen = await start();
    const { page } = await openPage(screen, sizes.landscape);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await shown(screen, page, views.idle);
    const before = await page.locator('#ring').getAttribute('data-beat');
    await shown(screen, page, views.idle);
    expect(await page.locator('#ring').getAttribute('data-beat')).not.toBe(before);
    await shown(screen, page, views.emergency);
    const moving = () =>
      page.evaluate<number>(
        'document.getAnimations().filter((one) => one.effect.getTiming().iterations > 1).length',
      );
    expect(await moving()).toBe(0);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await moving()).toBeGreaterThan(0);
  });

  it('says that the controller is lost when it stops, and recovers by itself', async () => {
    const screen = await start();
    const { page } = await openPage(screen, sizes.portrait);
    await shown(screen, page, views.go);
    await screen.close();
    await untilMode(page, 'lost');
    expect(await page.locator('#headline-0').textContent()).toBe('请勿通行');
    expect(await page.locator('#step-0').textContent()).toBe('控制器失联，请到门卫处');
    expect(await page.locator('#masked').isVisible()).toBe(false);
    for (const [size, viewport] of Object.entries(sizes)) {
      await resize(page, viewport);
      await picture(page, `${size} lost`);
      const main = await page.evaluate<MainWord>('inPage.mainWord()');
      expect(main.inkPx).toBeGreaterThanOrEqual(viewport.height / 8);
      for (const text of await measureTexts(page)) {
        expect(text).toMatchObject({ isInside: true });
        // Its symbol breathes; its words do not.
        expect(text.contrast).toBeGreaterThanOrEqual(7);
      }
    }
    const again = await start(orders['zh en'], screen.port);
    again.publish(views.idle);
    await untilMode(page, 'idle');
  });

  it('loads itself anew where the gate came back with another page', async () => {
    const screen = await start();
    const { page } = await openPage(screen, sizes.portrait);
    await shown(screen, page, views.idle);
    await screen.close();
    await untilMode(page, 'lost');
    const again = await start(orders['ru en'], screen.port);
    again.publish(views.idle);
    await page.getByText('Покажите').waitFor();
    await untilMode(page, 'idle');
    expect(await page.getAttribute('html', 'lang')).toBe('ru');
  });

  it('says everything in other languages once it is told so, and nobody has to touch it', async () => {
    const screen = await start();
    const { page, complaints } = await openPage(screen, sizes.portrait);
    await shown(screen, page, views.idle);
    screen.speak(orders['ru en']);
    await page.getByText('Покажите').waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('ru');
    const told = await shown(screen, page, views.measuring);
    await expectSound(page, told, orders['ru en'], sizes.portrait.height);
    // One language stands in the place of two.
    screen.speak(orders.zh);
    await page.locator('html[lang="zh-CN"]').waitFor();
    await expectSound(page, await shown(screen, page, views.go), orders.zh, sizes.portrait.height);
    expect(complaints).toEqual([]);
  });

  it('has no words of before, also where they changed while it was being fetched', async () => {
    const screen = await start();
    screen.publish(views.idle);
    const page = await browser.newPage({ viewport: sizes.landscape });
    closers.push(() => page.close());
    await page.route('**/screen.js', (route) => {
      screen.speak(orders['ru en']);
      return route.continue();
    });
    await page.goto(`http://127.0.0.1:${screen.port}/`);
    await page.locator('html[lang="ru"]').waitFor();
    await untilMode(page, 'idle');
  });

  it('says so too when the controller froze with its sockets open', async () => {
    const screen = await start(orders['zh en'], 0, frozen);
    screen.publish(views.go);
    const { page } = await openPage(screen, sizes.portrait);
    await untilMode(page, 'go');
    await untilMode(page, 'lost');
    // It opens streams anew, and what they say first is no proof of life.
    await page.waitForRequest((request) => request.url().endsWith('/events'));
    await page.waitForRequest((request) => request.url().endsWith('/events'));
    expect(await page.locator('body').getAttribute('data-mode')).toBe('lost');
  });

  it('stands as long as heartbeats come, without any change', async () => {
    const screen = await start();
    screen.publish(views.idle);
    const { page } = await openPage(screen, sizes.portrait);
    await untilMode(page, 'idle');
    // The first is the greeting; four more take longer than the page waits.
    const seen = await page.evaluate<string[]>('inPage.modesDuringBeats(5)');
    expect(seen).toEqual(['idle']);
  });

  it('sounds once for each serial, equal tones again, and not for the past', async () => {
    const screen = await start();
    screen.publish(views.refused);
    const { page } = await openPage(screen, sizes.portrait);
    await untilMode(page, 'refused');
    const soundsOf = async (view: ScreenView, masked = `m${view.toneSerial}`) => {
      await takeSounds(page);
      screen.publish({ ...view, masked });
      await page.getByText(masked, { exact: true }).waitFor();
      return takeSounds(page);
    };
    expect(await soundsOf(views.refused)).toBe('[]');
    const tones = ['accepted', 'go', 'refused', 'see-guard', 'siren'] as const;
    const heard: string[] = [];
    for (const [index, tone] of tones.entries())
      heard.push(await soundsOf({ ...views.idle, tone, toneSerial: 10 + index }));
    expect(new Set(heard).size).toBe(tones.length);
    expect(heard).not.toContain('[]');
    // The siren ends with its view.
    const again = await soundsOf({ ...views.idle, tone: 'accepted', toneSerial: 20 });
    expect(again).toBe(`["stop",0,"stop",0,${heard[0]?.slice(1)}`);
    const same = { ...views.idle, tone: 'accepted', toneSerial: 21 } as const;
    expect(await soundsOf(same)).toBe(heard[0]);
    expect(await soundsOf(same, 'same')).toBe('[]');
  });

  it('tones differ by ear: in pitch, in rhythm and in length', async () => {
    const { page } = await openPage(await start(), sizes.landscape);
    const sounds = new Map<string, Sound>();
    for (const tone of ['accepted', 'go', 'refused', 'see-guard', 'siren'])
      sounds.set(tone, await page.evaluate<Sound>(`inPage.analyse('${tone}')`));
    const of = (tone: string): Sound => {
      const sound = sounds.get(tone);
      if (sound === undefined) throw new Error(tone);
      return sound;
    };
    expect(of('accepted')).toMatchObject({ bursts: [expect.any(Number)] });
    expect(of('go').bursts).toHaveLength(2);
    expect(of('refused').bursts).toHaveLength(3);
    expect(of('see-guard').bursts).toHaveLength(2);
    expect(of('siren')).toMatchObject({ bursts: [3000], endMs: 3000 });
    expect(await page.evaluate<Sound>(`inPage.analyse('none')`)).toMatchObject({ bursts: [] });
    const all = [...sounds];
    for (const [index, [name, one]] of all.entries())
      for (const [otherName, other] of all.slice(index + 1)) {
        const pair = `${name} and ${otherName}`;
        // A whole tone is 12 %.
        const interval =
          Math.max(one.dominantHz, other.dominantHz) / Math.min(one.dominantHz, other.dominantHz);
        expect(interval, `pitch of ${pair}`).toBeGreaterThan(1.12);
        const length = Math.max(one.endMs, other.endMs) / Math.min(one.endMs, other.endMs);
        expect(length, `length of ${pair}`).toBeGreaterThan(1.3);
      }
  });

  if (pictures !== undefined)
    it('makes the picture of the README', async () => {
      const screen = await start();
      const { page } = await openPage(screen, sizes.wide);
      const shots: string[] = [];
      for (const name of ['idle', 'measuring', 'go', 'see-guard'] as const) {
        await shown(screen, page, views[name]);
        await page.evaluate('inPage.untilStill()');
        shots.push((await page.screenshot()).toString('base64'));
      }
      const sheet = await browser.newPage({ viewport: { width: 1560, height: 236 } });
      closers.push(() => sheet.close());
      const images = shots.map(
        (shot) => `<img width="384" style="margin:3px" src="data:image/png;base64,${shot}">`,
      );
      await sheet.setContent(`<body style="margin:0;white-space:nowrap">${images.join('')}</body>`);
      await sheet.waitForFunction('[...document.images].every((image) => image.complete)');
      await sheet.screenshot({ path: join(pictures ?? '', 'screen.png') });
    });
});

/** Letters and digits alone: how lines break does not count. */
const letters = (text: string) => text.replaceAll(/\s/gu, '');

/** Says which picture it was. */
const named = (name: string) => (error: unknown) => {
  if (error instanceof Error) error.message = `${name}: ${error.message}`;
  throw error;
};

/** What `public/in-page.js` offers in the page under test. */
const takeSounds = (page: Page) => page.evaluate<string>('inPage.takeSounds()');
const untilMode = (page: Page, mode: string) => page.locator(`body[data-mode="${mode}"]`).waitFor();
