/**
 * Reports of a HID point-of-sale scanner to scans: a code of more bytes than one report holds comes
 * in several. See PROTOCOL.md of qr-scanner. Pure.
 */
import type { Decoder, Discarded } from '../../decoder.js';
import { receiveBuffer } from '../../receive-buffer.js';
import { lineBytesMax, type Scan } from '../codec.js';
import type { ReportLayout } from './report-layout.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Makes a decoder whose `push` takes one whole report. A report of another id is `noise`, one whose
 * length does not fit is `length`. A code ends by its flag; where the device has none, by a report
 * that is not full, and after a full one by `end`, the silence. A code over `lineBytesMax` gives one
 * scan of its beginning at once, the rest is `oversized`.
 * @param layout where the fields stand, from the device's own descriptor
 */
export function reportDecoder(layout: ReportLayout): Decoder<Scan> {
  const { reportId, reportBytes, lengthAt, dataAt, dataBytesMax, continued } = layout;
  const code = receiveBuffer(lineBytesMax);
  // A byte order mark stays: drivers strip nothing but the line's end.
  const utf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  /** bytes of an overlong code since its scan; 0: the code is not overlong */
  let skippedBytes = 0;

  const takeScan = (): Scan => ({
    type: 'scan',
    text: utf8.decode(withoutLineEnd(code.take(code.length))),
  });

  const endCode = (results: (Scan | Discarded)[]): void => {
    if (skippedBytes > 0) {
      results.push({ type: 'discarded', why: 'oversized', byteCount: skippedBytes });
      skippedBytes = 0;
    } else if (code.length > 0) {
      const scan = takeScan();
      if (scan.text.length > 0) results.push(scan);
    }
  };

  return {
    push(report) {
      const length = report[lengthAt] ?? 0;
      const isOther = reportId !== 0 && report[0] !== reportId;
      if (isOther || report.length < dataAt + length || length > dataBytesMax)
        return report.length === 0
          ? []
          : [
              {
                type: 'discarded',
                why: isOther ? 'noise' : 'length',
                byteCount: report.length,
              },
            ];
      const results: (Scan | Discarded)[] = [];
      for (const byte of report.subarray(dataAt, dataAt + length))
        if (skippedBytes > 0) skippedBytes++;
        else if (!code.push(byte)) {
          results.push(takeScan());
          skippedBytes = 1;
        }
      const goesOn =
        continued === null
          ? length === dataBytesMax
          : report.length >= reportBytes && ((report[continued.at] ?? 0) & continued.mask) !== 0;
      if (!goesOn) endCode(results);
      return results;
    },
    end() {
      const results: (Scan | Discarded)[] = [];
      endCode(results);
      return results;
    },
    get heldBytes() {
      return code.length + skippedBytes;
    },
  };
}

/** One trailing CR, LF or CRLF, which some scanners are set up to add. */
function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (bytes[end - 1] === lineFeed) end--;
  if (bytes[end - 1] === carriageReturn) end--;
  return bytes.subarray(0, end);
}
