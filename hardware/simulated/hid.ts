/** A HID device without USB: a `HidLink` for the gate's side and a far end for the device's twin. */
import type { HidLink } from '../ports.js';
import { type FarEnd, simulatedWire, type WireOptions } from './wire.js';

/**
 * Makes one device that is plugged in. Reports arrive whole: the bus has no speed here, and its
 * checksums leave no wrong bytes.
 * @param options the clock and dice of the wire beneath, and the device's report descriptor
 */
export function simulatedHid(
  options: Pick<WireOptions, 'clock' | 'scheduler' | 'random'> & {
    readonly descriptor: Uint8Array;
  },
): { readonly link: HidLink; readonly far: FarEnd } {
  const { clock, scheduler, random, descriptor } = options;
  const { link, far } = simulatedWire({ clock, scheduler, random });
  return { link: { ...link, reportDescriptor: () => descriptor }, far };
}
