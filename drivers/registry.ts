/** Builds the drivers of one gate from what its configuration names: which driver, which link. */
import type { InputLines, Link } from '../hardware/ports.js';
import { guardPanel } from './guard-panel/driver.js';
import { qrScanner } from './qr-scanner/driver.js';
import type { Driver } from './reading.js';
import type { DriverTools } from './session.js';
import { thermometer } from './thermometer/driver.js';
import { turnstile } from './turnstile/driver.js';

/** The devices of one gate; one that is left out is not there. */
export interface Devices {
  readonly scanner?: { readonly driver: 'line'; readonly link: Link };
  readonly thermometer?: {
    readonly driver: 'gy-614v3';
    readonly link: Link;
    readonly frozenMs?: number;
  };
  readonly turnstile?: { readonly driver: 'contact'; readonly lines: InputLines };
  readonly panel?: { readonly driver: 'contacts'; readonly lines: InputLines };
}

/** Speeds at which the devices leave the factory or are set up (measurements: 9600 is too slow). */
export const usualBaudRates = { line: 115_200, 'gy-614v3': 9_600 } as const;

/** Makes one driver that starts and stops all devices together. */
export function gateDrivers(devices: Devices, tools: DriverTools): Driver {
  const { clock, scheduler, emit } = tools;
  const base = { clock, scheduler, emit };
  const drivers: Driver[] = [];
  if (devices.scanner) drivers.push(qrScanner({ ...base, ...devices.scanner }));
  if (devices.thermometer) drivers.push(thermometer({ ...base, ...devices.thermometer }));
  if (devices.turnstile) drivers.push(turnstile({ ...base, ...devices.turnstile }));
  if (devices.panel) drivers.push(guardPanel({ ...base, ...devices.panel }));
  return {
    start() {
      for (const driver of drivers) driver.start();
    },
    stop() {
      for (const driver of drivers) driver.stop();
    },
  };
}
