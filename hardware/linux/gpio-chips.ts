/** Chips by their label and lines by their name: numbers of both move between kernels. */
import type { PlacedLine } from '../../config/board-map.js';
import {
  type ChipInfo,
  getChipInfo,
  getLineInfo,
  packLineInfo,
  readChipInfo,
  readLineInfo,
} from './gpio-abi.js';
import { type Opened, refused, refusedByErrno, refusedByError } from './gpio-fault.js';
import type { GpioKernel } from './gpio-kernel.js';

export interface FoundChip extends ChipInfo {
  readonly path: string;
}

/**
 * Looks for the one chip of a label.
 * @returns it, or why not: `denied` where a chip could not be looked at and none that could has it
 */
export function findChip(kernel: GpioKernel, label: string): Opened<FoundChip> {
  let denied: Opened<FoundChip> | null = null;
  const found = new Map<string, FoundChip>();
  for (const path of listed(kernel)) {
    const chip = readChip(kernel, path);
    // Compatibility names lead to the same chip twice.
    if (chip.ok && chip.value.label === label) found.set(chip.value.name, chip.value);
    else if (!chip.ok && chip.why === 'denied') denied = chip;
  }
  const [first, second] = [...found.values()];
  if (second !== undefined) return refused('wrong-device', `two chips have the label ${label}`);
  if (first !== undefined) return { ok: true, value: first };
  return denied ?? refused('absent', `no GPIO chip has the label ${label}`);
}

/** @returns the offset of each line on an open chip, in their order */
export function findOffsets(
  kernel: GpioKernel,
  { descriptor, lineCount, label }: Pick<ChipInfo, 'lineCount' | 'label'> & { descriptor: number },
  lines: readonly PlacedLine[],
): Opened<readonly number[]> {
  const names = lines.some(({ at }) => typeof at === 'string')
    ? namesOf(kernel, descriptor, lineCount)
    : new Map<string, number>();
  const offsets: number[] = [];
  for (const { line, at } of lines) {
    const offset = typeof at === 'string' ? names.get(at) : at;
    if (offset === undefined) return refused('absent', `${line}: ${label} has no line named ${at}`);
    if (offset >= lineCount)
      return refused('wrong-device', `${line}: ${label} has ${lineCount} lines, not ${offset}`);
    if (offsets.includes(offset))
      return refused('busy', `${line}: line ${offset} of ${label} has two functions`);
    offsets.push(offset);
  }
  return { ok: true, value: offsets };
}

function listed(kernel: GpioKernel): readonly string[] {
  try {
    return kernel.chips();
  } catch {
    return [];
  }
}

function readChip(kernel: GpioKernel, path: string): Opened<FoundChip> {
  let descriptor: number;
  try {
    descriptor = kernel.open(path);
  } catch (error) {
    return refusedByError(error, path);
  }
  try {
    const bytes = Buffer.alloc(getChipInfo.byteCount);
    const errno = kernel.ioctl(descriptor, getChipInfo.request, bytes);
    if (errno !== 0) return refusedByErrno(errno, path);
    return { ok: true, value: { path, ...readChipInfo(bytes) } };
  } finally {
    kernel.close(descriptor);
  }
}

/** The first of a name counts, as for gpiofind. */
function namesOf(kernel: GpioKernel, descriptor: number, count: number): Map<string, number> {
  const names = new Map<string, number>();
  for (let offset = count - 1; offset >= 0; offset -= 1) {
    const bytes = packLineInfo(offset);
    if (kernel.ioctl(descriptor, getLineInfo.request, bytes) !== 0) continue;
    const { name } = readLineInfo(bytes);
    if (name !== '') names.set(name, offset);
  }
  return names;
}
