/** How the frames of a head without a driver are described, and what is refused of it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseKioskConfig } from '../../config/kiosk-config-schema.js';
import { frameExample } from '../thermometer-example.js';

const example: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(new URL('../../config/kiosk.example.json', import.meta.url), 'utf8'),
);

/** The problems of the shipped example with this thermometer, as `place: problem`. */
function problemsWith(thermometer: unknown): readonly string[] {
  const devices = { ...(example['devices'] as object), thermometer };
  const parsed = parseKioskConfig({ ...example, devices });
  return parsed.ok
    ? []
    : parsed.problems.map(
        ({ place, problem }) => `${place.replace('devices.thermometer.', '')}: ${problem}`,
      );
}

/** The example with some members changed, `undefined` takes one away. */
const changed = (change: {
  readonly frame?: object;
  readonly fields?: object;
  readonly rest?: object;
}): unknown =>
  JSON.parse(
    JSON.stringify({
      ...frameExample,
      ...change.rest,
      frame: {
        ...frameExample.frame,
        ...change.frame,
        fields: { ...frameExample.frame.fields, ...change.fields },
      },
    }),
  );

test('the example of PROTOCOL.md is taken, and stands there as it is tried here', () => {
  expect(problemsWith(frameExample)).toEqual([]);
  const file = new URL('../../../drivers/thermometer/PROTOCOL.md', import.meta.url);
  const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(readFileSync(file, 'utf8')) ?? [];
  expect(JSON.parse(shown)).toEqual(frameExample);
});

test.each([
  [{ frame: { header: 'F0 4' } }, /^frame.header: must be 1-8 bytes in hexadecimal/],
  [{ frame: { header: '00'.repeat(9) } }, /^frame.header: must be/],
  [{ frame: { terminator: undefined } }, /^frame.length: give either length or terminator/],
  [{ frame: { length: 12 } }, /^frame.length: give either length or terminator/],
  [{ frame: { length: 65, terminator: undefined } }, /^frame.length: must be at most 64/],
  [
    { frame: { length: 12, lengthMax: 20, terminator: undefined } },
    /^frame.lengthMax: is of no use beside length/,
  ],
  [{ frame: { checksum: { kind: 'md5' } } }, /^frame.checksum.kind: must be one of "none"/],
  [{ frame: { checksum: { kind: 'sum8', from: 60 } } }, /^frame.checksum.from: lies behind/],
  [
    { frame: { header: 'F0', checksum: { kind: 'none' } } },
    /^frame.header: needs 2 bytes where there is no checksum/,
  ],
  [
    { fields: { ambient: { offset: 1, bytes: 2, centidegreesPerUnit: 1 } } },
    /^frame.fields.ambient.offset: lies within the header/,
  ],
  [
    {
      frame: { lengthMax: 12 },
      fields: { ambient: { offset: 8, bytes: 2, centidegreesPerUnit: 1 } },
    },
    /^frame.fields.ambient.offset: ends behind byte 8/,
  ],
  [
    { fields: { ambient: { offset: 6, bytes: 3, centidegreesPerUnit: 1 } } },
    /^frame.fields.ambient.bytes: must be one of 1, 2, 4/,
  ],
  [
    { fields: { ambient: { offset: 6, bytes: 1, centidegreesPerUnit: 0 } } },
    /^frame.fields.ambient.centidegreesPerUnit: must be at least 0.01/,
  ],
  [{ fields: { ambient: undefined } }, /^frame.fields.ambient: missing/],
  [{ fields: { body: undefined } }, /^compensationCentidegrees: missing: a frame without body/],
  [{ fields: { body: undefined, object: undefined } }, /^frame.fields: body or object is needed/],
  [{ rest: { compensationCentidegrees: 300 } }, /^compensationCentidegrees: is of no use/],
  [{ rest: { poll: { command: 'A5', everyMs: 10 } } }, /^poll.everyMs: must be at least 50/],
  [{ rest: { poll: { command: 'GET', everyMs: 100 } } }, /^poll.command: must be 1-32 bytes/],
] as const)('%j is refused at its place', (change, problem) => {
  expect(problemsWith(changed(change))[0]).toMatch(problem);
});

test('a head that measures surfaces alone is taken with its compensation', () => {
  const rest = { compensationCentidegrees: 310 };
  expect(problemsWith(changed({ fields: { body: undefined }, rest }))).toEqual([]);
});
