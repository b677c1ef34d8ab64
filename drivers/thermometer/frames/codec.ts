/**
 * Frames of a thermometer without a driver of its own, read as its configuration says they are built.
 * The configuration has been checked (`config/thermometer-schema.ts`). Pure.
 */
import type { FieldLayout, FrameLayout } from '../../../config/frame-layout.js';
import { frameLimits } from '../../../config/frame-layout.js';
import { hexBytes } from '../../../config/hex.js';
import type { Decoder } from '../../decoder.js';
import { checksumBytes, checksumOf } from '../checksums.js';
import { type ByteAt, frameHunt, type SensorFrame } from '../frame-hunt.js';

/** Beyond what sixteen bits hold no head measures: such a frame is broken or the layout is wrong. */
const centidegreesMax = 32_767;

/** What a layout says, worked out once. */
interface Shape {
  readonly header: readonly number[];
  readonly terminator: readonly number[];
  /** of the shortest frame, terminator included */
  readonly bytesMin: number;
  readonly bytesMax: number;
}

/** Makes a decoder of the frames of a layout. */
export function configuredDecoder(layout: FrameLayout): Decoder<SensorFrame> {
  const shape = shapeOf(layout);
  const { header, terminator, bytesMin, bytesMax } = shape;
  return frameHunt({
    header,
    bytesMax,
    lengthOf: (at, heldBytes) =>
      terminator.length === 0 ? bytesMax : terminatedLength(shape, at, heldBytes),
    parse: (bytes) => (bytes.length < bytesMin ? null : parse(layout, shape, bytes)),
  });
}

/** @returns the bytes of the shortest frame of a layout */
export function configuredBytesMin(layout: FrameLayout): number {
  return shapeOf(layout).bytesMin;
}

/**
 * A frame as the head sends it, of the least length. Values are rounded to the layout's units and cut
 * to its sizes; bytes that no field takes are zero.
 */
export function encodeConfigured(
  layout: FrameLayout,
  values: Omit<SensorFrame, 'type'>,
): Uint8Array {
  const { header, terminator, bytesMin } = shapeOf(layout);
  const bytes = new Uint8Array(bytesMin);
  bytes.set(header);
  const { body, object, ambient } = layout.fields;
  put(bytes, ambient, values.ambientCentidegrees);
  if (object !== undefined) put(bytes, object, values.objectCentidegrees);
  if (body !== undefined) put(bytes, body, values.bodyCentidegrees ?? values.objectCentidegrees);
  const { kind, from = 0 } = layout.checksum;
  const checkAt = bytesMin - terminator.length - checksumBytes[kind];
  bytes.set(checksumOf(kind, bytes.subarray(from, checkAt)), checkAt);
  bytes.set(terminator, bytesMin - terminator.length);
  return bytes;
}

function shapeOf({ header, length, terminator, lengthMax, fields, checksum }: FrameLayout): Shape {
  const head = hexBytes(header) ?? [];
  const end = terminator === undefined ? [] : (hexBytes(terminator) ?? []);
  const ends = Object.values(fields).map((field: FieldLayout) => field.offset + field.bytes);
  const least = Math.max(head.length, ...ends) + checksumBytes[checksum.kind] + end.length;
  return {
    header: head,
    terminator: end,
    bytesMin: length ?? least,
    bytesMax: length ?? lengthMax ?? frameLimits.lengthMax,
  };
}

/** To the first terminator that leaves room for all fields: before it the same bytes are values. */
function terminatedLength(
  { terminator, bytesMin, bytesMax }: Shape,
  at: ByteAt,
  heldBytes: number,
): number | 'more' | 'bad' {
  for (let length = bytesMin; length <= heldBytes; length++) {
    const from = length - terminator.length;
    if (terminator.every((byte, index) => at(from + index) === byte)) return length;
  }
  return heldBytes < bytesMax ? 'more' : 'bad';
}

function parse(layout: FrameLayout, { terminator }: Shape, bytes: Uint8Array): SensorFrame | null {
  const { kind, from = 0 } = layout.checksum;
  const checkAt = bytes.length - terminator.length - checksumBytes[kind];
  const check = checksumOf(kind, bytes.subarray(from, checkAt));
  if (!check.every((byte, index) => bytes[checkAt + index] === byte)) return null;
  const { fields } = layout;
  const body = fields.body === undefined ? null : take(bytes, fields.body);
  const object = fields.object === undefined ? body : take(bytes, fields.object);
  const ambient = take(bytes, fields.ambient);
  const values = [object ?? 0, ambient, body ?? 0];
  if (object === null || values.some((value) => Math.abs(value) > centidegreesMax)) return null;
  return {
    type: 'frame',
    objectCentidegrees: object,
    ambientCentidegrees: ambient,
    bodyCentidegrees: body,
  };
}

function take(bytes: Uint8Array, field: FieldLayout): number {
  let raw = 0;
  for (const index of places(field)) raw = raw * 0x100 + (bytes[index] ?? 0);
  const range = 2 ** (8 * field.bytes);
  if (field.signed !== false && raw >= range / 2) raw -= range;
  // Plus zero: there is no minus zero in a record.
  return Math.round(raw * field.centidegreesPerUnit + (field.zeroCentidegrees ?? 0)) + 0;
}

function put(bytes: Uint8Array, field: FieldLayout, centidegrees: number): void {
  const { centidegreesPerUnit, zeroCentidegrees = 0 } = field;
  const range = 2 ** (8 * field.bytes);
  const raw = Math.round((centidegrees - zeroCentidegrees) / centidegreesPerUnit);
  let rest = ((raw % range) + range) % range;
  for (const index of places(field).toReversed()) {
    bytes[index] = rest % 0x100;
    rest = Math.floor(rest / 0x100);
  }
}

/** Where a field's bytes stand, the highest first. */
function places({ offset, bytes, endian = 'big' }: FieldLayout): readonly number[] {
  const rising = Array.from({ length: bytes }, (_, index) => offset + index);
  return endian === 'big' ? rising : rising.toReversed();
}
