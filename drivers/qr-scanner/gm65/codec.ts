/**
 * Commands and replies of the GM65 family (GM65, GM67, GM861, MG65; Waveshare's and DFRobot's
 * modules): settings are bytes in zones that are read and written by address. Replies come between
 * the lines of scans, and inside of them. See PROTOCOL.md of qr-scanner. Pure.
 */
import type { Decoder, Discarded } from '../../decoder.js';
import { receiveBuffer } from '../../receive-buffer.js';
import { type Scan, scanDecoder } from '../codec.js';

export interface ZoneReply {
  readonly type: 'zone-reply';
  /** 0 is done; anything else is a refusal */
  readonly status: number;
  /** what a read has asked for; of a write or a save one byte */
  readonly data: Uint8Array;
}

export type ZoneCommand =
  | { readonly type: 'read'; readonly zone: number; readonly byteCount: number }
  /** into the working memory, gone with the power */
  | { readonly type: 'write'; readonly zone: number; readonly data: readonly number[] }
  /** of all zones into the EEPROM, which takes so many and no more */
  | { readonly type: 'save' };

const startOfReply = 0x02;
/** Before the data: 02 00, status, length. */
const headBytes = 4;
const crcBytes = 2;
/** The longest that is asked for is two; longer ones are taken as text. */
export const replyDataBytesMax = 16;

/**
 * @param bytes those between the two bytes of the start and the checksum
 * @returns CRC-16/XMODEM: polynomial 0x1021, from 0, most significant bit first
 */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++)
      crc = ((crc << 1) ^ ((crc & 0x8000) === 0 ? 0 : 0x1021)) & 0xffff;
  }
  return crc;
}

/** @returns the bytes of a command, checksum included */
export function encodeCommand(command: ZoneCommand): Uint8Array {
  if (command.type === 'read')
    return framed([0x7e, 0x00], [0x07, 0x01, ...high(command.zone), command.byteCount]);
  if (command.type === 'save') return framed([0x7e, 0x00], [0x09, 0x01, 0x00, 0x00, 0x00]);
  const { zone, data } = command;
  return framed([0x7e, 0x00], [0x08, data.length, ...high(zone), ...data]);
}

/** @returns the bytes of a reply, as the module sends them */
export function encodeZoneReply(status: number, data: readonly number[]): Uint8Array {
  return framed([startOfReply, 0x00], [status, data.length, ...data]);
}

function framed(start: readonly number[], checked: readonly number[]): Uint8Array {
  return Uint8Array.from([...start, ...checked, ...high(crc16(Uint8Array.from(checked)))]);
}

/** A number of 16 bits, most significant byte first. */
function high(value: number): readonly [number, number] {
  return [(value >> 8) & 0xff, value & 0xff];
}

/**
 * Makes a decoder that takes the replies out of what is sent and gives the rest as scans, as
 * `scanDecoder` does. What begins as a reply and is none is text, from its first byte on.
 */
export function gm65Decoder(): Decoder<Scan | ZoneReply> {
  const lines = scanDecoder();
  const held = receiveBuffer(headBytes + replyDataBytesMax + crcBytes);

  /** How the held bytes may go on: a reply, or nothing of the kind. */
  const judge = (): 'reply' | 'text' | 'more' => {
    if (held.at(0) !== startOfReply) return 'text';
    if (held.length > 1 && held.at(1) !== 0x00) return 'text';
    const dataBytes = held.at(3);
    if (dataBytes === undefined) return 'more';
    if (dataBytes === 0 || dataBytes > replyDataBytesMax) return 'text';
    if (held.length < headBytes + dataBytes + crcBytes) return 'more';
    const at = (index: number): number => held.at(index) ?? 0;
    const checked = Uint8Array.from({ length: dataBytes + 2 }, (_, index) => at(index + 2));
    const crcAt = headBytes + dataBytes;
    return crc16(checked) === at(crcAt) * 256 + at(crcAt + 1) ? 'reply' : 'text';
  };

  const settle = (results: (Scan | ZoneReply | Discarded)[]): void => {
    while (held.length > 0) {
      const verdict = judge();
      if (verdict === 'more') return;
      if (verdict === 'text') results.push(...lines.push(held.take(1)));
      else {
        const status = held.at(2) ?? 0;
        const frame = held.take(headBytes + (held.at(3) ?? 0) + crcBytes);
        results.push({
          type: 'zone-reply',
          status,
          data: frame.slice(headBytes, frame.length - crcBytes),
        });
      }
    }
  };

  return {
    push(bytes) {
      const results: (Scan | ZoneReply | Discarded)[] = [];
      for (const byte of bytes) {
        held.push(byte);
        settle(results);
      }
      return results;
    },
    end() {
      const results: (Scan | ZoneReply | Discarded)[] = [];
      // Nothing more comes: what waits is no reply, and one may stand in it.
      while (held.length > 0) {
        results.push(...lines.push(held.take(1)));
        settle(results);
      }
      results.push(...lines.end());
      return results;
    },
    get heldBytes() {
      return held.length + lines.heldBytes;
    },
  };
}
