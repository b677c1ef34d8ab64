import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reportDecoder } from '../../drivers/qr-scanner/hid-pos/codec.js';
import { hidPosScanner } from '../../drivers/qr-scanner/hid-pos/driver.js';
import {
  descriptorBytesMax,
  type ReportLayout,
  reportLayout,
} from '../../drivers/qr-scanner/hid-pos/report-layout.js';
import { type HidPosKind, hidPosTwin } from '../../drivers/qr-scanner/hid-pos/twin.js';
import { staleMsMax } from '../../drivers/qr-scanner/late-scans.js';
import { simulatedHid } from '../../hardware/simulated/hid.js';
import { random } from '../../hardware/simulated/random.js';
import { bench } from './bench.js';

const kinds: readonly HidPosKind[] = ['flagged', 'bare'];
const hex = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));

function layoutOf(kind: HidPosKind): ReportLayout {
  const layout = reportLayout(hidPosTwin(kind).descriptor);
  if (layout === null) throw new Error('the twin describes no report');
  return layout;
}

function scannerOn(kind: HidPosKind = 'flagged', descriptor = hidPosTwin(kind).descriptor) {
  const side = bench();
  const { clock } = side;
  const { link, far } = simulatedHid({ clock, scheduler: clock, random: random(1), descriptor });
  const driver = hidPosScanner({ ...side.tools, link });
  driver.start();
  clock.advance(1);
  const twin = hidPosTwin(kind);
  const scan = (text: string): void => {
    for (const report of twin.scan(text)) far.write(report);
    clock.advance(1);
  };
  return { ...side, far, driver, scan, texts: () => side.of('scan').map(({ text }) => text) };
}

describe('the report descriptor', () => {
  test('tells where length, data and flag stand in the reports of the well-known makers', () => {
    expect(layoutOf('flagged')).toEqual({
      reportId: 2,
      reportBytes: 64,
      lengthAt: 1,
      dataAt: 5,
      dataBytesMax: 56,
      continued: { at: 63, mask: 1 },
    });
  });

  test('without known usages, a byte before an array of bytes is its length', () => {
    expect(layoutOf('bare')).toEqual({
      reportId: 2,
      reportBytes: 64,
      lengthAt: 1,
      dataAt: 2,
      dataBytesMax: 62,
      continued: null,
    });
  });

  test('of a device that numbers no reports is read, and its reports begin with the length', () => {
    const descriptor = hex(`05 8c 09 02 a1 01 15 00 26 ff 00 75 08
      95 01 05 01 09 3b 81 02 05 8c 95 14 09 fe 81 02 95 01 09 ff 81 02 c0`);
    expect(reportLayout(descriptor)).toEqual({
      reportId: 0,
      reportBytes: 22,
      lengthAt: 0,
      dataAt: 1,
      dataBytesMax: 20,
      continued: { at: 21, mask: 0xff },
    });
  });

  test('of a keyboard, or of no device at all, gives no layout', () => {
    const keyboard = hex(`05 01 09 06 a1 01 05 07 19 e0 29 e7 15 00 25 01 75 01 95 08 81 02
      95 01 75 08 81 01 95 06 75 08 15 00 25 65 05 07 19 00 29 65 81 00 c0`);
    expect(reportLayout(keyboard)).toBeNull();
    expect(reportLayout(new Uint8Array())).toBeNull();
    expect(reportLayout(new Uint8Array(descriptorBytesMax + 1))).toBeNull();
  });

  test('with a flag of no bits is read as one without a flag', () => {
    const { descriptor } = hidPosTwin('flagged');
    const sizeAt = Buffer.from(descriptor).indexOf('7501950109ff', 0, 'hex') + 1;
    expect(reportLayout(descriptor)?.continued).toEqual({ at: 63, mask: 1 });
    expect(reportLayout(descriptor.with(sizeAt, 0))).toMatchObject({ dataAt: 5, continued: null });
  });

  test('of any bytes gives a layout within the report, or none, and never an error', () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(...kinds),
        fc.array(fc.tuple(fc.nat(), fc.nat(0xff)), { maxLength: 6 }),
      )
      .map(([kind, changes]) => {
        const bytes = hidPosTwin(kind).descriptor.slice();
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        const layout = reportLayout(bytes);
        if (layout === null) return;
        const { reportBytes, dataAt, dataBytesMax, lengthAt, continued } = layout;
        expect(dataAt + dataBytesMax).toBeLessThanOrEqual(reportBytes);
        expect(lengthAt).toBeLessThan(reportBytes);
        expect(continued?.at ?? 0).toBeLessThan(reportBytes);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe.each(kinds)('reports of a %s scanner', (kind) => {
  const layout = layoutOf(kind);
  // A trailing line end is the scanner's own and is stripped.
  const text = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 600 })
    .filter((candidate) => !/[\r\n]$/.test(candidate));

  test('give the texts that were scanned, however many reports each takes', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
        const decoder = reportDecoder(layout);
        const results = texts.flatMap((each) => [
          ...hidPosTwin(kind)
            .scan(each)
            .flatMap((report) => decoder.push(report)),
          ...decoder.end(),
        ]);
        expect(results).toEqual(texts.map((each) => ({ type: 'scan', text: each })));
        expect(decoder.heldBytes).toBe(0);
      }),
    );
  });

  test('of any bytes, cut or changed, give scans and declared garbage, and hold a bounded rest', () => {
    const report = fc.oneof(
      fc.uint8Array({ maxLength: 70 }),
      fc.tuple(text, fc.nat(), fc.nat(0xff), fc.nat(64)).map(([scanned, at, byte, length]) => {
        const [first = new Uint8Array(64)] = hidPosTwin(kind).scan(scanned);
        const changed = first.slice();
        changed[at % changed.length] = byte;
        return changed.subarray(0, length);
      }),
    );
    fc.assert(
      fc.property(fc.array(report, { maxLength: 120 }), (reports) => {
        const decoder = reportDecoder(layout);
        for (const each of reports) {
          for (const result of decoder.push(each))
            if (result.type === 'discarded') {
              expect(['noise', 'length', 'oversized']).toContain(result.why);
              expect(result.byteCount).toBeGreaterThan(0);
            }
          expect(decoder.heldBytes).toBeLessThan(4_096 + 120 * 64);
        }
        decoder.end();
        const [last] = hidPosTwin(kind)
          .scan('next')
          .flatMap((each) => decoder.push(each));
        expect(last).toEqual({ type: 'scan', text: 'next' });
      }),
    );
  });

  test('of a code that never ends give one scan that is too long, and the rest is counted', () => {
    const decoder = reportDecoder(layout);
    const reports = hidPosTwin(kind).scan('A'.repeat(20_000));
    const results = [...reports.flatMap((each) => decoder.push(each)), ...decoder.end()];
    expect(results).toEqual([
      { type: 'scan', text: 'A'.repeat(4_096) },
      { type: 'discarded', why: 'oversized', byteCount: 20_000 - 4_096 },
    ]);
  });
});

describe('the session', () => {
  test('reads the published example', () => {
    const side = scannerOn();
    side.clock.advance(staleMsMax);
    const report = new Uint8Array(64);
    report.set(hex('02 05 5d 51 31 47 41 54 45 31'));
    report[61] = 0x73;
    side.far.write(report);
    side.clock.advance(1);
    expect(side.texts()).toEqual(['GATE1']);
  });

  test.each(kinds)('of a %s scanner gives a code of several reports as one, at once', (kind) => {
    const side = scannerOn(kind);
    side.clock.advance(staleMsMax);
    const long = `GK1:${'A B'.repeat(100)}`;
    side.scan(long);
    side.scan('校园卡\r\n');
    expect(side.texts()).toEqual([long, '校园卡']);
    expect(side.states()).toEqual(['ok']);
  });

  test('drops what had waited before the opening, the rest of such a code too', () => {
    const side = scannerOn();
    side.scan('somebody gone');
    const [first, second] = hidPosTwin().scan('B'.repeat(100));
    side.clock.advance(staleMsMax - 10);
    side.far.write(first ?? new Uint8Array());
    side.clock.advance(20);
    side.far.write(second ?? new Uint8Array());
    side.clock.advance(1);
    expect(side.texts()).toEqual([]);
    expect(side.of('discarded').map(({ why }) => why)).toEqual(['late', 'late', 'late']);
    side.scan('next');
    expect(side.texts()).toEqual(['next']);
  });

  test('a waiting beginning without its rest costs nobody a scan', () => {
    const side = scannerOn();
    const [first] = hidPosTwin().scan('B'.repeat(100));
    side.far.write(first ?? new Uint8Array());
    side.clock.advance(1_000);
    side.scan('next');
    expect(side.texts()).toEqual(['next']);
  });

  test('a full report without a flag is ended by silence', () => {
    const side = scannerOn('bare');
    side.clock.advance(staleMsMax);
    side.scan('A'.repeat(62));
    expect(side.texts()).toEqual([]);
    side.clock.advance(60);
    expect(side.texts()).toEqual(['A'.repeat(62)]);
  });

  test('unplugged in the middle of a code, plugged in again: nothing sticks to the next', () => {
    const side = scannerOn();
    side.clock.advance(staleMsMax);
    const [first] = hidPosTwin().scan('B'.repeat(100));
    side.far.write(first ?? new Uint8Array());
    side.clock.advance(1);
    side.far.cut();
    side.clock.advance(5_000);
    side.far.mend();
    side.clock.advance(2_000);
    side.scan('next');
    expect(side.texts()).toEqual(['next']);
    expect(side.of('discarded')).toMatchObject([{ why: 'incomplete', byteCount: 56 }]);
    expect(side.of('device').map(({ status }) => status)).toEqual(
      side.states().length === 4 ? ['ok', 'lost', 'lost', 'ok'] : ['ok', 'lost', 'ok'],
    );
  });

  test('a device that describes no scanned data is told, and its reports are nobody', () => {
    const side = scannerOn('flagged', hex('05 8c 09 02 a1 01 c0'));
    side.clock.advance(staleMsMax);
    side.scan('GK1:A');
    expect(side.states().at(-1)).toBe('degraded wrong-device');
    expect(side.texts()).toEqual([]);
  });
});
