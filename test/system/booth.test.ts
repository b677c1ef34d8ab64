/** The built daemon and its booth: a page of its own, whose keys reach the gate and its journal. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BoothView } from '../../kiosk/booth/view.js';
import { ask, type Listening, listenTo } from '../kiosk/page-client.js';
import { type Child, gateKiosk, startChild } from './child.js';
import { makeSite, type Site } from './site.js';

let site: Site;
let gate: Child;
let screenPort: number;
let boothPort: number;
const cleanups: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  site = makeSite();
  cleanups.push(() => site.remove());
  gate = startChild([gateKiosk, 'run', '--config', site.configPath]);
  cleanups.push(() => gate.close());
  screenPort = portIn(await gate.line(/screen is at http:/));
  boothPort = portIn(await gate.line(/guard's page is at http:/));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const portIn = (line: string): number => Number(/:(\d+)\/$/.exec(line)?.[1]);

/** Sends as the booth's own page does. */
function post(path: string, message: unknown) {
  const body = JSON.stringify(message);
  const headers = {
    origin: `http://127.0.0.1:${boothPort}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  };
  return ask(boothPort, path, { method: 'POST', headers, body });
}

async function stream(): Promise<Listening> {
  const opened = await listenTo(boothPort);
  cleanups.push(() => opened.end());
  return opened;
}

async function until(events: Listening, isIt: (view: BoothView) => boolean): Promise<BoothView> {
  for (;;) {
    const { event, data } = await events.next();
    if (event !== 'view') continue;
    const view = JSON.parse(data) as BoothView;
    if (isIt(view)) return view;
  }
}

test('a key of the booth is a button of the panel: shown to every page, and in the journal', async () => {
  const events = await stream();
  const quiet = await until(events, () => true);
  expect(quiet).toMatchObject({ zone: 'north-gate', onDuty: null, lockdown: false, attempt: null });
  await post('/press', { button: 'open', event: 'pressed' });
  const refused = await until(events, ({ feedback }) => feedback !== null);
  expect(refused.feedback).toMatchObject({ code: 'nobody-on-duty', isGood: false });
  await post('/press', { button: 'open', event: 'released' });
  await post('/press', { button: 'lockdown', event: 'pressed' });
  await until(events, ({ lockdown }) => lockdown);
  await post('/press', { button: 'emergency', event: 'pressed' });
  await until(events, ({ emergencyUntil }) => emergencyUntil !== null);
  const secret = '黑A·急救77';
  const details = { attempt: null, fields: { 'vehicle-plate': secret, people: '3' } };
  expect((await post('/details', details)).status).toBe(200);
  gate.kill('SIGTERM');
  expect((await gate.ended).code).toBe(0);

  const records = site.records();
  const panel = records.filter(({ type }) => type === 'panel');
  expect(panel.map(({ button, result }) => `${button} ${result}`)).toEqual([
    'open nobody-on-duty',
    'lockdown done',
    'emergency done',
  ]);
  const [entered] = records.filter(({ type }) => type === 'emergency-details');
  expect(entered).toMatchObject({ fields: ['people', 'vehicle-plate'] });
  expect(JSON.stringify(records)).not.toContain(secret);
});

test('the two pages are apart: neither port serves anything of the other', async () => {
  for (const path of ['/press', '/details', '/login', '/booth.js', '/keys.js']) {
    expect((await ask(screenPort, path)).status).toBe(404);
    const headers = { origin: `http://127.0.0.1:${screenPort}` };
    expect((await ask(screenPort, path, { method: 'POST', headers })).status).toBe(405);
  }
  expect((await ask(boothPort, '/screen.js')).status).toBe(404);
  const fromScreen = { origin: `http://127.0.0.1:${screenPort}` };
  expect((await ask(boothPort, '/', { headers: fromScreen })).status).toBe(403);
});

test('the daemon ends while a page is open and a key is held', async () => {
  const events = await stream();
  await post('/press', { button: 'next', event: 'pressed' });
  await until(events, ({ nextHeld }) => nextHeld);
  gate.kill('SIGTERM');
  expect((await gate.ended).code).toBe(0);
  await events.ended;
});
