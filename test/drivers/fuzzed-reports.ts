/**
 * HID reports come whole or not at all and have no check, so they have a fuzz of their own: reports
 * changed, cut, lost and doubled, the texts of what was delivered found without the decoder, and
 * after a silence a code that must be understood. Descriptors likewise: what a device says of its
 * reports is the only word on where to read in them.
 */
import { reportDecoder } from '../../drivers/qr-scanner/hid-pos/codec.js';
import { type ReportLayout, reportLayout } from '../../drivers/qr-scanner/hid-pos/report-layout.js';
import { type HidPosKind, hidPosTwin } from '../../drivers/qr-scanner/hid-pos/twin.js';
import type { Random } from '../../hardware/simulated/random.js';
import { codeText } from './fuzzed-scanners.js';
import type { Told } from './wire-fuzz.js';

export interface ReportCounts {
  reports: number;
  /** codes whose reports were left as they are, and that came out so */
  true: number;
  /** texts of spoiled reports that came out as they had to */
  spoiled: number;
  wrong: number;
}

export interface ReportFuzz {
  readonly kind: HidPosKind;
  readonly reportCount: number;
  /** the product's own without it; the judge's test gives a faulty one */
  readonly decoderOf?: typeof reportDecoder;
  /** called after each code with how many are done */
  readonly done?: Told;
}

/** Where a twin's reports have what; none of it by way of the descriptor. */
const fields: Readonly<Record<HidPosKind, { dataAt: number; dataBytes: number; flagAt?: number }>> =
  {
    flagged: { dataAt: 5, dataBytes: 56, flagAt: 63 },
    bare: { dataAt: 2, dataBytes: 62 },
  };

/** The texts in reports that were delivered one after the other, and then a silence. */
function textsIn(kind: HidPosKind, reports: readonly Uint8Array[]): readonly string[] {
  const { dataAt, dataBytes, flagAt } = fields[kind];
  const texts: string[] = [];
  let parts: Uint8Array[] = [];
  const end = (): void => {
    const text = Buffer.concat(parts).toString('latin1');
    parts = [];
    const bytes = Buffer.from(text.replace(/\r?\n$|\r$/, ''), 'latin1');
    if (bytes.length > 0) texts.push(bytes.toString());
  };
  for (const report of reports) {
    const [id, length = 0] = report;
    if (id !== 2 || length > dataBytes || report.length < dataAt + length) continue;
    parts.push(report.subarray(dataAt, dataAt + length));
    const goesOn = flagAt === undefined ? length === dataBytes : ((report[flagAt] ?? 0) & 1) === 1;
    if (!goesOn) end();
  }
  end();
  return texts;
}

/** @returns what came of the reports; `wrong` is to be 0 */
export async function fuzzReports(fuzzed: ReportFuzz, dice: Random): Promise<ReportCounts> {
  const { kind, reportCount, decoderOf = reportDecoder, done = () => null } = fuzzed;
  const twin = hidPosTwin(kind);
  const layout = reportLayout(twin.descriptor);
  if (layout === null) throw new Error('the twin describes no report');
  const decoder = decoderOf(layout);
  const counts: ReportCounts = { reports: 0, true: 0, spoiled: 0, wrong: 0 };
  /** Delivers them, then nothing for a while; returns whether the texts are those that stand there. */
  const isRead = (reports: readonly Uint8Array[], texts: readonly string[]): boolean => {
    const results = [...reports.flatMap((report) => decoder.push(report)), ...decoder.end()];
    if (decoder.heldBytes > 0) counts.wrong += 1;
    counts.reports += reports.length;
    const read = results.flatMap((result) => (result.type === 'scan' ? result.text : []));
    return read.length === texts.length && read.every((text, index) => text === texts[index]);
  };
  while (counts.reports < reportCount) {
    const spoiled = twin.scan(codeText(dice)).flatMap((report) => spoil(report, dice));
    const texts = textsIn(kind, spoiled);
    if (isRead(spoiled, texts)) counts.spoiled += texts.length;
    else counts.wrong += 1;
    const text = codeText(dice);
    if (isRead(twin.scan(text), [text])) counts.true += 1;
    else counts.wrong += 1;
    const pause = done(counts.reports);
    if (pause !== null) await pause;
  }
  return counts;
}

/** One report as it arrives: changed or cut, not at all, or twice. */
function spoil(report: Uint8Array, dice: Random): readonly Uint8Array[] {
  const changed = report.slice(0, dice.chance(0.2) ? dice.int(report.length) : report.length);
  // Id and length stand in front: half of the changes go there.
  const among = dice.chance(0.5) ? 2 : changed.length;
  if (changed.length > 0 && dice.chance(0.5))
    changed[dice.int(Math.min(among, changed.length))] = dice.int(256);
  if (dice.chance(0.1)) return [];
  return dice.chance(0.1) ? [changed, changed] : [changed];
}

export interface DescriptorCounts {
  descriptors: number;
  /** of which a layout was read */
  layouts: number;
  /** layouts that look beyond their own report */
  wrong: number;
}

/** Descriptors changed and spliced; each layout is tried on reports of its own length. */
export async function fuzzDescriptors(
  dice: Random,
  descriptorCount: number,
  done: Told = () => null,
): Promise<DescriptorCounts> {
  const counts: DescriptorCounts = { descriptors: 0, layouts: 0, wrong: 0 };
  const whole = (): Uint8Array => hidPosTwin(dice.pick(['flagged', 'bare'])).descriptor;
  while (counts.descriptors < descriptorCount) {
    counts.descriptors += 1;
    const pause = done(counts.descriptors);
    if (pause !== null) await pause;
    const bytes = Buffer.concat([
      whole().subarray(0, dice.int(80)),
      whole().subarray(dice.int(80)),
    ]);
    const descriptor = dice.chance(0.5) ? whole().slice() : Uint8Array.from(bytes);
    for (let left = dice.int(4); left > 0 && descriptor.length > 0; left--)
      descriptor[dice.int(descriptor.length)] = dice.int(256);
    const layout = reportLayout(descriptor);
    if (layout === null) continue;
    counts.layouts += 1;
    if (!isWithin(layout)) counts.wrong += 1;
    const decoder = reportDecoder(layout);
    decoder.push(dice.bytes(dice.int(layout.reportBytes + 2)));
    decoder.end();
  }
  return counts;
}

function isWithin(layout: ReportLayout): boolean {
  const { reportBytes, lengthAt, dataAt, dataBytesMax, continued } = layout;
  return (
    dataAt + dataBytesMax <= reportBytes &&
    lengthAt < reportBytes &&
    (continued === null || continued.at < reportBytes)
  );
}
