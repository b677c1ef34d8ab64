/** The part of `kiosk.json`'s schema that names the thermometer, and what must fit within a frame. */
import { z } from 'zod';
import {
  checksumKinds,
  type FieldLayout,
  type FrameLayout,
  fieldSizes,
  frameLimits,
} from './frame-layout.js';
import { hexBytes } from './hex.js';
import type { ThermometerConfig } from './kiosk-config.js';
import type { PlacedProblem } from './placed-problem.js';

const checkBytes = { none: 0, 'sum16-big': 2, 'sum16-little': 2, 'crc16-modbus': 2 } as const;
/** Without a check the header alone tells a frame from noise. */
const uncheckedHeaderBytesMin = 2;

const hex = (bytesMax: number, example: string) =>
  z
    .string()
    .max(3 * bytesMax)
    .refine(
      (text) => (hexBytes(text)?.length ?? bytesMax + 1) <= bytesMax,
      `must be 1-${bytesMax} bytes in hexadecimal, as "${example}"`,
    );
const within = ({ min, max }: { readonly min: number; readonly max: number }) =>
  z.number().min(min).max(max);
const wholeWithin = ({ min, max }: { readonly min: number; readonly max: number }) =>
  z.int().min(min).max(max);

const field = z.strictObject({
  offset: z
    .int()
    .min(0)
    .max(frameLimits.lengthMax - 1)
    .describe('from the first byte of the header, which is 0'),
  bytes: z.literal([...fieldSizes]),
  endian: z.enum(['big', 'little']).exactOptional().describe('default big'),
  signed: z.boolean().exactOptional().describe('default true'),
  centidegreesPerUnit: within(frameLimits.centidegreesPerUnit).describe(
    '1: the head counts hundredths of a degree; 10: tenths',
  ),
  zeroCentidegrees: wholeWithin(frameLimits.zeroCentidegrees)
    .exactOptional()
    .describe('what a raw zero means; default 0'),
});

const frame = z.strictObject({
  header: hex(frameLimits.headerBytesMax, '5A 5A 45').describe('what every frame begins with'),
  length: z
    .int()
    .min(2)
    .max(frameLimits.lengthMax)
    .exactOptional()
    .describe('bytes of the whole frame; either this or terminator'),
  terminator: hex(frameLimits.terminatorBytesMax, 'EF EE')
    .exactOptional()
    .describe('what every frame ends with'),
  lengthMax: z
    .int()
    .min(2)
    .max(frameLimits.lengthMax)
    .exactOptional()
    .describe('of a frame with a terminator; default 64'),
  fields: z.strictObject({
    body: field.exactOptional().describe('the estimate for the body, where the head makes one'),
    object: field.exactOptional().describe('the surface before the head; default: as body'),
    ambient: field.describe('the air at the head'),
  }),
  checksum: z
    .strictObject({
      kind: z.enum(checksumKinds),
      from: z
        .int()
        .min(0)
        .max(frameLimits.lengthMax - 1)
        .exactOptional()
        .describe('the first byte that it counts; default 0'),
    })
    .describe('the last bytes before the terminator'),
});

const compensationCentidegrees = wholeWithin(frameLimits.compensationCentidegrees).describe(
  'hundredths of a degree from the surface to the body, found beside a clinical thermometer',
);

/** Takes the schema of a link; returns that of each kind of thermometer. */
export function thermometerKinds<Link extends z.ZodType>(link: Link) {
  return [
    z.strictObject({ driver: z.literal('gy-614v3'), link }),
    z.strictObject({ driver: z.literal('gy-mcu90614'), link, compensationCentidegrees }),
    z.strictObject({
      driver: z.literal('frames'),
      link,
      frame,
      poll: z
        .strictObject({
          command: hex(frameLimits.commandBytesMax, 'A5 15 BA'),
          everyMs: wholeWithin(frameLimits.pollMs),
        })
        .exactOptional()
        .describe('for a head that speaks only when it is asked'),
      compensationCentidegrees: compensationCentidegrees.exactOptional(),
    }),
  ] as const;
}

/** @param link the schema of `link` */
export function thermometerSchema<Link extends z.ZodType>(link: Link) {
  return z.discriminatedUnion('driver', thermometerKinds(link));
}

/** What is right alone and wrong together in the description of a frame. */
export function thermometerProblems(config: ThermometerConfig): readonly PlacedProblem[] {
  if (config.driver !== 'frames') return [];
  const problems: PlacedProblem[] = [];
  const at = (place: string, problem: string): void =>
    void problems.push({ place: `devices.thermometer.${place}`, problem });
  frameProblems(config.frame, (place, problem) => at(`frame.${place}`, problem));
  const { body } = config.frame.fields;
  const isCompensated = config.compensationCentidegrees !== undefined;
  if (body === undefined && !isCompensated)
    at('compensationCentidegrees', 'missing: a frame without body needs it');
  if (body !== undefined && isCompensated)
    at('compensationCentidegrees', 'is of no use: the head has an estimate for the body itself');
  return problems;
}

function frameProblems(
  { header, length, terminator, lengthMax, fields, checksum }: FrameLayout,
  at: (place: string, problem: string) => void,
): void {
  const headerBytes = hexBytes(header)?.length ?? 0;
  const endBytes = terminator === undefined ? 0 : (hexBytes(terminator)?.length ?? 0);
  const checkSize = (checkBytes as Readonly<Record<string, number>>)[checksum.kind] ?? 1;
  if ((length === undefined) === (terminator === undefined))
    at('length', 'give either length or terminator: one of them tells where a frame ends');
  if (length !== undefined && lengthMax !== undefined)
    at('lengthMax', 'is of no use beside length');
  if (fields.body === undefined && fields.object === undefined)
    at('fields', 'body or object is needed: nothing else is a temperature of a person');
  const roomTo = (length ?? lengthMax ?? frameLimits.lengthMax) - endBytes - checkSize;
  for (const [name, value] of Object.entries(fields) as [string, FieldLayout][]) {
    if (value.offset < headerBytes) at(`fields.${name}.offset`, 'lies within the header');
    else if (value.offset + value.bytes > roomTo)
      at(`fields.${name}.offset`, `ends behind byte ${roomTo - 1}, the last before the check`);
  }
  if (checksum.from !== undefined && checksum.from >= roomTo)
    at('checksum.from', 'lies behind what it could count');
  if (checksum.kind === 'none' && headerBytes < uncheckedHeaderBytesMin)
    at('header', `needs ${uncheckedHeaderBytesMin} bytes where there is no checksum`);
}
