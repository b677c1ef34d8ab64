/**
 * Serial devices on a USB of the board's own: gadgets of its kernel, looped back to it by dummy_hcd. The
 * gate has a /dev/ttyACM… under the name that udev gives it; the device's own side is a tty as well.
 */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { monotonicNowMs, systemScheduler } from '../../hardware/linux/clock.js';
import { serialLink } from '../../hardware/linux/serial-link.js';
import type { Cancel } from '../../hardware/ports.js';

/** A device's side: its bytes both ways. */
export interface FarEnd {
  write(bytes: Uint8Array): void;
  onData(listener: (bytes: Uint8Array) => void): Cancel;
}

export interface UsbSerial {
  /** the gate's tty: a link that comes and goes with the device */
  readonly nearPath: string;
  /** Plugs it in; resolves as soon as the gate's tty has its name. */
  plug(): Promise<FarEnd>;
  unplug(): Promise<void>;
}

const gadgets = '/sys/kernel/config/usb_gadget';
const english = '0x409';
/** Between two looks for a name that udev makes. */
const lookMs = 2;

const scheduler = systemScheduler();
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => void scheduler.at(monotonicNowMs() + ms, resolve));

/**
 * Makes a device that is not plugged in yet. Needs configfs, udev and `dummy_hcd.num` of the kernel.
 * @param socket 0, 1 … one device has each
 * @param product its name, a word
 */
export function usbSerial(socket: number, product: string): UsbSerial {
  const folder = `${gadgets}/${product}`;
  const make = (path: string): string => {
    mkdirSync(`${folder}/${path}`, { recursive: true });
    return `${folder}/${path}`;
  };
  mkdirSync(folder);
  // What the Linux Foundation gives gadgets of this kind.
  writeFileSync(`${folder}/idVendor`, '0x1d6b');
  writeFileSync(`${folder}/idProduct`, '0x0104');
  const strings = make(`strings/${english}`);
  writeFileSync(`${strings}/manufacturer`, 'board');
  writeFileSync(`${strings}/product`, product);
  writeFileSync(`${strings}/serialnumber`, String(socket));
  const acm = make('functions/acm.0');
  symlinkSync(acm, `${make('configs/c.1')}/acm.0`);
  const farPath = `/dev/ttyGS${readFileSync(`${acm}/port_num`, 'latin1').trim()}`;
  const nearPath = `/dev/serial/by-id/usb-board_${product}_${socket}-if00`;
  const far = serialLink({ path: farPath, baudRate: 115_200 });
  const isThere = async (wanted: boolean): Promise<void> => {
    while (existsSync(nearPath) !== wanted) await pause(lookMs);
  };

  return {
    nearPath,
    async plug() {
      const listeners = new Set<(bytes: Uint8Array) => void>();
      await new Promise<void>((resolve, reject) => {
        far.open({
          opened: resolve,
          data(bytes) {
            for (const listener of [...listeners]) listener(bytes);
          },
          closed: (why, detail) => reject(new Error(`${why} ${detail}`)),
        });
      });
      writeFileSync(`${folder}/UDC`, `dummy_udc.${socket}`);
      await isThere(true);
      return {
        write: far.write,
        onData(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      };
    },
    async unplug() {
      far.close();
      writeFileSync(`${folder}/UDC`, '\n');
      await isThere(false);
    },
  };
}
