/** A gate as its devices and its people see it: ttys with twins at the far ends, and the screen. */
import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { usualBaudRates } from '../../drivers/registry.js';
import { type ThermometerTwin, thermometerTwin } from '../../drivers/thermometer/twin.js';
import { runThermometer } from '../../drivers/twins.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { serialLink } from '../../hardware/linux/serial-link.js';
import type { Link } from '../../hardware/ports.js';
import { random } from '../../hardware/simulated/random.js';
import type { PageView } from '../../kiosk/screen/words.js';
import { type Child, gateKiosk, startChild } from './child.js';
import { type PtyPair, ptyPair } from './pty.js';
import { makeSite, type Site } from './site.js';
import { wrist } from './wrist.js';

/** What a fault in the cable makes of the bytes that a device sends at once. */
export type Cable = (bytes: Uint8Array) => readonly Uint8Array[];

export interface Device {
  readonly pair: PtyPair;
  send(bytes: Uint8Array): void;
  cable: Cable;
  plug(): Promise<void>;
  unplug(): Promise<void>;
}

export interface Rig {
  readonly site: Site;
  readonly scanner: Device;
  readonly thermometer: Device;
  readonly twin: ThermometerTwin;
  /** Starts the gate on the rig; with a program other than the daemon, with that one. */
  start(words?: readonly string[]): Promise<Gate>;
  scan(text: string): void;
  /** What was opened is closed, the gates with it. */
  close(): Promise<void>;
}

export interface Gate extends Child {
  /** of its screen */
  readonly port: number;
  /** Waits for the next picture that fits; those before it are passed over. */
  view(fits: (view: PageView) => boolean): Promise<PageView>;
}

/** The scanner is ready, or is not there. */
const scannerKnown = /"device":"scanner".*"device (ok|trouble)"/;

/** The wrist has been read: the screen says so, in its list while there is one. */
export function isMeasured({ temperature, checklist }: PageView): boolean {
  return temperature !== null || checklist.some(({ value }) => value !== null);
}

/** Two ttys with a scanner and a thermometer; after each scan a healthy wrist comes to the sensor. */
export async function makeRig(direction: 'in' | 'out' = 'in'): Promise<Rig> {
  const scanner = device(usualBaudRates.line);
  const thermometer = device(usualBaudRates['gy-614v3']);
  const site = makeSite({
    direction,
    scannerPath: scanner.pair.nearPath,
    thermometerPath: thermometer.pair.nearPath,
  });
  const twin = thermometerTwin({ random: random(1) });
  const tools = { clock: systemClock(), scheduler: systemScheduler() };
  const stopFrames = runThermometer({ ...tools, twin, write: thermometer.send });
  const framing = scannerTwin('crlf');
  const hand = wrist({ ...tools, twin });
  const gates: Gate[] = [];
  await scanner.plug();
  await thermometer.plug();
  return {
    site,
    scanner,
    thermometer,
    twin,
    async start(words = [gateKiosk, 'run', '--config', site.configPath]) {
      const gate = await startGate(words);
      gates.push(gate);
      // Whoever shows a code sooner shows it to nobody.
      await gate.said(scannerKnown);
      return gate;
    },
    scan(text) {
      scanner.send(framing.scan(text));
      hand.reach();
    },
    async close() {
      stopFrames();
      hand.rest();
      for (const gate of gates) await gate.close();
      await scanner.pair.close();
      await thermometer.pair.close();
      site.remove();
    },
  };
}

function device(baudRate: number): Device {
  const pair = ptyPair();
  let far: Link | null = null;
  const self: Device = {
    pair,
    cable: (bytes) => [bytes],
    send(bytes) {
      for (const piece of self.cable(bytes)) far?.write(piece);
    },
    async plug() {
      await self.unplug();
      await pair.plug();
      const link = serialLink({ path: pair.farPath, baudRate });
      await new Promise<void>((resolve, reject) => {
        link.open({ opened: resolve, data: () => {}, closed: (why) => reject(new Error(why)) });
      });
      far = link;
    },
    async unplug() {
      far?.close();
      far = null;
      await pair.unplug();
    },
  };
  return self;
}

/**
 * Starts a gate and follows its screen; rejects, with all that was said, where it does not start.
 * @param words for this Node
 * @param through a command that starts it in its turn
 */
export async function startGate(
  words: readonly string[],
  through: readonly string[] = [],
): Promise<Gate> {
  const child = startChild(words, through);
  try {
    const line = await child.line(/screen is at http:/);
    const page = new URL(/http:\S+/.exec(line)?.[0] ?? '');
    const view = await watchScreen(new URL('events', page));
    return { ...child, view, port: Number(page.port) };
  } catch (error) {
    await child.close();
    throw error;
  }
}

/** Follows the screen's server-sent events. */
async function watchScreen(url: URL): Promise<Gate['view']> {
  const views: PageView[] = [];
  let hasEnded = false;
  let wake = (): void => {};
  const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    get(url, resolve).once('error', reject);
  });
  const end = (): void => {
    hasEnded = true;
    wake();
  };
  // The gate's end breaks the connection off; that is no error of the test's.
  response.on('error', end).on('close', end);
  let event = '';
  createInterface({ input: response })
    .on('error', end)
    .on('line', (line) => {
      if (line.startsWith('event: ')) event = line.slice(7);
      if (event !== 'view' || !line.startsWith('data: ')) return;
      views.push(JSON.parse(line.slice(6)) as PageView);
      wake();
    });
  return async (fits) => {
    const passed: string[] = [];
    for (;;) {
      const view = views.shift();
      if (view !== undefined && fits(view)) return view;
      if (view !== undefined) passed.push(view.mode);
      else if (hasEnded) throw new Error(`the screen ended after ${passed.join(' ')}`);
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  };
}
