/**
 * Lines by the GPIO character device, ABI version 2: all inputs of a chip in one request, with the
 * kernel's debouncing and time stamps; outputs begin inactive and go with the descriptor.
 */
import type { PlacedLine } from '../../config/board-map.js';
import {
  bitsOf,
  descriptorOf,
  eventByteCount,
  getLine,
  getValues,
  type LineEvent,
  type LineRequest,
  packLineRequest,
  packValues,
  readEvents,
  setValues,
} from './gpio-abi.js';
import { findChip, findOffsets } from './gpio-chips.js';
import { type Opened, refused, refusedByErrno, refusedByError } from './gpio-fault.js';
import type { GpioKernel } from './gpio-kernel.js';
import type { InputEvents, OpenInputs, OpenOutputs } from './gpio-lines.js';

/** Who holds a line, as gpioinfo shows it. */
const consumer = 'gate-kiosk';
/**
 * The drivers judge bounces by the edges themselves; this keeps out spikes of long wires, and a
 * chattering contact from filling the kernel's buffer. Edges are as much late, all alike.
 */
export const debounceMicroseconds = 2_000;
/** The kernel's own most: 16 for each of 64 lines. A stall of the event loop is read afterwards. */
const eventBufferSize = 1_024;
/** Bounds what a pending wait can add to the end of the process. */
const pollMs = 100;
const eventsPerRead = 64;

interface HeldLines {
  readonly descriptor: number;
  readonly offsets: readonly number[];
}

/** Opens inputs of one chip or several; all or none. */
export function openChardevInputs(
  kernel: GpioKernel,
  lines: readonly PlacedLine[],
  events: InputEvents,
): Opened<OpenInputs> {
  const groups: OpenInputs[] = [];
  const close = (): void => {
    for (const group of groups) group.close();
  };
  for (const [label, ofChip] of byChip(lines)) {
    const held = hold(kernel, label, ofChip, {
      direction: 'input',
      debounceMicroseconds,
      eventBufferSize,
    });
    if (!held.ok) {
      close();
      return held;
    }
    groups.push(readInputs(kernel, held.value, ofChip, events));
  }
  return {
    ok: true,
    value: { levels: () => merged(groups.map((group) => group.levels())), close },
  };
}

/** Opens outputs of one chip, all inactive. */
export function openChardevOutputs(
  kernel: GpioKernel,
  lines: readonly PlacedLine[],
): Opened<OpenOutputs & { readonly descriptor: number }> {
  const [first, second] = [...byChip(lines)];
  if (first === undefined || second !== undefined)
    return refused('wrong-device', 'outputs that belong together are on one chip');
  const held = hold(kernel, first[0], lines, {
    direction: 'output',
    debounceMicroseconds: 0,
    eventBufferSize: 0,
  });
  if (!held.ok) return held;
  const { descriptor } = held.value;
  return { ok: true, value: { descriptor, ...heldOutputs(kernel, descriptor, lines) } };
}

/**
 * Outputs whose descriptor is known: the opener's, or another thread's that has ended. Descriptors are
 * the process's, so that lines outlive the thread that asked for them.
 */
export function heldOutputs(
  kernel: GpioKernel,
  descriptor: number,
  lines: readonly Pick<PlacedLine, 'line'>[],
): OpenOutputs {
  const maskOf = (name: string): bigint => {
    const index = lines.findIndex(({ line }) => line === name);
    return index < 0 ? 0n : 1n << BigInt(index);
  };
  return {
    set(name, on) {
      const mask = maskOf(name);
      if (mask === 0n) return true;
      const values = packValues(on ? mask : 0n, mask);
      return kernel.ioctl(descriptor, setValues.request, values) === 0;
    },
    read(name) {
      const mask = maskOf(name);
      const values = packValues(0n, mask);
      if (mask === 0n || kernel.ioctl(descriptor, getValues.request, values) !== 0) return null;
      return (bitsOf(values) & mask) !== 0n;
    },
    close: () => kernel.close(descriptor),
  };
}

function hold(
  kernel: GpioKernel,
  label: string,
  lines: readonly PlacedLine[],
  request: Omit<LineRequest, 'lines'>,
): Opened<HeldLines> {
  const chip = findChip(kernel, label);
  if (!chip.ok) return chip;
  const { path, lineCount } = chip.value;
  let descriptor: number;
  try {
    descriptor = kernel.open(path);
  } catch (error) {
    return refusedByError(error, path);
  }
  try {
    const offsets = findOffsets(kernel, { descriptor, lineCount, label }, lines);
    if (!offsets.ok) return offsets;
    const wanted = lines.map(({ activeLow, bias }, index) => ({
      offset: offsets.value[index] ?? 0,
      activeLow,
      bias,
    }));
    const bytes = packLineRequest({ ...request, lines: wanted }, consumer);
    const errno = kernel.ioctl(descriptor, getLine.request, bytes);
    if (errno !== 0) return refusedByErrno(errno, `${request.direction}s of ${label} (${path})`);
    return { ok: true, value: { descriptor: descriptorOf(bytes), offsets: offsets.value } };
  } finally {
    kernel.close(descriptor);
  }
}

function readInputs(
  kernel: GpioKernel,
  { descriptor, offsets }: HeldLines,
  lines: readonly PlacedLine[],
  events: InputEvents,
): OpenInputs {
  const into = Buffer.alloc(eventsPerRead * eventByteCount);
  let isOpen = true;
  let isWaiting = false;
  let sequence = 0;

  const nameAt = (offset: number): string | undefined => lines[offsets.indexOf(offset)]?.line;
  const levels = (): ReadonlyMap<string, boolean> | null => {
    const values = packValues(0n, (1n << BigInt(lines.length)) - 1n);
    if (!isOpen || kernel.ioctl(descriptor, getValues.request, values) !== 0) return null;
    const bits = bitsOf(values);
    return new Map(lines.map(({ line }, index) => [line, (bits >> BigInt(index)) % 2n === 1n]));
  };
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    if (!isWaiting) kernel.close(descriptor);
  };
  const take = (event: LineEvent): void => {
    // The kernel drops the oldest when its buffer is full: the level tells what was missed.
    if (event.sequence !== (sequence + 1) % 2 ** 32) events.missed();
    sequence = event.sequence;
    const name = nameAt(event.offset);
    if (name !== undefined) events.edge(name, event.active, event.atMs);
  };
  const wait = (): void => {
    isWaiting = true;
    kernel.poll(descriptor, pollMs, (result) => {
      isWaiting = false;
      // Closed meanwhile: nobody else may close what was being waited for.
      if (!isOpen) return kernel.close(descriptor);
      const ok = result === 'nothing' || (result === 'readable' && read());
      if (ok && isOpen) return wait();
      if (!isOpen) return;
      end();
      events.gone(`inputs of ${lines[0]?.chip}`);
    });
  };
  const read = (): boolean => {
    try {
      const byteCount = kernel.read(descriptor, into);
      for (const event of readEvents(into.subarray(0, byteCount))) take(event);
      return true;
    } catch {
      return false;
    }
  };
  wait();
  return { levels, close: end };
}

function byChip(lines: readonly PlacedLine[]): ReadonlyMap<string, readonly PlacedLine[]> {
  const chips = new Map<string, PlacedLine[]>();
  for (const line of lines) {
    const known = chips.get(line.chip);
    if (known === undefined) chips.set(line.chip, [line]);
    else known.push(line);
  }
  return chips;
}

function merged(
  all: readonly (ReadonlyMap<string, boolean> | null)[],
): ReadonlyMap<string, boolean> | null {
  if (all.includes(null)) return null;
  return new Map(all.flatMap((levels) => [...(levels ?? [])]));
}
