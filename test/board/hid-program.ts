/**
 * On the board: the real driver and link on scanners that the kernel takes for real, plugged in and
 * pulled out. Prints what each step of the way gave, one JSON line a step.
 */
import { hidPosScanner } from '../../drivers/qr-scanner/hid-pos/driver.js';
import { scannerUsagePage } from '../../drivers/qr-scanner/hid-pos/report-layout.js';
import { type HidPosKind, hidPosTwin } from '../../drivers/qr-scanner/hid-pos/twin.js';
import type { Reading } from '../../drivers/reading.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { type HidTarget, hidLink } from '../../hardware/linux/hid-link.js';
import { type UhidDevice, uhidDevice } from './uhid.js';

/** What one step saw: readings as words, and how long it took, milliseconds. */
export interface HidStep {
  readonly step: string;
  readonly saw: readonly string[];
  readonly tookMs: number;
}

const clock = systemClock();
const scheduler = systemScheduler();
const nowMs = (): number => clock.now().monotonicMs;

function plug(serial: string, kind: HidPosKind = 'flagged'): UhidDevice {
  const { descriptor } = hidPosTwin(kind);
  return uhidDevice({ descriptor, vendorId: 0x0c2e, productId: 0x0b61, serial });
}

function scan(device: UhidDevice, text: string, kind: HidPosKind = 'flagged'): void {
  for (const report of hidPosTwin(kind).scan(text)) device.report(report);
}

function scanner(target: Partial<HidTarget> = {}) {
  const seen: Reading[] = [];
  let wake = (): void => {};
  let isLate = false;
  const emit = (reading: Reading): void => {
    isLate ||= reading.type === 'discarded' && reading.why === 'late';
    seen.push(reading);
    wake();
  };
  const link = hidLink({ usagePage: scannerUsagePage, ...target });
  const driver = hidPosScanner({ clock, scheduler, emit, link });
  const wordsOf = (reading: Reading): string => {
    if (reading.type === 'scan') return `scan ${reading.text}`;
    if (reading.type === 'device') return `${reading.status} ${reading.why}`.trim();
    return reading.type === 'discarded' ? `discarded ${reading.why}` : reading.type;
  };
  /** Does something and prints what was seen up to a reading of these words. */
  const step = async (name: string, until: string, act: () => void): Promise<void> => {
    const beganMs = nowMs();
    const saw: string[] = [];
    act();
    while (saw.at(-1) !== until) {
      const reading = seen.shift();
      if (reading !== undefined) saw.push(wordsOf(reading));
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    const result: HidStep = { step: name, saw, tookMs: nowMs() - beganMs };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  };
  return { driver, step, isLate: () => isLate };
}

const side = scanner();
const long = `GK1:${'A B'.repeat(120)}`;
await side.step('no scanner', 'lost absent', () => side.driver.start());

let device = plug('A1');
/** Until the driver has it open and has heard one. */
const showEarly = (): void => {
  if (side.isLate()) return;
  scan(device, 'old');
  scheduler.at(nowMs() + 20, showEarly);
};
await side.step('plugged in', 'ok', showEarly);
await side.step('a long code', `scan ${long}`, () => scan(device, long));
for (let index = 0; index < 50; index++)
  await side.step('one report', `scan GK1:${index}`, () => scan(device, `GK1:${index}`));

await side.step('pulled out', 'lost absent', () => device.unplug());
await side.step('plugged in again', 'ok', () => {
  device = plug('A1');
});
await side.step('a scan after it', 'scan AGAIN', () => scan(device, 'AGAIN'));
device.unplug();
await side.step('another kind', 'ok', () => {
  device = plug('B2', 'bare');
});
await side.step('its long code', `scan ${long}`, () => scan(device, long, 'bare'));
side.driver.stop();

const second = plug('C3');
// The node comes some milliseconds after the device.
const { devicesAsync } = await import('node-hid');
while (!(await devicesAsync()).some(({ serialNumber }) => serialNumber === 'C3'));
const unsure = scanner();
await unsure.step('two that fit', 'lost ambiguous', () => unsure.driver.start());
unsure.driver.stop();
const named = scanner({ serial: 'C3' });
await named.step('the named one', 'ok', () => named.driver.start());
await named.step('its scan', 'scan NAMED', () => scan(second, 'NAMED'));
named.driver.stop();

// Last: there is no way back from here. 65534 is nobody.
process.setgroups?.([]);
process.setgid?.(65_534);
process.setuid?.(65_534);
const plain = scanner({ serial: 'C3' });
await plain.step('without permission', 'lost denied', () => plain.driver.start());
plain.driver.stop();
