/** The checks that thermometers put behind their frames. Pure. */
import type { ChecksumKind } from '../../config/frame-layout.js';

/** How many bytes each takes. */
export const checksumBytes: Readonly<Record<ChecksumKind, number>> = {
  none: 0,
  sum8: 1,
  xor8: 1,
  complement8: 1,
  crc8: 1,
  'sum16-big': 2,
  'sum16-little': 2,
  'crc16-modbus': 2,
};

/**
 * @returns the bytes of the check over `bytes`, as they stand behind them. `complement8` makes the sum
 *   of all bytes zero; `crc8` has the polynomial 07 and begins with 00 (SMBus PEC); `crc16-modbus`
 *   has A001, begins with FFFF and sends its low byte first
 */
export function checksumOf(kind: ChecksumKind, bytes: Uint8Array): readonly number[] {
  switch (kind) {
    case 'none':
      return [];
    case 'sum8':
      return [sumOf(bytes) & 0xff];
    case 'complement8':
      return [-sumOf(bytes) & 0xff];
    case 'xor8':
      return [bytes.reduce((check, byte) => check ^ byte, 0)];
    case 'crc8':
      return [bytes.reduce((check, byte) => crc8Step(check ^ byte), 0)];
    case 'sum16-big':
      return [(sumOf(bytes) >> 8) & 0xff, sumOf(bytes) & 0xff];
    case 'sum16-little':
      return [sumOf(bytes) & 0xff, (sumOf(bytes) >> 8) & 0xff];
    case 'crc16-modbus': {
      const check = bytes.reduce((sofar, byte) => crc16Step(sofar ^ byte), 0xffff);
      return [check & 0xff, check >> 8];
    }
  }
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0);
}

function crc8Step(check: number): number {
  let left = check;
  for (let bit = 0; bit < 8; bit++) left = left & 0x80 ? ((left << 1) ^ 0x07) & 0xff : left << 1;
  return left;
}

function crc16Step(check: number): number {
  let left = check;
  for (let bit = 0; bit < 8; bit++) left = left & 1 ? (left >> 1) ^ 0xa001 : left >> 1;
  return left;
}
