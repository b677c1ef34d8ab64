import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  headlines,
  nextSteps,
  passed,
  temperatureSteps,
  waitOutside,
} from '../../kiosk/screen/phrases.js';
import { type Screen, startScreen } from '../../kiosk/screen/server.js';
import type { ScreenMode, ScreenView } from '../../kiosk/screen/view.js';
import {
  canRun,
  clock,
  inPage,
  launch,
  measureTexts,
  overlaps,
  pictures,
  scheduler,
  why,
} from './browser.js';

const sizes = {
  portrait: { width: 800, height: 1280 },
  landscape: { width: 800, height: 480 },
} as const;

const base: ScreenView = {
  mode: 'idle',
  headline: headlines.idle,
  nextStep: {
    zh: '出示审批表、通行证或校园卡二维码',
    en: 'Show your form, pass or campus card code',
  },
  checklist: [],
  temperature: null,
  masked: null,
  tone: 'none',
  toneSerial: 0,
  direction: 'in',
};
const form = { id: 'form', label: { zh: '工作人员入校审批表', en: 'Staff approval form' } };
const code = { id: 'code', label: { zh: '校园卡认证二维码', en: 'Campus card code' } };
const warmth = { id: 'temperature', label: { zh: '体温', en: 'Temperature' } };

/** One view for each mode, as full as it gets. */
const views: Readonly<Record<ScreenMode, ScreenView>> = {
  idle: base,
  collecting: {
    ...base,
    mode: 'collecting',
    headline: headlines.collecting,
    nextStep: { zh: '请将手腕靠近测温口', en: 'Hold your bare wrist to the thermometer' },
    checklist: [
      { ...form, state: 'done' },
      { ...code, state: 'refused' },
      { ...warmth, state: 'missing' },
    ],
    masked: '20******12',
  },
  wait: {
    ...base,
    mode: 'wait',
    headline: headlines.wait,
    nextStep: null,
    checklist: [
      { ...form, state: 'done' },
      { ...code, state: 'done' },
    ],
    temperature: { celsius: '36.5', verdict: 'normal' },
    masked: '20******12',
  },
  go: {
    ...base,
    mode: 'go',
    headline: headlines.go,
    nextStep: { zh: '一次一人', en: 'One person at a time' },
    temperature: { celsius: '36.5', verdict: 'normal' },
    masked: '20******12',
    tone: 'go',
    toneSerial: 3,
  },
  refused: {
    ...base,
    mode: 'refused',
    headline: headlines.refused,
    nextStep: {
      zh: '不符合入校条件，请返回；如有疑问请到门卫处',
      en: 'You do not fit any rule of entry. Please turn back, or ask the guard.',
    },
    checklist: [
      { ...form, state: 'refused' },
      { ...code, state: 'missing' },
      { ...warmth, state: 'missing' },
    ],
    tone: 'refused',
    toneSerial: 4,
  },
  'see-guard': {
    ...base,
    mode: 'see-guard',
    headline: headlines['see-guard'],
    nextStep: null,
    tone: 'see-guard',
    toneSerial: 5,
    direction: 'out',
  },
  'out-of-service': {
    ...base,
    mode: 'out-of-service',
    headline: headlines['out-of-service'],
    nextStep: { zh: '请走其他通道或到门卫处', en: 'Use another lane or see the guard' },
  },
  lockdown: {
    ...base,
    mode: 'lockdown',
    headline: headlines.lockdown,
    nextStep: waitOutside,
  },
  emergency: {
    ...base,
    mode: 'emergency',
    headline: headlines.emergency,
    nextStep: { zh: '通道已打开，请有序通过', en: 'The gate is open. Walk through calmly.' },
    tone: 'siren',
    toneSerial: 6,
  },
};

/** A scheduler whose time stands still: a controller that froze with its sockets open. */
const frozen = { at: () => () => {} };

describe.skipIf(!canRun)(`the screen in a browser${why}`, () => {
  let browser: Browser;
  const closers: (() => Promise<void>)[] = [];

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

  async function start(port = 0, scheduling: typeof scheduler | typeof frozen = scheduler) {
    const screen = await startScreen({ port, clock, scheduler: scheduling });
    closers.push(() => screen.close());
    return screen;
  }

  const picture = async (page: Page, name: string) => {
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
  };

  describe.each(Object.entries(sizes))('%s', (sizeName, viewport) => {
    it.each(Object.entries(views))(
      '%s: large, in contrast, inside the panel',
      async (mode, view) => {
        const screen = await start();
        const { page, requested, complaints } = await openPage(screen, viewport);
        screen.publish(view);
        await untilMode(page, mode);
        await picture(page, `${sizeName}-${mode}`);

        expect(await page.locator('#headline-zh').textContent()).toBe(view.headline.zh);
        const characterPx = await page.evaluate<number>('inPage.characterPx("#headline-zh")');
        expect(characterPx).toBeGreaterThanOrEqual(viewport.height / 8);

        const texts = await measureTexts(page);
        expect(texts.length).toBeGreaterThanOrEqual(2);
        for (const text of texts) {
          expect(text, text.text).toMatchObject({ isInside: true });
          expect(text.contrast, `contrast of ${text.text}`).toBeGreaterThanOrEqual(7);
        }
        expect(overlaps(texts)).toEqual([]);
        const shown = texts.map((text) => text.text).join('\n');
        for (const item of view.checklist) expect(shown).toContain(item.label.zh);
        if (view.nextStep !== null) expect(shown).toContain(view.nextStep.en);
        if (view.temperature !== null) expect(shown).toContain(view.temperature.celsius);
        if (view.masked !== null) expect(shown).toContain(view.masked);
        const symbol = await page.locator('.symbol').boundingBox();
        expect(symbol?.height).toBeGreaterThan(viewport.height / 6);

        const origin = `http://127.0.0.1:${screen.port}/`;
        expect(requested.filter((url) => !url.startsWith(origin))).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );
  });

  it.each(Object.entries(sizes))('%s holds the fullest view there is', async (size, viewport) => {
    const screen = await start();
    const { page } = await openPage(screen, viewport);
    const states = ['done', 'done', 'refused', 'missing'] as const;
    screen.publish({
      ...views.refused,
      mode: 'see-guard',
      headline: views['see-guard'].headline,
      checklist: states.map((state, index) => ({ ...form, id: `${index}`, state })),
      temperature: views.go.temperature,
      masked: '20******12',
    });
    await untilMode(page, 'see-guard');
    await picture(page, `${size}-zz-fullest`);
    const characterPx = await page.evaluate<number>('inPage.characterPx("#headline-zh")');
    expect(characterPx).toBeGreaterThanOrEqual(viewport.height / 8);
    const texts = await measureTexts(page);
    expect(texts.filter((text) => !text.isInside)).toEqual([]);
    expect(overlaps(texts)).toEqual([]);
  });

  it.each(Object.entries(sizes))('%s holds every phrase of the gate', async (_size, viewport) => {
    const screen = await start();
    const { page } = await openPage(screen, viewport);
    const steps = [...Object.values(nextSteps), ...Object.values(temperatureSteps)];
    for (const [index, nextStep] of [...new Set(steps)].entries()) {
      const view = index % 2 === 0 ? views.refused : views.collecting;
      screen.publish({ ...view, nextStep });
      await page.getByText(nextStep.en, { exact: true }).waitFor();
      const texts = await measureTexts(page);
      expect(texts.filter((text) => !text.isInside)).toEqual([]);
      expect(overlaps(texts)).toEqual([]);
    }
    screen.publish({ ...base, headline: passed });
    await page.getByText(passed.en, { exact: true }).waitFor();
    expect((await measureTexts(page)).filter((text) => !text.isInside)).toEqual([]);
  });

  it('no two modes look alike, in colour or in symbol', async () => {
    const screen = await start();
    const { page } = await openPage(screen, sizes.portrait);
    const looks: Look[] = [];
    for (const view of Object.values(views)) {
      screen.publish(view);
      await untilMode(page, view.mode);
      looks.push(await page.evaluate<Look>('inPage.look()'));
    }
    expect(new Set(looks.map((look) => look.ground)).size).toBe(looks.length);
    expect(new Set(looks.map((look) => look.symbol)).size).toBe(looks.length);
  });

  it('shows data as text, whatever it holds', async () => {
    const screen = await start();
    const { page, complaints } = await openPage(screen, sizes.landscape);
    const markup = '<img src=x onerror=alert(1)>';
    screen.publish({
      ...views.collecting,
      masked: markup,
      checklist: [{ id: 'x', label: { zh: markup, en: markup }, state: 'missing' }],
    });
    await untilMode(page, 'collecting');
    expect(await page.locator('#masked-text').textContent()).toBe(markup);
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('says that the controller is lost when it stops, and recovers by itself', async () => {
    const screen = await start();
    const { page } = await openPage(screen, sizes.portrait);
    screen.publish(views.go);
    await untilMode(page, 'go');
    await screen.close();
    await untilMode(page, 'lost');
    expect(await page.locator('#headline-zh').textContent()).toBe('控制器失联');
    expect(await page.locator('#headline-en').textContent()).toBe('Controller lost');
    expect(await page.locator('#masked').isVisible()).toBe(false);
    await picture(page, 'portrait-lost');
    for (const text of await measureTexts(page)) {
      expect(text).toMatchObject({ isInside: true });
      expect(text.contrast).toBeGreaterThanOrEqual(7);
    }
    await page.setViewportSize(sizes.landscape);
    for (const text of await measureTexts(page)) expect(text).toMatchObject({ isInside: true });
    await picture(page, 'landscape-lost');

    const again = await start(screen.port);
    again.publish(views.idle);
    await untilMode(page, 'idle');
  });

  it('says so too when the controller froze with its sockets open', async () => {
    const screen = await start(0, frozen);
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

  it('sounds each tone differently, once for each serial, and not for the past', async () => {
    const screen = await start();
    screen.publish(views.refused);
    const { page } = await openPage(screen, sizes.portrait);
    await untilMode(page, 'refused');
    const soundsOf = async (view: ScreenView, masked = `${view.toneSerial}`) => {
      await takeSounds(page);
      screen.publish({ ...view, masked });
      await page.getByText(masked, { exact: true }).waitFor();
      return takeSounds(page);
    };
    expect(await soundsOf(views.refused)).toBe('[]');
    const tones = ['accepted', 'go', 'refused', 'see-guard', 'siren'] as const;
    const heard: string[] = [];
    for (const [index, tone] of tones.entries())
      heard.push(await soundsOf({ ...base, tone, toneSerial: 10 + index }));
    expect(new Set(heard).size).toBe(tones.length);
    expect(heard).not.toContain('[]');
    const again = await soundsOf({ ...base, tone: 'accepted', toneSerial: 20 });
    expect(again).toContain(heard[0]?.slice(1, -1));
    expect(await soundsOf({ ...base, tone: 'accepted', toneSerial: 20 }, 'same')).toBe('[]');
  });
});

interface Look {
  readonly ground: string;
  readonly symbol: string;
}

/** What `public/in-page.js` offers in the page under test. */
const takeSounds = (page: Page) => page.evaluate<string>('inPage.takeSounds()');
const untilMode = (page: Page, mode: string) => page.locator(`body[data-mode="${mode}"]`).waitFor();
