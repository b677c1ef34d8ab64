/**
 * On the board: people pass the built daemon's gate, and its devices are pulled out and put back under
 * them. Prints what each step saw, one JSON line a step; the test judges.
 */
import { writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crowd } from '../../scripts/simulated-board/people.js';
import { listenTo } from '../kiosk/page-client.js';
import { isMeasured } from '../system/rig.js';
import { boardGate, type Part } from './daemon-gate.js';
import { type Pulse, pulsesOf, readiness, userIdOf } from './daemon-look.js';
import type { Way } from './daemon-setup.js';
import { nowMs, pause, wallMs } from './daemon-time.js';

export type Step =
  | { readonly step: 'started'; readonly readiness: string; readonly userId: number }
  | { readonly step: 'passed'; readonly name: string; readonly pulses: readonly Pulse[] }
  | { readonly step: 'lost'; readonly name: Part; readonly readiness: string }
  | {
      readonly step: 'back';
      readonly name: Part;
      readonly readiness: string;
      readonly tookMs: number;
    }
  /** somebody was granted as the lines went */
  | { readonly step: 'cut'; readonly pulses: readonly Pulse[] }
  /** `stuck`: what was waited for has not come */
  | { readonly step: 'ended' | 'stuck'; readonly code: number | null };

/** Somebody shows everything, and stands there. */
type Show = () => Promise<void>;
type Fits = Parameters<typeof gate.screen.until>[0];

const stuckMs = 200_000;
/** Whoever is not answered by then, or refused, tries again: on a crowded machine a disk is late. */
const patienceMs = 8_000;
/** Between two questions. */
const askMs = 100;
/** Longer than any device takes to be tried for the longest pause between two tries. */
const awayMs = 4_000;

const [way = 'chardev', folder = ''] = process.argv.slice(2);
const board = await boardGate(way as Way);
const { papers } = board.site;
const nextPerson = crowd(wallMs, 6);
let lastStaff = 2_009_120_045;

const see = (step: Step): void => void writeSync(1, `${JSON.stringify(step)}\n`);
const isIdle: Fits = ({ mode }) => mode === 'idle';
const isOutOfService: Fits = ({ mode }) => mode === 'out-of-service';

const gate = await board.start();
void pause(stuckMs).then(() => end('stuck'));
see({ step: 'started', readiness: await readinessBeside([]), userId: userIdOf(gate) });
await passes('staff', staffShows);
await passes('deliverer', delivererShows);
if (way === 'chardev') {
  await guardComes();
  await formIsRead();
  await pull('scanner', ['scanner'], () => passes('without scanner', guardOpens, isOutOfService));
  await passes('after scanner', staffShows);
  await formIsRead();
  await pull('thermometer', ['thermometer'], () => passes('without thermometer', guardOpens));
  await passes('after thermometer', staffShows);
  await formIsRead();
  await pull('id-card-reader', ['id-card-reader'], () =>
    passes('without id-card-reader', staffShows),
  );
  await passes('after id-card-reader', delivererShows);
}
const from = board.grantLine.edges.length;
await untilOpen(staffShows, from);
await pull('lines', ['turnstile', 'panel', 'signals', 'relay'], () => pause(awayMs));
see({ step: 'cut', pulses: pulsesOf(board.grantLine.edges.slice(from)) });
await passes('after lines', staffShows);
// What the relay says of the pulse's end is written, too.
await board.comes();
await end('ended');

/** Somebody shows, goes through when the arm is free, and is gone. */
async function passes(name: string, show: Show, isOver = isIdle): Promise<void> {
  const from = board.grantLine.edges.length;
  await untilOpen(show, from);
  leave();
  await board.walk();
  await board.grantLine.next(false, from, patienceMs);
  await gate.screen.until(isOver, patienceMs);
  see({ step: 'passed', name, pulses: pulsesOf(board.grantLine.edges.slice(from)) });
}

/** Shows, and shows again, until the arm is free. */
async function untilOpen(show: Show, from: number): Promise<void> {
  for (;;) {
    await show();
    if ((await board.grantLine.next(true, from, patienceMs)) !== null) return;
    leave();
    await board.hold('refuse', 200);
  }
}

async function staffShows(): Promise<void> {
  lastStaff += 1;
  await board.comes();
  board.scan(papers.form(String(lastStaff)));
  board.hand.reach();
  await gate.screen.until(isMeasured, patienceMs);
  board.scan(papers.code(String(lastStaff)));
}

async function delivererShows(): Promise<void> {
  const card = nextPerson();
  await board.comes();
  board.scan(papers.externalForm(card, 'logistics'));
  board.reader.place(card);
  await gate.screen.until(isDone(2), patienceMs);
  board.hand.reach();
}

/** So much has been shown. */
function isDone(count: number): Fits {
  return ({ checklist }) => checklist.filter(({ state }) => state === 'done').length === count;
}

/** Hand and card are taken away. */
function leave(): void {
  board.hand.rest();
  board.reader.remove();
}

async function guardOpens(): Promise<void> {
  await board.hold('open', 200);
}

/** A guard comes on duty: NEXT is held, and the badge scanned, until the booth's page says so. */
async function guardComes(): Promise<void> {
  const line = await gate.line(/guard's page is at http:/);
  const booth = await listenTo(Number(/:(\d+)\/$/.exec(line)?.[1]));
  const letGo = board.press('next');
  await board.comes();
  board.scan(papers.guardBadge('G-1'));
  for (let isOnDuty = false; !isOnDuty; ) {
    const { event, data } = await booth.next();
    isOnDuty = event === 'view' && JSON.parse(data).onDuty !== null;
  }
  letGo();
  booth.end();
}

/** Somebody has begun, and the hand is on its way. */
async function formIsRead(): Promise<void> {
  await board.comes();
  board.scan(papers.form('2009129999'));
  await gate.screen.until(isDone(1), patienceMs);
  board.hand.reach();
}

/**
 * Pulls a part out and puts it back.
 * @param devices what the daemon calls that
 * @param meanwhile what goes on without it
 */
async function pull(name: Part, devices: readonly string[], meanwhile: Show): Promise<void> {
  // At the start of a slow board a device may have been lost before.
  gate.passOver();
  await board.parts[name].unplug();
  leave();
  await told(devices, '"status":"lost"');
  see({ step: 'lost', name, readiness: await readinessBeside(devices) });
  await meanwhile();
  await board.parts[name].plug();
  const backMs = nowMs();
  await told(devices, '"msg":"device ok"');
  const tookMs = nowMs() - backMs;
  see({ step: 'back', name, readiness: await readinessBeside([]), tookMs });
}

/**
 * What `/readyz` says when nothing but these devices is lost: on a slow board a device of this program's
 * may be silent for a moment, and is believed again soon.
 */
async function readinessBeside(devices: readonly string[]): Promise<string> {
  const endMs = nowMs() + patienceMs;
  for (;;) {
    const text = await readiness(gate);
    const names = [...text.matchAll(/([a-z-]+) (?:lost|degraded)/g)].map(([, name]) => name ?? '');
    if (names.every((name) => devices.includes(name)) || nowMs() > endMs) return text;
    await pause(askMs);
  }
}

/** Waits until the daemon has said this of each of these devices, in any order. */
async function told(devices: readonly string[], what: string): Promise<void> {
  const open = new Set(devices);
  while (open.size > 0) {
    const line = await gate.line(new RegExp(`"device":"(${[...open].join('|')})",.*${what}`));
    open.delete(/"device":"([^"]*)"/.exec(line)?.[1] ?? '');
  }
}

async function end(step: 'ended' | 'stuck'): Promise<never> {
  gate.kill('SIGTERM');
  const { code, stderr } = await gate.ended;
  board.keep(folder);
  writeFileSync(join(folder, 'log'), stderr);
  see({ step, code });
  process.exit(0);
}
