/**
 * What a module of the GM65 family must be set to for an unattended gate: each as a zone and what
 * it should hold, given what it holds. Bits that are not ours (sound, lamps, character set) stay as
 * the site has them. Pure.
 */
import { type Gm65Settings, sameCodeDelayRange } from '../../../config/scanner-config.js';

export interface ZoneSetting {
  readonly zone: number;
  readonly byteCount: number;
  /** What should stand there instead of `held`. */
  wanted(held: readonly number[]): readonly number[];
}

/** Mode in bits 1-0; sound, aiming and light in the others. */
export const zoneMode = 0x0000;
/** Bits 1-0: 0 UART, 1 USB keyboard, 3 USB virtual COM. */
export const zoneInterface = 0x000d;
/** Bit 7: on; bits 6-0: how long. */
export const zoneSameCodeDelay = 0x0013;
/** Two bytes, the lower one first: 3 MHz by the speed. */
export const zoneBaud = 0x002a;

const interfaceUart = 0;
const interfaceKeyboard = 1;
const baudClock = 3_000_000;

/**
 * @param baudRate bits a second
 * @returns what the zone of the speed holds for it: 9,600 is 39 01, 115,200 is 1A 00
 */
export function baudZone(baudRate: number): readonly [number, number] {
  const divisor = Math.round(baudClock / baudRate);
  return [divisor & 0xff, (divisor >> 8) & 0xff];
}

/**
 * @param settings what the site's configuration says
 * @param baudRate to be set too; null: the far end of the line sets it
 * @returns the wanted settings; the speed comes last, because after it the module is heard at no other
 */
export function wantedZones(
  settings: Gm65Settings,
  baudRate: number | null,
): readonly ZoneSetting[] {
  const { mode = 'continuous', sameCodeDelay = sameCodeDelayRange.usual } = settings;
  const modeBits = mode === 'continuous' ? 0b10 : 0b11;
  const wanted: ZoneSetting[] = [
    {
      zone: zoneInterface,
      byteCount: 1,
      // Who answers here is no keyboard; a virtual COM port stays what it is.
      wanted: ([held = 0]) =>
        (held & 0b11) === interfaceKeyboard ? [(held & ~0b11) | interfaceUart] : [held],
    },
    { zone: zoneMode, byteCount: 1, wanted: ([held = 0]) => [(held & ~0b11) | modeBits] },
    { zone: zoneSameCodeDelay, byteCount: 1, wanted: () => [0x80 | (sameCodeDelay & 0x7f)] },
  ];
  if (baudRate === null) return wanted;
  return [...wanted, { zone: zoneBaud, byteCount: 2, wanted: () => baudZone(baudRate) }];
}
