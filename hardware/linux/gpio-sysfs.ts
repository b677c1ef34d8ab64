/**
 * Lines by /sys/class/gpio, for systems that have no character device for them. A line's number is its
 * chip's base, found by the chip's label, and its offset: bases move between kernels. Outputs are plain
 * files, because onoff's addon cannot be loaded in the relay's thread as well.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { PlacedLine } from '../../config/board-map.js';
import { type Opened, refused, refusedByError } from './gpio-fault.js';
import type { OpenOutputs } from './gpio-lines.js';

export const sysfsFolder = '/sys/class/gpio';

/** @returns the labels of all chips that sysfs shows */
export function sysfsLabels(folder = sysfsFolder): readonly string[] {
  return chipFolders(folder).flatMap((chip) => textOf(`${chip}/label`) ?? []);
}

/** @returns the kernel's number of each line, in their order */
export function sysfsNumbers(
  lines: readonly PlacedLine[],
  folder = sysfsFolder,
): Opened<readonly number[]> {
  const numbers: number[] = [];
  for (const { line, chip: label, at } of lines) {
    if (typeof at === 'string')
      return refused('wrong-device', `${line}: sysfs knows no names of lines, give an offset`);
    const chips = chipFolders(folder).filter((chip) => textOf(`${chip}/label`) === label);
    const [chip, other] = chips;
    if (chip === undefined) return refused('absent', `sysfs has no GPIO chip labelled ${label}`);
    if (other !== undefined) return refused('wrong-device', `two chips have the label ${label}`);
    const base = Number(textOf(`${chip}/base`) ?? Number.NaN);
    const count = Number(textOf(`${chip}/ngpio`) ?? Number.NaN);
    if (!Number.isInteger(base) || !(at < count))
      return refused('wrong-device', `${line}: ${label} has ${count} lines, not ${at}`);
    numbers.push(base + at);
  }
  return { ok: true, value: numbers };
}

/** Opens outputs, all inactive. What is exported already is taken over: the gate may have been killed. */
export function openSysfsOutputs(
  lines: readonly PlacedLine[],
  folder = sysfsFolder,
): Opened<OpenOutputs> {
  const numbers = sysfsNumbers(lines, folder);
  if (!numbers.ok) return numbers;
  try {
    lines.forEach(({ activeLow }, index) => {
      const number = numbers.value[index] ?? 0;
      exportLine(number, folder);
      // The level that stands with the direction is the wire's own, whatever the polarity.
      writeFileSync(`${folder}/gpio${number}/direction`, activeLow ? 'high' : 'low');
      writeFileSync(`${folder}/gpio${number}/active_low`, activeLow ? '1' : '0');
    });
  } catch (error) {
    return refusedByError(error, 'outputs by sysfs');
  }
  return { ok: true, value: heldSysfsOutputs(lines, numbers.value, folder) };
}

/** Outputs that have been opened, here or in a thread that has ended. */
function heldSysfsOutputs(
  lines: readonly PlacedLine[],
  numbers: readonly number[],
  folder: string,
): OpenOutputs {
  const fileOf = (name: string): string | null => {
    const number = numbers[lines.findIndex(({ line }) => line === name)];
    return number === undefined ? null : `${folder}/gpio${number}/value`;
  };
  return {
    set(name, on) {
      const file = fileOf(name);
      if (file === null) return true;
      try {
        writeFileSync(file, on ? '1' : '0');
        return true;
      } catch {
        return false;
      }
    },
    read(name) {
      const file = fileOf(name);
      const text = file === null ? null : textOf(file);
      return text === null ? null : text === '1';
    },
    close() {
      for (const number of numbers) tryWrite(`${folder}/unexport`, number);
    },
  };
}

/** Exports a line unless it is so already. */
function exportLine(number: number, folder: string): void {
  if (!existsSync(`${folder}/gpio${number}`)) writeFileSync(`${folder}/export`, String(number));
}

function tryWrite(file: string, number: number): void {
  try {
    writeFileSync(file, String(number));
  } catch {
    // It is gone already.
  }
}

function chipFolders(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^gpiochip\d+$/.test(name))
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
