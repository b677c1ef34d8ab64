/** `npm start` as a process, and the pages that look at it: for the test of the gate to play with. */
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { HeadlineId, StepId } from '../../config/language.js';
import { readLanguages } from '../../config/language-files.js';
import type { BoardView } from '../../scripts/simulated-board/sim/board-view.js';
import { type Child, program, startChild } from '../system/child.js';
import { inPage } from './browser.js';

const simulatedBoard = program('../../scripts/simulated-board/main.js');
/** Below what systems give out as free ports; four are taken from each. */
const ports = { from: 20_000, count: 2_500, step: 4 } as const;
const tries = 20;

export interface Program {
  readonly port: number;
  readonly child: Child;
}

/** Starts it, nobody coming by themselves, on ports that are free, or on these. */
export async function startProgram(at?: number): Promise<Program> {
  for (let one = 0; one < tries; one += 1) {
    const place = (process.pid + one * 97) % ports.count;
    const port = at ?? ports.from + place * ports.step;
    const child = startChild([simulatedBoard, '--no-show', '--port', String(port)]);
    const line = await child.line(/play with it|is in use/);
    if (line.includes('play with it')) return { port, child };
    await child.close();
  }
  throw new Error('no free ports');
}

/** @returns what the board says of itself */
export async function boardOf(port: number): Promise<BoardView> {
  const answer = await fetch(`http://127.0.0.1:${port}/sim/board`);
  return (await answer.json()) as BoardView;
}

export interface Watched {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requested: readonly string[];
}

/** Notes each picture that a screen was ever in: what lasts for a moment only is not missed. */
const notePictures = `
  globalThis.seen = [];
  globalThis.takeSeen = (wanted) => {
    const at = seen.indexOf(wanted);
    if (at !== -1) seen.splice(0, at + 1);
    return at !== -1;
  };
  document.addEventListener('DOMContentLoaded', () => {
    const words = ['headline-0', 'headline-1'].map((id) => document.getElementById(id));
    if (words.includes(null)) return;
    const note = () => {
      const letters = words.map(({ textContent }) => textContent.replaceAll(/\\s/gu, ''));
      const now = [document.body.dataset.mode, ...letters].join('/');
      if (seen.at(-1) !== now) seen.push(now);
    };
    const all = { attributes: true, childList: true, characterData: true, subtree: true };
    new MutationObserver(note).observe(document.body, { ...all, attributeFilter: ['data-mode'] });
    note();
  });`;

/** Opens a page that is complained of where it throws, or where its policy forbids something. */
export async function watch(
  browser: Browser,
  url: string,
  viewport: { readonly width: number; readonly height: number },
): Promise<Watched> {
  const page = await browser.newPage({ viewport });
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requested.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.addInitScript({ path: fileURLToPath(inPage) });
  await page.addInitScript(notePictures);
  await page.goto(url);
  return { page, complaints, requested };
}

const { languages } = readLanguages();
/** The words of a key in Chinese and English, as the screen is to show them. */
export const headline = (id: HeadlineId): readonly string[] =>
  languages.map(({ headlines }) => headlines[id]);
export const step = (id: StepId): readonly string[] => languages.map(({ steps }) => steps[id]);

/** How long anything may take on a crowded machine; what is there is seen at once. */
export const patient = { timeout: 30_000 } as const;

/** Lines break where they like, and between letters there may be none. */
const letters = (text: string | null): string => (text ?? '').replaceAll(/\s/gu, '');

type Looked = Pick<Page, 'locator'>;

/** Waits until a screen has been in a mode with this headline; what it was in before is forgotten. */
export async function hasShown(
  screen: Pick<Page, 'evaluate'>,
  mode: string,
  words: readonly string[],
): Promise<void> {
  const picture = [mode, ...words.map(letters)].join('/');
  await expect
    .poll(() => screen.evaluate<boolean>(`takeSeen(${JSON.stringify(picture)})`), patient)
    .toBe(true);
}

/** Waits until a screen, of its own or in a frame, is in a mode and says these words. */
export async function showsScreen(
  screen: Looked,
  mode: string,
  words: readonly string[],
  place: 'headline' | 'step' = 'headline',
): Promise<void> {
  await screen.locator(`body[data-mode="${mode}"]`).waitFor(patient);
  for (const [index, text] of words.entries())
    await expect
      .poll(async () => letters(await screen.locator(`#${place}-${index}`).textContent()), patient)
      .toBe(letters(text));
}
