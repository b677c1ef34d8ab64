/**
 * The relay's lines on a real board. The worker that owns them asks the kernel for them by itself; the
 * number of its descriptor lies in shared memory, so that the main thread can drop the lines of a
 * worker that has died: they are the process's, and would stay as they are.
 */
import type { PlacedLine } from '../../config/board-map.js';
import type { RelayLine, RelayOutputs } from '../relay-logic.js';
import { monotonicNowMs } from './clock.js';
import { heldOutputs, openChardevOutputs } from './gpio-chardev.js';
import type { Opened } from './gpio-fault.js';
import { linuxKernel } from './gpio-kernel.js';
import type { OpenOutputs } from './gpio-lines.js';
import { openSysfsOutputs } from './gpio-sysfs.js';

/** Plain data and shared memory, so that it can be sent to a worker. */
export interface GpioRelayDescription {
  readonly kind: 'gpio';
  readonly backend: 'chardev' | 'sysfs';
  /** `grant` and `release` */
  readonly lines: readonly PlacedLine[];
  /** one word: the owner's descriptor plus one; 0: none */
  readonly owner: SharedArrayBuffer;
}

/** Describes lines that nobody owns yet. */
export function gpioRelay(
  backend: GpioRelayDescription['backend'],
  lines: readonly PlacedLine[],
): GpioRelayDescription {
  return { kind: 'gpio', backend, lines, owner: new SharedArrayBuffer(4) };
}

/** Opens the lines for their owner, both off. */
export function openGpioRelay(description: GpioRelayDescription): Opened<RelayOutputs> {
  const { backend, lines, owner } = description;
  if (backend === 'sysfs') {
    const opened = openSysfsOutputs(lines);
    if (!opened.ok) return opened;
    Atomics.store(new Int32Array(owner), 0, 1);
    return { ok: true, value: asRelay(opened.value, owner) };
  }
  const opened = openChardevOutputs(linuxKernel(), lines);
  if (!opened.ok) return opened;
  Atomics.store(new Int32Array(owner), 0, opened.value.descriptor + 1);
  return { ok: true, value: asRelay(opened.value, owner) };
}

/** Drops the lines of an owner that has ended without doing so. Never throws. */
export function dropGpioRelay({ backend, lines, owner }: GpioRelayDescription): void {
  const held = Atomics.exchange(new Int32Array(owner), 0, 0);
  if (held === 0) return;
  try {
    const outputs =
      backend === 'sysfs' ? reopened(lines) : heldOutputs(linuxKernel(), held - 1, lines);
    for (const { line } of lines) outputs?.set(line, false);
    outputs?.close();
  } catch {
    // The kernel has closed it, and with it the line.
  }
}

/** By sysfs there is nothing to hold: opening the files anew sets the lines inactive. */
function reopened(lines: readonly PlacedLine[]): OpenOutputs | null {
  const opened = openSysfsOutputs(lines);
  return opened.ok ? opened.value : null;
}

function asRelay(outputs: OpenOutputs, owner: SharedArrayBuffer): RelayOutputs {
  return {
    set: (line: RelayLine, on) => outputs.set(line, on),
    read: (line) => outputs.read(line),
    nowMs: monotonicNowMs,
    close() {
      // Whoever takes the word closes the descriptor: never both.
      if (Atomics.exchange(new Int32Array(owner), 0, 0) !== 0) outputs.close();
    },
  };
}
