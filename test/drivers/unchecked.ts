/** Codecs whose decoder does not look at the check: what the judge of the wire fuzz has to find. */
import { crc16 } from '../../drivers/qr-scanner/gm65/codec.js';
import { checksumOf } from '../../drivers/thermometer/checksums.js';
import type { FuzzedCodec } from './wire-fuzz.js';

/** Makes the checks in some bytes right, in place or in a copy, whatever stands before them. */
export type Mend = (bytes: Buffer) => Uint8Array;

/** Takes a codec; returns it with a decoder that is handed mended bytes, at each silence. */
export function unchecked<Frame extends { readonly type: string }>(
  codec: FuzzedCodec<Frame>,
  mend: Mend,
): FuzzedCodec<Frame> {
  return {
    ...codec,
    decoder() {
      const inner = codec.decoder();
      let pieces: Uint8Array[] = [];
      return {
        push(bytes) {
          pieces.push(bytes.slice());
          return [];
        },
        end() {
          const bytes = mend(Buffer.concat(pieces));
          pieces = [];
          return [...inner.push(bytes), ...inner.end()];
        },
        heldBytes: 0,
      };
    },
  };
}

/** At each `header` in hexadecimal: `check` says where the check goes and what it is. */
function mendAt(
  header: string,
  check: (bytes: Buffer, at: number) => { readonly at: number; readonly bytes: readonly number[] },
): Mend {
  return (bytes) => {
    for (let at = bytes.indexOf(header, 0, 'hex'); at >= 0; ) {
      const { at: checkAt, bytes: right } = check(bytes, at);
      // Only where the whole frame is there.
      if (checkAt + right.length <= bytes.length) bytes.set(right, checkAt);
      at = bytes.indexOf(header, at + 1, 'hex');
    }
    return bytes;
  };
}

const sumOver = (header: string, length: number): Mend =>
  mendAt(header, (bytes, at) => ({
    at: at + length,
    bytes: checksumOf('sum8', bytes.subarray(at, at + length)),
  }));
const crcFrom = (length: number): Mend =>
  mendAt('f04f', (bytes, at) => ({
    at: at + length,
    bytes: checksumOf('crc16-modbus', bytes.subarray(at + 2, at + length)),
  }));

/** By the names of the codecs. */
export const mends: Readonly<Record<string, Mend>> = {
  'gy-614v3': sumOver('5a5a45', 11),
  'gy-mcu90614': sumOver('5a5a4504', 8),
  'frames by configuration': crcFrom(10),
  'frames by configuration, with an end': crcFrom(8),
  'sam-v': mendAt('aaaaaa9669', (bytes, at) => {
    const checkAt = at + 6 + (bytes.length >= at + 7 ? bytes.readUInt16BE(at + 5) : 0);
    return { at: checkAt, bytes: checksumOf('xor8', bytes.subarray(at + 5, checkAt)) };
  }),
  gm65: mendAt('0200', (bytes, at) => {
    const checkAt = at + 4 + (bytes[at + 3] ?? 0);
    const crc = crc16(bytes.subarray(at + 2, checkAt));
    return { at: checkAt, bytes: [crc >> 8, crc & 0xff] };
  }),
  // Lines have no check: here what an STX gives up is put before what follows it.
  lines: (bytes) => bytes.filter((byte) => byte !== 0x02),
};
