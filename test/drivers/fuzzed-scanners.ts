/** The scanners' codecs for the wire fuzz, and how to find texts in bytes without them. */
import { type Scan, scanDecoder } from '../../drivers/qr-scanner/codec.js';
import {
  encodeZoneReply,
  gm65Decoder,
  replyDataBytesMax,
  type ZoneReply,
} from '../../drivers/qr-scanner/gm65/codec.js';
import { reportDecoder } from '../../drivers/qr-scanner/hid-pos/codec.js';
import { reportLayout } from '../../drivers/qr-scanner/hid-pos/report-layout.js';
import { type HidPosKind, hidPosTwin } from '../../drivers/qr-scanner/hid-pos/twin.js';
import { type ScannerFraming, scannerTwin } from '../../drivers/qr-scanner/twin.js';
import type { Random } from '../../hardware/simulated/random.js';
import type { FuzzedCodec } from './wire-fuzz.js';

const framings: readonly [ScannerFraming, ...ScannerFraming[]] = ['cr', 'lf', 'crlf', 'stx-etx'];
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
/** A line that is judged as a whole; longer ones have tests of their own. */
const lineBytesMax = 4_096;

function codeText(dice: Random): string {
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

export interface ReportCounts {
  reports: number;
  /** codes whose reports were left as they are, and that came out so */
  true: number;
  wrong: number;
}

/**
 * HID reports come whole or not at all, so they have a fuzz of their own: reports changed, cut, lost
 * and doubled, and after a silence a code that must be understood.
 */
export function fuzzReports(kind: HidPosKind, dice: Random, reportCount: number): ReportCounts {
  const twin = hidPosTwin(kind);
  const layout = reportLayout(twin.descriptor);
  if (layout === null) throw new Error('the twin describes no report');
  const decoder = reportDecoder(layout);
  const counts: ReportCounts = { reports: 0, true: 0, wrong: 0 };
  const push = (report: Uint8Array): string[] => {
    counts.reports += 1;
    const results = decoder.push(report);
    if (decoder.heldBytes > lineBytesMax) counts.wrong += 1;
    return results.flatMap((result) => (result.type === 'scan' ? result.text : []));
  };
  while (counts.reports < reportCount) {
    for (const report of twin.scan(codeText(dice))) {
      const changed = report.slice(0, dice.chance(0.2) ? dice.int(report.length) : report.length);
      if (changed.length > 0 && dice.chance(0.5)) changed[dice.int(changed.length)] = dice.int(256);
      if (dice.chance(0.1)) continue;
      for (let copy = dice.chance(0.1) ? 2 : 1; copy > 0; copy--) push(changed);
    }
    decoder.end();
    const text = codeText(dice);
    const read = twin.scan(text).flatMap(push);
    read.push(...decoder.end().flatMap((result) => (result.type === 'scan' ? result.text : [])));
    if (read.length === 1 && read[0] === text) counts.true += 1;
    else counts.wrong += 1;
  }
  return counts;
}
