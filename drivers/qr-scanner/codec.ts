/**
 * Line mode of serial and USB-CDC scanners: one text a scan, ended by CR, LF or CRLF, by ETX where
 * STX/ETX frame it, or by silence where the scanner sends no end at all. See PROTOCOL.md. Pure.
 */
import type { Decoder, Discarded } from '../decoder.js';
import { receiveBuffer } from '../receive-buffer.js';

export interface Scan {
  readonly type: 'scan';
  readonly text: string;
}

/**
 * Longest line kept. A version 40 code holds 4,296 characters; what the gate accepts has 1,200 at
 * most, and any 4,096 bytes of UTF-8, broken or not, decode to more than 1,200 UTF-16 code units
 * (three bytes a unit at worst), so that the person hears `too-long` and not something else.
 */
export const lineBytesMax = 4_096;

/** What is skipped of one endless line is reported in runs of this size, so that it is seen. */
const skippedRunBytesMax = 65_536;

const startOfText = 0x02;
const endOfText = 0x03;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Makes a decoder of scans. A CRLF needs no memory of the CR: its LF ends an empty line, and empty
 * lines are nobody's scan. `end` is the silence after a line without an end: it gives the scan.
 * A line over `lineBytesMax` gives one scan of its beginning at once, the rest is `oversized`;
 * an STX inside a line gives up what came before it as `incomplete`.
 */
export function scanDecoder(): Decoder<Scan> {
  const line = receiveBuffer(lineBytesMax);
  // A byte order mark stays: drivers strip nothing but the line's end.
  const utf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  /** bytes of an overlong line since the last report of them; 0: the line is not overlong */
  let skippedBytes = 0;

  const takeScan = (): Scan => ({ type: 'scan', text: utf8.decode(line.take(line.length)) });
  const takeSkipped = (): Discarded => {
    const discarded: Discarded = {
      type: 'discarded',
      why: 'oversized',
      byteCount: skippedBytes,
    };
    skippedBytes = 0;
    return discarded;
  };

  const endLine = (results: (Scan | Discarded)[]): void => {
    if (skippedBytes > 0) results.push(takeSkipped());
    else if (line.length > 0) results.push(takeScan());
  };

  const take = (byte: number, results: (Scan | Discarded)[]): void => {
    if (byte === carriageReturn || byte === lineFeed || byte === endOfText) {
      endLine(results);
    } else if (byte === startOfText) {
      if (skippedBytes > 0) endLine(results);
      else if (line.length > 0) {
        results.push({ type: 'discarded', why: 'incomplete', byteCount: line.length });
        line.clear();
      }
    } else if (skippedBytes > 0) {
      if (skippedBytes === skippedRunBytesMax) results.push(takeSkipped());
      skippedBytes++;
    } else if (!line.push(byte)) {
      results.push(takeScan());
      skippedBytes = 1;
    }
  };

  return {
    push(bytes) {
      const results: (Scan | Discarded)[] = [];
      for (const byte of bytes) take(byte, results);
      return results;
    },
    end() {
      const results: (Scan | Discarded)[] = [];
      endLine(results);
      return results;
    },
    get heldBytes() {
      return line.length + skippedBytes;
    },
  };
}
