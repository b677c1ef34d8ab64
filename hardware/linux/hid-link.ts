/**
 * A HID device as a link, through node-hid's asynchronous half. Measured on the virtual board, with
 * one device: looking for it holds the main thread up for 14 ms (105 at worst) by the other half and
 * for 0.1 by this one, which is in the end no slower; a report is heard after 0.25 ms against 0.44,
 * by a thread of its own instead of one of libuv's four for as long as nobody scans; closing takes up
 * to 50 ms against none, and nobody waits for it. The device is found anew at each opening, by what
 * it is and not by its node, whose number moves.
 */
import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Device, HIDAsync } from 'node-hid';
import type { HidLink, LinkEvents, LinkLoss } from '../ports.js';

export interface HidTarget {
  /** of a collection of the device, e.g. 0x8C for bar code scanners */
  readonly usagePage: number;
  readonly vendorId?: number;
  readonly productId?: number;
  /** as the device tells it over USB */
  readonly serial?: string;
}

/** What a device is told apart by. */
export type HidDevice = Pick<
  Device,
  'path' | 'vendorId' | 'productId' | 'serialNumber' | 'product' | 'usagePage'
>;

/**
 * Makes a link to the one device that fits. Never throws: `closed` tells what hinders, a `LinkLoss`
 * `ambiguous` where several devices fit or `no-library` where the system lacks one, and in words what
 * to do about it.
 * @param target what to look for; what it leaves out may be anything
 */
export function hidLink(target: HidTarget): HidLink {
  let current: { readonly device: HIDAsync; readonly descriptor: Uint8Array } | null = null;
  /** the last connection's way out: two of ours would each get every report */
  let released: Promise<void> = Promise.resolve();
  /** grows with each opening and closing: a connection of an older number is nobody's */
  let connection = 0;

  const connect = async (mine: number, events: LinkEvents): Promise<void> => {
    const isWanted = (): boolean => mine === connection;
    // On a turn of their own: an error in what hears of it is not the device's and is not caught here.
    const tell = (event: () => void): void =>
      process.nextTick(() => {
        if (isWanted()) event();
      });
    const end = ({ why, detail }: Loss): void =>
      tell(() => {
        drop();
        events.closed(why, detail);
      });
    if (!isWanted()) return;
    try {
      // Only when a HID device is named; its binary is loaded by the first call.
      const library = await import('node-hid');
      const found = findOne(await library.devicesAsync(), target);
      if (typeof found !== 'string') {
        end(found);
        return;
      }
      const path = found;
      await access(path, constants.R_OK | constants.W_OK);
      const descriptor = await readFile(descriptorPath(path));
      const device = await library.HIDAsync.open(path);
      if (!isWanted()) {
        await device.close().catch(() => {});
        return;
      }
      current = { device, descriptor };
      tell(() => events.opened());
      // There is no event of its own for an unplugged device: its next read fails.
      device.on('error', () => end({ why: 'gone', detail: `${path}: the device went away` }));
      // The first listener starts the reading.
      device.on('data', (report: Uint8Array) => {
        const copy = Uint8Array.from(report);
        tell(() => events.data(copy));
      });
    } catch (error) {
      end(lossOf(error));
    }
  };

  const drop = (): void => {
    connection++;
    const old = current;
    current = null;
    if (old !== null) released = released.then(() => old.device.close()).catch(() => {});
  };

  return {
    open(events) {
      drop();
      const mine = connection;
      released = released.then(() => connect(mine, events));
    },
    write(bytes) {
      // A failed write is left to the reader, which notices the same cause.
      current?.device.write(Buffer.from(bytes)).catch(() => {});
    },
    close: drop,
    reportDescriptor: () => current?.descriptor ?? new Uint8Array(),
  };
}

/**
 * @param devices all HID devices of the machine, one entry a collection
 * @param target what to look for
 * @returns the node of the only one that fits, else why there is none
 */
export function findOne(devices: readonly HidDevice[], target: HidTarget): string | Loss {
  const { usagePage, vendorId, productId, serial } = target;
  const fitting = new Map<string, HidDevice>();
  for (const device of devices)
    if (
      device.path !== undefined &&
      device.usagePage === usagePage &&
      (vendorId === undefined || device.vendorId === vendorId) &&
      (productId === undefined || device.productId === productId) &&
      (serial === undefined || device.serialNumber === serial)
    )
      fitting.set(device.path, device);
  const [first, ...more] = fitting.keys();
  if (first === undefined) {
    const page = `0x${usagePage.toString(16)}`;
    const detail = `no HID device of usage page ${page} fits: is it plugged in and set up as HID POS?`;
    return { why: 'absent', detail };
  }
  if (more.length === 0) return first;
  const names = [...fitting.values()].map(nameOf).join(', ');
  return { why: 'ambiguous', detail: `${fitting.size} devices fit, name one by serial: ${names}` };
}

function nameOf({ vendorId, productId, serialNumber, path }: HidDevice): string {
  const hex = (id: number): string => id.toString(16).padStart(4, '0');
  const serial = serialNumber ? `serial ${serialNumber}` : 'no serial';
  return `${hex(vendorId)}:${hex(productId)} (${serial}, ${path})`;
}

function descriptorPath(path: string): string {
  return `/sys/class/hidraw/${basename(path)}/device/report_descriptor`;
}

interface Loss {
  readonly why: LinkLoss | 'ambiguous' | 'no-library';
  readonly detail: string;
}

/** The system's words, with what a person can do about the usual ones. */
function lossOf(error: unknown): Loss {
  const words = error instanceof Error ? error.message : String(error);
  // Before all others: the system says of a missing library that there is no such file.
  if (/lib(usb|udev)\S*\.so/.test(words))
    return { why: 'no-library', detail: `apt-get install libusb-1.0-0 libudev1 (${words})` };
  if (/EACCES|EPERM|permission denied|not permitted/i.test(words))
    return { why: 'denied', detail: `a udev rule must give the node to the service (${words})` };
  if (/ENOENT|ENODEV|no such (file|device)/i.test(words))
    return { why: 'absent', detail: `it went away while it was opened (${words})` };
  if (/EBUSY|busy/i.test(words))
    return { why: 'busy', detail: `another program holds it, stop that one (${words})` };
  return { why: 'failed', detail: words };
}
