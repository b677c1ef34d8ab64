/** The scanners' codecs for the wire fuzz, and how to find texts in bytes without them. */
import { type Scan, scanDecoder } from '../../drivers/qr-scanner/codec.js';
import {
  encodeZoneReply,
  gm65Decoder,
  replyDataBytesMax,
  type ZoneReply,
} from '../../drivers/qr-scanner/gm65/codec.js';
import { type ScannerFraming, scannerTwin } from '../../drivers/qr-scanner/twin.js';
import type { Random } from '../../hardware/simulated/random.js';
import type { FuzzedCodec } from './wire-fuzz.js';

const framings: readonly [ScannerFraming, ...ScannerFraming[]] = ['cr', 'lf', 'crlf', 'stx-etx'];
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
/** A line that is judged as a whole; longer ones have tests of their own. */
const lineBytesMax = 4_096;

/** What a paper's code may say; its signature is nobody's here. */
export function codeText(dice: Random): string {
  const length = 1 + dice.int(300);
  const characters = Array.from(dice.bytes(length), (byte) => alphabet[byte % alphabet.length]);
  return `GK1:${characters.join('')}`;
}

function linesOf(text: string): readonly string[] {
  return text.replaceAll('\n', '\r').replaceAll('\u0003', '\r').split('\r');
}

/** The texts between the ends of lines; what an STX gives up is none. */
function linesIn(bytes: Buffer): ReadonlySet<string> {
  const found = new Set<string>();
  // Latin-1 keeps each byte one character, so that the cutting is by bytes.
  for (const line of linesOf(bytes.toString('latin1'))) {
    const texts = line.split('\u0002');
    for (const [index, text] of texts.entries())
      if (text.length > (index === texts.length - 1 ? 0 : lineBytesMax))
        found.add(Buffer.from(text, 'latin1').subarray(0, lineBytesMax).toString());
  }
  return found;
}

const line: FuzzedCodec<Scan> = {
  name: 'lines',
  decoder: scanDecoder,
  make: (dice) => scannerTwin(dice.pick(framings)).scan(codeText(dice)),
  standing: (bytes) => linesIn(Buffer.from(bytes)),
  text: ({ text }) => text,
  heldBytesMax: lineBytesMax,
};

/** CRC-16/XMODEM by its table; the codec goes bit by bit. */
const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let left = byte << 8;
  for (let bit = 0; bit < 8; bit++)
    left = (left & 0x8000 ? (left << 1) ^ 0x1021 : left << 1) & 0xffff;
  return left;
});
const crcOf = (bytes: Uint8Array): number =>
  bytes.reduce((crc, byte) => ((crc << 8) ^ (crcTable[(crc >> 8) ^ byte] ?? 0)) & 0xffff, 0);

const replyText = (status: number, data: Uint8Array): string =>
  `reply ${status} ${Buffer.from(data).toString('hex')}`;

/** Replies are taken out from the left, then the rest is lines. */
function repliesAndLinesIn(bytes: Uint8Array): ReadonlySet<string> {
  const all = Buffer.from(bytes);
  const rest: Buffer[] = [];
  const found = new Set<string>();
  let from = 0;
  for (let at = all.indexOf('0200', 0, 'hex'); at >= 0; ) {
    const length = all[at + 3] ?? 0;
    const end = at + 4 + length;
    const isReply =
      length > 0 &&
      length <= replyDataBytesMax &&
      end + 2 <= all.length &&
      crcOf(all.subarray(at + 2, end)) === all.readUInt16BE(end);
    if (isReply) {
      found.add(replyText(all[at + 2] ?? 0, all.subarray(at + 4, end)));
      rest.push(all.subarray(from, at));
      from = end + 2;
    }
    at = all.indexOf('0200', isReply ? from : at + 1, 'hex');
  }
  rest.push(all.subarray(from));
  for (const text of linesIn(Buffer.concat(rest))) found.add(text);
  return found;
}

const gm65: FuzzedCodec<Scan | ZoneReply> = {
  name: 'gm65',
  decoder: gm65Decoder,
  make: (dice) =>
    dice.chance(0.5)
      ? encodeZoneReply(dice.int(2), [...dice.bytes(1 + dice.int(2))])
      : scannerTwin('cr').scan(codeText(dice)),
  standing: repliesAndLinesIn,
  text: (frame) => (frame.type === 'scan' ? frame.text : replyText(frame.status, frame.data)),
  heldBytesMax: lineBytesMax + 4 + replyDataBytesMax + 2,
};

export const scannerCodecs = [line, gm65] as const;
