import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { projectBooth } from '../../kiosk/booth/project.js';
import { type Booth, type BoothOptions, startBooth } from '../../kiosk/booth/server.js';
import type { BoothView } from '../../kiosk/booth/view.js';
import type { DetailProblem, DetailsInput } from '../../kiosk/evidence/details.js';
import { startScreen } from '../../kiosk/screen/server.js';
import { entering, quiet, shownAtMs, views } from '../kiosk/booth/views.js';
import { badge, card, Hands } from '../kiosk/core/hands.js';
import {
  canRun,
  clock,
  inPage,
  launch,
  measureTexts,
  pictures,
  scheduler,
  why,
} from './browser.js';

/** What has to be read at a glance: the question, the keys, the person. */
const whole =
  '#prompt-zh, #prompt-en, .cap, .cap .name, #person-body > p:first-child, .chip, #way, #way > *';

const sizes = {
  small: { width: 1024, height: 600 },
  square: { width: 1024, height: 768 },
  wide: { width: 1280, height: 800 },
  office: { width: 1400, height: 1000 },
  large: { width: 1920, height: 1080 },
  portrait: { width: 800, height: 1280 },
} as const;

describe.skipIf(!canRun)(`the booth's page in a browser${why}`, () => {
  let browser: Browser;
  const closers: (() => Promise<void>)[] = [];
  const presses: string[] = [];
  const entered: DetailsInput[] = [];
  let problems: readonly DetailProblem[] = [];

  beforeAll(async () => {
    browser = await launch();
    if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    presses.length = 0;
    entered.length = 0;
    problems = [];
  });

  async function start(port = 0, change: Partial<BoothOptions> = {}): Promise<Booth> {
    const booth = await startBooth({
      port,
      clock,
      scheduler,
      onPress: (button, event) => void presses.push(`${button} ${event}`),
      onDetails(details) {
        if (problems.length === 0) entered.push(details);
        return problems;
      },
      ...change,
    });
    closers.push(() => booth.close());
    return booth;
  }

  async function open(booth: Booth, viewport: { width: number; height: number }) {
    const page = await browser.newPage({ viewport });
    closers.push(() => page.close());
    const complaints: string[] = [];
    const requested: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('request', (request) => requested.push(request.url()));
    await page.addInitScript({ path: fileURLToPath(inPage) });
    await page.goto(booth.address);
    return { page, complaints, requested };
  }

  const untilLive = (page: Page) => page.locator('body[data-state="live"]').waitFor();
  const untilPressed = (count: number) => expect.poll(() => presses.length).toBe(count);

  describe.each(Object.entries(sizes))('%s', (sizeName, viewport) => {
    it('every picture stands whole inside the window, in contrast, the question largest', async () => {
      const booth = await start(0, { gateWallMs: () => shownAtMs });
      booth.publish(quiet);
      const { page, complaints, requested } = await open(booth, viewport);
      await untilLive(page);
      await page.locator('#time').getByText('09:41:0').waitFor();
      for (const [index, [name, view]] of Object.entries<BoothView>(views).entries()) {
        const zone = `north-gate-${index}`;
        booth.publish({ ...view, zone });
        await page.locator('#way').getByText(zone, { exact: false }).waitFor();
        if (pictures !== undefined)
          await page.screenshot({ path: join(pictures, `booth-${sizeName}-${name}.png`) });
        const texts = await measureTexts(page);
        expect(texts.length, name).toBeGreaterThan(20);
        expect(texts.filter(({ contrast }) => contrast < 7)).toEqual([]);
        // Nothing is to be scrolled to, and what has to be read at a glance stands whole.
        expect(await page.evaluate<boolean>('inPage.fitsWindow()'), name).toBe(true);
        expect(
          await page.evaluate<string[]>(`inPage.cutOff(${JSON.stringify(whole)})`),
          name,
        ).toEqual([]);
        expect(await page.evaluate<string[]>('inPage.cutTexts()'), name).toEqual([]);
        const shown = texts.map(({ text }) => text).join('\n');
        expect(shown).toContain(view.onDuty === null ? '无人值班' : view.onDuty.masked);
        expect(shown).toContain(`时钟${view.clock.text.zh}`);
        if (view.prompt === null) continue;
        expect(shown).toContain(view.prompt.text.zh);
        expect(await page.evaluate<string[]>('inPage.largest()')).toEqual(['prompt-zh']);
      }
      expect(complaints).toEqual([]);
      expect(requested.filter((url) => !url.startsWith(booth.address))).toEqual([]);
    });
  });

  it('NEXT, CONFIRM and the others by keyboard alone, down and up', async () => {
    const booth = await start();
    booth.publish(views.confirming);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    await page.keyboard.down('n');
    await untilPressed(1);
    await page.keyboard.up('n');
    for (const key of ['c', 'o', 'r', 'a']) await page.keyboard.press(key);
    await untilPressed(10);
    expect([...presses].sort()).toEqual(
      ['acknowledge', 'confirm', 'next', 'open', 'refuse']
        .flatMap((button) => [`${button} pressed`, `${button} released`])
        .sort(),
    );
  });

  it('EMERGENCY and LOCKDOWN count only after they have been held', async () => {
    const booth = await start();
    booth.publish(quiet);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    await page.keyboard.press('e');
    await page.keyboard.down('l');
    await untilPressed(1);
    expect(presses).toEqual(['lockdown pressed']);
    await page.keyboard.up('l');
    await untilPressed(2);
  });

  it('a key that is held when the page goes is let go', async () => {
    const booth = await start();
    booth.publish(quiet);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    await page.keyboard.down('n');
    await untilPressed(1);
    await page.close();
    await expect.poll(() => presses).toContain('next released');
  });

  it('CONFIRM of what the page does not show any more is not taken', async () => {
    const booth = await start();
    booth.publish(views.confirming);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    // The gate is further than the picture: the stream is held back by a page that lags.
    const answer = await page.evaluate(async () => {
      const response = await fetch('/press', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ button: 'confirm', event: 'pressed', prompt: '1/attest:landlord' }),
      });
      return response.status;
    });
    expect(answer).toBe(409);
    expect(presses).toEqual([]);
  });

  it('details are typed by keyboard, sent once, and stand nowhere afterwards', async () => {
    const booth = await start();
    booth.publish(entering);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    await page.keyboard.press('d');
    await page.locator('#details-name').waitFor();
    await page.keyboard.type('Zhao Qian');
    await page.keyboard.press('Enter');
    if (pictures !== undefined)
      await page.screenshot({ path: join(pictures, 'booth-details.png') });
    // While somebody types, letters are letters.
    expect(presses).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => entered.length).toBe(1);
    expect(entered[0]?.fields.name).toBe('Zhao Qian');
    await expect.poll(() => page.content()).not.toContain('Zhao Qian');
    const values = await page.evaluate<string>(
      `[...document.querySelectorAll('input')].map((input) => input.value).join('')`,
    );
    expect(values).toBe('');
  });

  it('what cannot be is said beside its field, and what was typed stays until it is right', async () => {
    problems = [{ field: 'id-number', fault: 'bad-check-digit' }];
    const booth = await start();
    booth.publish(entering);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    await page.keyboard.press('d');
    await page.locator('#details-id-number').fill('11010519491231002');
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-field="id-number"] small.problem').getByText('号码有误').waitFor();
    expect(await page.locator('#details-id-number').inputValue()).toBe('11010519491231002');
  });

  it('the person gone, the form is cleared with them', async () => {
    const booth = await start();
    booth.publish(entering);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    await page.keyboard.press('d');
    await page.locator('#details-name').fill('Zhao Qian');
    booth.publish(quiet);
    await page.locator('#details').waitFor({ state: 'hidden' });
    expect(await page.content()).not.toContain('Zhao Qian');
    expect(await page.locator('#details-name').count()).toBe(0);
  });

  it('says that the controller is lost, and recovers by itself', async () => {
    const booth = await start();
    booth.publish(views.confirming);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    await booth.close();
    await page.locator('body[data-state="lost"]').waitFor();
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, 'booth-lost.png') });
    const again = await start(booth.port);
    again.publish(quiet);
    await untilLive(page);
  });

  it('a person is let in by keyboard alone: duty, case, questions, temperature, day', async () => {
    const gate = new Hands();
    const beganMs = performance.now() - gate.now.monotonicMs;
    let booth: Booth | null = null;
    const turn = (give: () => void = () => {}): void => {
      const passedMs = performance.now() - beganMs - gate.now.monotonicMs;
      // No journal answers: while it is waited for, time stands still, or nobody sees that.
      if (gate.state.lane.name !== 'committing') gate.wait(passedMs);
      give();
      booth?.publish(projectBooth(gate.state, gate.now));
    };
    booth = await start(0, {
      onPress: (button, event) => turn(() => gate.give({ type: 'button', button, event })),
    });
    turn();
    const ticking = setInterval(turn, 50);
    closers.push(async () => clearInterval(ticking));
    const { page, complaints } = await open(booth, sizes.small);
    await untilLive(page);

    await page.keyboard.down('n');
    await page.getByText('请刷门卫证').waitFor();
    turn(() => gate.show(badge('g1')));
    await page.keyboard.up('n');
    await page.getByText(/^值班 20\*\*\*12 至/).waitFor();
    turn(() => gate.lay(card('me')));
    await page.locator('#prompt[data-id*="/"]').waitFor();

    const sentence = () => page.locator('#prompt-zh').textContent();
    const confirm = async (wanted: RegExp): Promise<void> => {
      for (let steps = 0; !wanted.test((await sentence()) ?? ''); steps += 1) {
        if (steps > 30) throw new Error(`NEXT never leads to ${wanted}`);
        const before = await sentence();
        await page.keyboard.press('n');
        await expect.poll(sentence).not.toBe(before);
      }
      const id = await page.locator('#prompt').getAttribute('data-id');
      await page.locator('#prompt[data-edge="good"]').waitFor();
      await page.keyboard.press('c');
      await expect.poll(() => page.locator('#prompt').getAttribute('data-id')).not.toBe(id);
    };
    await confirm(/校内居住职工/);
    await confirm(/已询问/);
    await confirm(/工作证/);
    await confirm(/人工测温：正常/);
    await page.getByText('到达日期（按 NEXT 选）').waitFor();
    await confirm(/到达日期：3天前/);
    await page.getByText('正在记录').waitFor();
    expect(gate.state.lane).toMatchObject({
      name: 'committing',
      grant: { rule: 'returning-staff' },
    });
    expect(complaints).toEqual([]);
  });

  it('while somebody types EMERGENCY is still there, by a chord, and shows that it is coming', async () => {
    const booth = await start();
    booth.publish(entering);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    await page.keyboard.press('d');
    await page.locator('#details-name').waitFor();
    await page.keyboard.down('Control');
    await page.keyboard.down('e');
    await page.locator('.cap[data-key="emergency"][data-arming="true"]').waitFor();
    expect(presses).toEqual([]);
    await untilPressed(1);
    await page.locator('.cap[data-key="emergency"][data-down="true"]').waitFor();
    await page.keyboard.up('e');
    await page.keyboard.up('Control');
    await untilPressed(2);
    expect(presses).toEqual(['emergency pressed', 'emergency released']);
    expect(await page.locator('#details-name').inputValue()).toBe('');
  });

  it('a finger does what a key does', async () => {
    const booth = await start();
    booth.publish(views.confirming);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    await page.locator('[data-key="next"]').hover();
    await page.mouse.down();
    await untilPressed(1);
    await page.mouse.up();
    await untilPressed(2);
    expect(presses).toEqual(['next pressed', 'next released']);
  });

  it('two forms: F2 changes between them, Esc clears, and nothing is stored', async () => {
    const booth = await start();
    booth.publish(entering);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    await page.keyboard.press('d');
    await page.locator('#details-name').fill('Zhao Qian');
    await page.keyboard.press('F2');
    await page.locator('#details-people').waitFor();
    expect(await page.locator('#details-name').count()).toBe(0);
    await page.locator('#details-people').fill('37');
    await page.keyboard.press('Escape');
    await page.locator('#details').waitFor({ state: 'hidden' });
    const kept = await page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state])',
    );
    expect(kept).toBe('[{},{},"",null]');
    expect(await page.locator('input').count()).toBe(0);
    await page.keyboard.press('n');
    await untilPressed(2);
  });

  it('what is typed does not outlive the connection: the next gate may know the number anew', async () => {
    const booth = await start();
    booth.publish(entering);
    const { page } = await open(booth, sizes.small);
    await untilLive(page);
    await page.keyboard.press('d');
    await page.locator('#details-name').fill('Zhao Qian');
    await booth.close();
    await page.locator('body[data-state="lost"]').waitFor();
    for (const { text, contrast, isInside } of await measureTexts(page))
      expect({ text, isInside, isRead: contrast >= 7 }).toEqual({
        text,
        isInside: true,
        isRead: true,
      });
    const again = await start(booth.port);
    again.publish(entering);
    await untilLive(page);
    expect(await page.locator('input').count()).toBe(0);
    expect(await page.locator('#details').isVisible()).toBe(false);
  });

  it('a page whose gate asks for the token says so, and is let in by it', async () => {
    const token = Buffer.alloc(32, 7);
    const booth = await start(0, { token });
    booth.publish(quiet);
    const { page } = await open(booth, sizes.small);
    await page.locator('body[data-state="login"]').waitFor();
    for (const { text, contrast } of await measureTexts(page))
      expect({ text, isRead: contrast >= 7 }).toEqual({ text, isRead: true });
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('口令不对').waitFor();
    await page.keyboard.type(token.toString('base64url'));
    await page.keyboard.press('Enter');
    await untilLive(page);
    // Another token, as after a change: the open page asks for it by itself.
    await booth.close();
    const again = await start(booth.port, { token: Buffer.alloc(32, 8) });
    again.publish(quiet);
    await page.locator('body[data-state="login"]').waitFor();
  });

  it("the public screen's browser reaches nothing of it", async () => {
    const booth = await start();
    booth.publish(views.confirming);
    const screen = await startScreen({ port: 0, clock, scheduler });
    closers.push(() => screen.close());
    const tries = `(async () => {
      const url = ${JSON.stringify(booth.address)};
      const press = JSON.stringify({ button: 'open', event: 'pressed' });
      const outcome = async (asking) => {
        try {
          const answer = await asking;
          return answer.type + ' ' + answer.status;
        } catch {
          return 'failed';
        }
      };
      return [
        await outcome(fetch(url)),
        await outcome(fetch(url, { mode: 'no-cors' })),
        await outcome(fetch(url + 'events')),
        await outcome(fetch(url + 'press', { method: 'POST', body: press })),
        await outcome(fetch(url + 'press', { method: 'POST', mode: 'no-cors', body: press })),
        navigator.sendBeacon(url + 'press', new Blob([press], { type: 'text/plain' })) && 'sent',
      ];
    })()`;
    for (const bypassCSP of [false, true]) {
      const context = await browser.newContext({ bypassCSP });
      closers.push(() => context.close());
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${screen.port}/`);
      const outcomes = await page.evaluate<string[]>(tries);
      // Without its own policy a page may ask blindly; it learns nothing, and nothing happens.
      expect(outcomes.filter((it) => !['failed', 'opaque 0', 'sent'].includes(it))).toEqual([]);
      const statuses: number[] = [];
      page.on('response', (response) => statuses.push(response.status()));
      await page.evaluate(`location.href = ${JSON.stringify(booth.address)}`);
      await expect.poll(() => statuses).toContain(403);
    }
    expect(presses).toEqual([]);
  });
});
