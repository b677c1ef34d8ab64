/** A HID point-of-sale scanner's own side: its report descriptor and its reports. Pure. */

/**
 * `flagged`: 64 bytes with length, three bytes of AIM id, 56 of data and a flag that more follows,
 * as Honeywell, Zebra and Datalogic have it. `bare`: length and 62 bytes, and no flag.
 */
export type HidPosKind = 'flagged' | 'bare';

export interface HidPosTwin {
  readonly descriptor: Uint8Array;
  /** The reports of one decoded code, in order, report id first. */
  scan(text: string): Uint8Array[];
}

const reportId = 0x02;
const reportBytes = 64;
/** What a common QR code is told as: `]Q1` (ISO/IEC 15424). */
const aimId = [0x5d, 0x51, 0x31];
/** Honeywell's own letter for QR, at offset 61. */
const honeywellQr = 0x73;

/** Usage page 0x8C, usage 0x02, application; report 2, usage 0x12, logical; bytes of 0 to 255. */
const begin = [
  ...[0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x85, reportId, 0x09, 0x12, 0xa1, 0x02],
  ...[0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08],
];
const end = [0xc0, 0xc0];

const kinds: Readonly<
  Record<HidPosKind, { descriptor: readonly number[]; dataAt: number; dataBytes: number }>
> = {
  flagged: {
    descriptor: [
      ...begin,
      // byte count (generic desktop, 0x3B)
      ...[0x95, 0x01, 0x05, 0x01, 0x09, 0x3b, 0x81, 0x02],
      // the three characters of the symbology
      ...[0x05, 0x8c, 0x95, 0x03, 0x09, 0xfb, 0x09, 0xfc, 0x09, 0xfd, 0x81, 0x02],
      // decoded data, buffered bytes
      ...[0x95, 0x38, 0x09, 0xfe, 0x82, 0x02, 0x01],
      // two bytes of the maker's
      ...[0x06, 0x66, 0xff, 0x95, 0x02, 0x09, 0x04, 0x81, 0x02],
      // decoded data continued: one bit, and seven of padding
      ...[0x05, 0x8c, 0x75, 0x01, 0x95, 0x01, 0x09, 0xff, 0x81, 0x02, 0x75, 0x07, 0x81, 0x03],
      ...end,
    ],
    dataAt: 5,
    dataBytes: 56,
  },
  bare: {
    descriptor: [
      ...begin,
      ...[0x95, 0x01, 0x09, 0x28, 0x81, 0x02],
      ...[0x95, 0x3e, 0x09, 0x27, 0x82, 0x02, 0x01],
      ...end,
    ],
    dataAt: 2,
    dataBytes: 62,
  },
};

/** Makes a scanner; `flagged` is what the well-known makers sell. */
export function hidPosTwin(kind: HidPosKind = 'flagged'): HidPosTwin {
  const { descriptor, dataAt, dataBytes } = kinds[kind];
  const utf8 = new TextEncoder();
  return {
    descriptor: Uint8Array.from(descriptor),
    scan(text) {
      const bytes = utf8.encode(text);
      const reports: Uint8Array[] = [];
      for (let from = 0; from === 0 || from < bytes.length; from += dataBytes) {
        const part = bytes.subarray(from, from + dataBytes);
        const report = new Uint8Array(reportBytes);
        report.set([reportId, part.length]);
        report.set(part, dataAt);
        if (kind === 'flagged') {
          report.set(aimId, 2);
          report[61] = honeywellQr;
          report[63] = from + dataBytes < bytes.length ? 1 : 0;
        }
        reports.push(report);
      }
      return reports;
    },
  };
}
