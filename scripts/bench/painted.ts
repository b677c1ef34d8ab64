/**
 * From the last byte of a scan to its feedback on the screen: driver, verification, core, projection,
 * server-sent event, page and paint, in a real browser; beside a bare server's event to a bare page.
 */
import { existsSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import pino from 'pino';
import { chromium, type Page } from 'playwright-core';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import type { Link, LinkEvents } from '../../hardware/ports.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { random } from '../../hardware/simulated/random.js';
import { simulatedRelay } from '../../hardware/simulated/relay.js';
import { memoryJournal } from '../../kiosk/journal/memory.js';
import { createGate } from '../../kiosk/main.js';
import { startScreen } from '../../kiosk/screen/server.js';
import { gateSettings } from '../../kiosk/settings/gate-settings.js';
import { openCampus } from '../simulated-board/papers.js';
import { shippedConfiguration } from '../simulated-board/shipped.js';
import type { Bench } from './harness.js';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const utf8 = new TextEncoder();
const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];

/** Says to the bench what a page has painted: in the frame after the one that it was put into. */
const report = `new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) globalThis.benchPainted(Number(detail));
}).observe({ type: 'mark', buffered: true });`;
const barePage = `<!doctype html><meta charset="utf-8"><p id="word">0</p><script>
new EventSource('/events').onmessage = ({ data }) => {
  document.getElementById('word').textContent = data;
  requestAnimationFrame(() => requestAnimationFrame(() =>
    performance.mark('painted', { detail: Number(data) })));
};
</script>`;

/** @returns none without a browser */
export async function paintedBenches(): Promise<readonly Bench[]> {
  if (!existsSync(executablePath)) {
    process.stderr.write(`painted: left out, there is no ${executablePath}; set CHROMIUM\n`);
    return [];
  }
  const browser = await chromium.launch({ executablePath, args: quiet });
  const gate = await openGate();
  const bare = await openBare();
  const own = await watch(await browser.newPage(), gate.address);
  const other = await watch(await browser.newPage(), bare.address);
  await bare.isSeen;
  let serial = 0;
  return [
    {
      name: 'last byte of a scan → painted',
      floorName: 'a bare server’s event → painted by a bare page',
      rounds: 100,
      warmUpRounds: 10,
      async prepare(round) {
        // A page in the background paints nothing.
        await (round % 2 === 0 ? other : own).page.bringToFront();
      },
      async subject(round) {
        await own.page.bringToFront();
        const seen = own.next((painted) => painted > gate.toneSerial() - 1);
        gate.scan(`2019${String(round).padStart(6, '0')}`);
        await seen;
      },
      async floor() {
        await other.page.bringToFront();
        serial += 1;
        const seen = other.next((painted) => painted === serial);
        bare.say(serial);
        await seen;
      },
      async close() {
        await browser.close();
        await gate.close();
        bare.close();
      },
    },
  ];
}

async function openGate() {
  const clock = systemClock();
  const scheduler = systemScheduler();
  const campus = openCampus(clock, 480);
  const { config, policy } = shippedConfiguration();
  const screen = await startScreen({ port: 0, clock, scheduler });
  const dice = random(1);
  const opened = memoryJournal({
    ...{ clock, scheduler, latencyMs: () => 1, bootId: 'bench', previous: null },
    at: new Date(clock.now().wallMs).toISOString(),
    newJournalId: '00'.repeat(16),
  });
  let events: LinkEvents | null = null;
  const link: Link = {
    open(next) {
      events = next;
      next.opened();
    },
    write: () => {},
    close: () => {},
  };
  const lines = simulatedLines({ clock });
  const silent: Link = { open: (next) => next.opened(), write: () => {}, close: () => {} };
  const gate = createGate(
    {
      ...{ clock, scheduler, random: dice.bytes, journal: opened.journal },
      relay: simulatedRelay({ clock, scheduler, lines: () => {} }),
      known: { publish: () => {}, subscribe: () => () => {} },
      log: pino({ level: 'silent' }),
      devices: {
        scanner: { driver: 'line', link },
        thermometer: { driver: 'gy-614v3', link: silent },
        turnstile: { driver: 'contact', lines },
        panel: { driver: 'contacts', lines },
      },
    },
    {
      settings: gateSettings(config, policy),
      verifier: campus.verifier,
      restored: opened.restored,
      version: 'bench',
      show: screen.publish,
      broken: (law) => {
        throw new Error(law.detail);
      },
    },
  );
  screen.publish(gate.view());
  return {
    address: `http://127.0.0.1:${screen.port}/`,
    toneSerial: () => gate.state().toneSerial,
    scan: (who: string) => events?.data(utf8.encode(`${campus.papers.form(who)}\r`)),
    async close() {
      gate.stop();
      await screen.close();
    },
  };
}

async function openBare() {
  let stream: ServerResponse | null = null;
  let seen: () => void = () => {};
  const isSeen = new Promise<void>((resolve) => {
    seen = resolve;
  });
  const server = createServer((request, response) => {
    if (request.url !== '/events') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(barePage);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 0\n\n');
    stream = response;
    seen();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    address: `http://127.0.0.1:${port}/`,
    isSeen,
    say: (serial: number) => void stream?.write(`data: ${serial}\n\n`),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function watch(page: Page, address: string) {
  let awaited: { fits(painted: number): boolean; done(): void } | null = null;
  await page.exposeFunction('benchPainted', (painted: number) => {
    if (awaited?.fits(painted) !== true) return;
    const { done } = awaited;
    awaited = null;
    done();
  });
  await page.addInitScript(report);
  await page.goto(address);
  return {
    page,
    next: (fits: (painted: number) => boolean) =>
      new Promise<void>((done) => {
        awaited = { fits, done };
      }),
  };
}
