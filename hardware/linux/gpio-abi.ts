/**
 * The kernel's GPIO character device, ABI version 2, as bytes: include/uapi/linux/gpio.h. Structures
 * are little-endian as on every machine that the gate runs on, and the same on 32 and 64 bits.
 */

/** GPIO_GET_CHIPINFO_IOCTL, `struct gpiochip_info`. */
export const getChipInfo = { request: 0x8044_b401, byteCount: 68 } as const;
/** GPIO_V2_GET_LINEINFO_IOCTL, `struct gpio_v2_line_info`. */
export const getLineInfo = { request: 0xc100_b405, byteCount: 256 } as const;
/** GPIO_V2_GET_LINE_IOCTL, `struct gpio_v2_line_request`. */
export const getLine = { request: 0xc250_b407, byteCount: 592 } as const;
/** GPIO_V2_LINE_GET_VALUES_IOCTL and …SET_VALUES_IOCTL, `struct gpio_v2_line_values`. */
export const getValues = { request: 0xc010_b40e, byteCount: 16 } as const;
export const setValues = { request: 0xc010_b40f, byteCount: 16 } as const;
/** `struct gpio_v2_line_event`. */
export const eventByteCount = 48;

/** GPIO_V2_LINES_MAX: lines of one request. */
export const linesMax = 64;
/** GPIO_V2_LINE_NUM_ATTRS_MAX: attributes of one request. */
const attributesMax = 10;
/** GPIO_MAX_NAME_SIZE, with its NUL. */
const nameByteCount = 32;

/** enum gpio_v2_line_flag */
const flag = {
  activeLow: 1n << 1n,
  input: 1n << 2n,
  output: 1n << 3n,
  edges: (1n << 4n) | (1n << 5n),
  'pull-up': 1n << 8n,
  'pull-down': 1n << 9n,
  none: 0n,
} as const;
/** enum gpio_v2_line_attr_id */
const attribute = { flags: 1, outputValues: 2, debounce: 3 } as const;
/** Where the members of `struct gpio_v2_line_request` begin. */
const at = {
  consumer: 256,
  flags: 288,
  attributeCount: 296,
  attributes: 320,
  lineCount: 560,
  eventBuffer: 564,
  descriptor: 588,
} as const;
const attributeByteCount = 24;

export interface RequestedLine {
  readonly offset: number;
  readonly activeLow: boolean;
  /** outputs: `none` */
  readonly bias: 'pull-up' | 'pull-down' | 'none';
}

export interface LineRequest {
  readonly direction: 'input' | 'output';
  /** at most `linesMax`; outputs begin inactive */
  readonly lines: readonly RequestedLine[];
  /** inputs: how long the kernel waits for a level to rest; 0: not at all */
  readonly debounceMicroseconds: number;
  /** inputs: events that the kernel keeps before the oldest is lost; 0: its default */
  readonly eventBufferSize: number;
}

/**
 * Packs a request whose inputs tell both edges by CLOCK_MONOTONIC, or whose outputs begin inactive.
 * @throws RangeError for more lines than `linesMax`: that is the caller's fault
 */
export function packLineRequest(request: LineRequest, consumer: string): Buffer {
  const { direction, lines, debounceMicroseconds, eventBufferSize } = request;
  if (lines.length > linesMax) throw new RangeError(`${lines.length} lines in one request`);
  const bytes = Buffer.alloc(getLine.byteCount);
  lines.forEach(({ offset }, index) => {
    bytes.writeUInt32LE(offset, index * 4);
  });
  bytes.write(consumer.slice(0, nameByteCount - 1), at.consumer, 'latin1');
  const all = (1n << BigInt(lines.length)) - 1n;
  const attributes: (readonly [id: number, value: bigint, mask: bigint])[] = [];
  // Kinds of lines are few: two polarities by three biases.
  for (const [flags, mask] of masksOf(lines, direction))
    attributes.push([attribute.flags, flags, mask]);
  if (direction === 'output') attributes.push([attribute.outputValues, 0n, all]);
  else if (debounceMicroseconds > 0)
    attributes.push([attribute.debounce, BigInt(debounceMicroseconds), all]);
  if (attributes.length > attributesMax) throw new RangeError(`${attributes.length} attributes`);
  bytes.writeBigUInt64LE(flag[direction], at.flags);
  bytes.writeUInt32LE(attributes.length, at.attributeCount);
  attributes.forEach(([id, value, mask], index) => {
    const start = at.attributes + index * attributeByteCount;
    bytes.writeUInt32LE(id, start);
    bytes.writeBigUInt64LE(value, start + 8);
    bytes.writeBigUInt64LE(mask, start + 16);
  });
  bytes.writeUInt32LE(lines.length, at.lineCount);
  bytes.writeUInt32LE(eventBufferSize, at.eventBuffer);
  return bytes;
}

/** @returns the descriptor of the lines, from a request that the kernel has answered */
export function descriptorOf(request: Buffer): number {
  return request.readInt32LE(at.descriptor);
}

/** Which lines of a request have which flags. */
function masksOf(
  lines: readonly RequestedLine[],
  direction: LineRequest['direction'],
): ReadonlyMap<bigint, bigint> {
  const masks = new Map<bigint, bigint>();
  lines.forEach(({ activeLow, bias }, index) => {
    const edges = direction === 'input' ? flag.edges : 0n;
    const flags = flag[direction] | edges | flag[bias] | (activeLow ? flag.activeLow : 0n);
    masks.set(flags, (masks.get(flags) ?? 0n) | (1n << BigInt(index)));
  });
  return masks;
}

/** Packs values of lines by their place in the request: logical levels, polarity is the kernel's. */
export function packValues(bits: bigint, mask: bigint): Buffer {
  const bytes = Buffer.alloc(getValues.byteCount);
  bytes.writeBigUInt64LE(bits, 0);
  bytes.writeBigUInt64LE(mask, 8);
  return bytes;
}

/** @returns the levels in answered values: bit n is line n of the request */
export function bitsOf(values: Buffer): bigint {
  return values.readBigUInt64LE(0);
}

export interface ChipInfo {
  /** `gpiochip0`: moves between kernels */
  readonly name: string;
  /** `pinctrl-bcm2711`: stays */
  readonly label: string;
  readonly lineCount: number;
}

/** Reads an answered `struct gpiochip_info`. */
export function readChipInfo(bytes: Buffer): ChipInfo {
  return {
    name: textAt(bytes, 0),
    label: textAt(bytes, nameByteCount),
    lineCount: bytes.readUInt32LE(2 * nameByteCount),
  };
}

/** Packs the question for line `offset`. */
export function packLineInfo(offset: number): Buffer {
  const bytes = Buffer.alloc(getLineInfo.byteCount);
  bytes.writeUInt32LE(offset, 2 * nameByteCount);
  return bytes;
}

/** @returns the name that the kernel has for a line, and who uses it; empty: none */
export function readLineInfo(bytes: Buffer): { readonly name: string; readonly consumer: string } {
  return { name: textAt(bytes, 0), consumer: textAt(bytes, nameByteCount) };
}

export interface LineEvent {
  readonly offset: number;
  /** the logical level from then on */
  readonly active: boolean;
  /** CLOCK_MONOTONIC, in milliseconds */
  readonly atMs: number;
  /** counts the events of all lines of the request, from 1; 32 bits, then from 0 again */
  readonly sequence: number;
}

/** @returns the whole events in what was read; the kernel hands out no parts of one */
export function readEvents(bytes: Buffer): readonly LineEvent[] {
  const events: LineEvent[] = [];
  for (let start = 0; start + eventByteCount <= bytes.length; start += eventByteCount)
    events.push({
      atMs: Number(bytes.readBigUInt64LE(start)) / 1_000_000,
      // 1: to active, 2: to inactive
      active: bytes.readUInt32LE(start + 8) === 1,
      offset: bytes.readUInt32LE(start + 12),
      sequence: bytes.readUInt32LE(start + 16),
    });
  return events;
}

function textAt(bytes: Buffer, start: number): string {
  const end = bytes.indexOf(0, start);
  const last = end < 0 || end > start + nameByteCount ? start + nameByteCount : end;
  return bytes.toString('latin1', start, last);
}
