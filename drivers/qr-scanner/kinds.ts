/** Which driver serves which kind of scanner. */
import type { Gm65Settings } from '../../config/scanner-config.js';
import type { Camera, HidLink, Link } from '../../hardware/ports.js';
import { qrCamera } from '../qr-camera/driver.js';
import type { Driver } from '../reading.js';
import type { DriverTools } from '../session.js';
import { qrScanner } from './driver.js';
import { gm65Scanner } from './gm65/driver.js';
import { hidPosScanner } from './hid-pos/driver.js';

export type ScannerDevice =
  | { readonly driver: 'line'; readonly link: Link; readonly idleMs?: number }
  | {
      readonly driver: 'gm65';
      readonly link: Link;
      /** bits a second, the wanted one first; none where the far end sets it */
      readonly speeds: readonly number[];
      readonly settings?: Gm65Settings;
      readonly idleMs?: number;
    }
  | { readonly driver: 'hid-pos'; readonly link: HidLink }
  | { readonly driver: 'camera'; readonly camera: Camera };

/**
 * @param device what it is and what it hangs on
 * @param tools clock, scheduler and where readings go
 * @returns its driver, stopped
 */
export function scannerOf(device: ScannerDevice, tools: DriverTools): Driver {
  switch (device.driver) {
    case 'line':
      return qrScanner({ ...tools, ...device });
    case 'gm65':
      return gm65Scanner({ ...tools, ...device });
    case 'hid-pos':
      return hidPosScanner({ ...tools, ...device });
    case 'camera':
      return qrCamera({ ...tools, ...device });
  }
}

/** As delivered; then what makers of other modules deliver. */
const speedsAsDelivered = [9_600, 115_200] as const;

/**
 * @param wanted bits a second that a module is to be set to; null: the far end of the line sets it
 * @returns the speeds to look for it at, in turn
 */
export function gm65Speeds(wanted: number | null): readonly number[] {
  if (wanted === null) return [];
  return [wanted, ...speedsAsDelivered.filter((speed) => speed !== wanted)];
}
