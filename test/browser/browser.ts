/** What tests in a browser share: Chromium, a clock of the machine, and what a person would see. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const hasChromium = existsSync(executablePath);
/** In CI a missing browser fails. */
export const canRun = hasChromium || process.env['GATE_KIOSK_NO_SKIP'] === '1';
export const why = hasChromium ? '' : ` (skipped: no Chromium at ${executablePath}; set CHROMIUM)`;
/** Where pictures go, to be looked at; none are taken without it. */
export const pictures = process.env['GATE_KIOSK_PICTURES'];
/** Runs in the page before its own script. */
export const inPage = new URL('./public/in-page.js', import.meta.url);

/** Starts a browser that asks nothing of the network by itself. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
}

export const clock = {
  now: () => ({ monotonicMs: performance.now(), wallMs: Date.now(), clock: 'synced' as const }),
};
export const scheduler = {
  at(dueMs: number, task: () => void) {
    const timer = setTimeout(task, Math.max(0, dueMs - performance.now()));
    return () => clearTimeout(timer);
  },
};

export interface MeasuredText {
  readonly text: string;
  readonly contrast: number;
  readonly isInside: boolean;
  readonly box: { left: number; top: number; right: number; bottom: number };
}

/** Each visible text with its contrast and place. */
export const measureTexts = (page: Page) => page.evaluate<MeasuredText[]>('inPage.measureTexts()');

/** Pairs of texts that lie on each other; line boxes may touch by the rounding of a pixel. */
export function overlaps(texts: readonly MeasuredText[]): string[] {
  const slackPx = 2;
  return texts.flatMap((one, index) =>
    texts
      .slice(index + 1)
      .filter(
        (other) =>
          one.box.left + slackPx < other.box.right &&
          other.box.left + slackPx < one.box.right &&
          one.box.top + slackPx < other.box.bottom &&
          other.box.top + slackPx < one.box.bottom,
      )
      .map((other) => `${one.text} / ${other.text}`),
  );
}
