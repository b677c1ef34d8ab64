/** A code's reports to evidence, through the board's kernel, hidraw and node-hid; beside node-hid bare. */
import { HIDAsync } from 'node-hid';
import { scannerUsagePage } from '../../drivers/qr-scanner/hid-pos/report-layout.js';
import { hidPosTwin } from '../../drivers/qr-scanner/hid-pos/twin.js';
import { hidLink } from '../../hardware/linux/hid-link.js';
import { evidenceSide } from '../../scripts/bench/evidence-side.js';
import type { Bench } from '../../scripts/bench/harness.js';
import { uhidDevice } from './uhid.js';

/** The first 250 ms after opening are dropped. */
const staleMs = 300;
const ids = { vendorId: 0x0c2e, productId: 0x0b61 } as const;

/** @returns the one bench, its two scanners plugged in and open */
export async function hidBench(): Promise<Bench> {
  const twin = hidPosTwin();
  const { descriptor } = twin;
  const own = uhidDevice({ ...ids, descriptor, serial: 'OWN' });
  const side = evidenceSide({
    driver: 'hid-pos',
    link: hidLink({ usagePage: scannerUsagePage, serial: 'OWN' }),
  });
  await side.isOk;
  side.skip(staleMs);
  const other = uhidDevice({ ...ids, descriptor, serial: 'BARE' });
  const bare = await openBare('BARE');
  let left = 0;
  let whole = (): void => {};
  bare.on('data', () => {
    left -= 1;
    if (left === 0) whole();
  });
  let reports: readonly Uint8Array[] = [];
  return {
    name: 'HID: a code’s reports through kernel and node-hid → evidence',
    floorName: 'the same reports read by node-hid bare + Ed25519 verify',
    rounds: 300,
    warmUpRounds: 30,
    async prepare(round) {
      reports = twin.scan(side.code(round));
    },
    subject: () =>
      side.shown(() => {
        for (const report of reports) own.report(report);
      }),
    async floor() {
      left = reports.length;
      await new Promise<void>((resolve) => {
        whole = resolve;
        for (const report of reports) other.report(report);
      });
      side.verifyOne();
    },
    async close() {
      side.close();
      await bare.close();
      own.unplug();
      other.unplug();
    },
  };
}

/** The node comes some milliseconds after the device. */
async function openBare(serial: string): Promise<HIDAsync> {
  const { devicesAsync } = await import('node-hid');
  for (;;) {
    const found = (await devicesAsync()).find(({ serialNumber }) => serialNumber === serial);
    if (found?.path !== undefined) return await HIDAsync.open(found.path);
  }
}
