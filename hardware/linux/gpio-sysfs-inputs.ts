/**
 * Inputs by onoff, which waits for the edges of /sys/class/gpio. They come without the kernel's time
 * and without its debouncing; biases are the wiring's or config.txt's.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Gpio } from 'onoff';
import type { PlacedLine } from '../../config/board-map.js';
import { monotonicNowMs } from './clock.js';
import { type Opened, refusedByError } from './gpio-fault.js';
import type { InputEvents, OpenInputs } from './gpio-lines.js';
import { sysfsFolder, sysfsNumbers } from './gpio-sysfs.js';

/** Opens inputs, all or none. */
export function openSysfsInputs(
  lines: readonly PlacedLine[],
  events: InputEvents,
): Opened<OpenInputs> {
  const numbers = sysfsNumbers(lines);
  if (!numbers.ok) return numbers;
  const opened: { readonly line: string; readonly gpio: Gpio }[] = [];
  let isOpen = true;
  const close = (): void => {
    isOpen = false;
    for (const { gpio } of opened.splice(0)) tryUnexport(gpio);
  };
  try {
    // Loaded where it is needed only: an addon that cannot be loaded is no reason not to start.
    const onoff = createRequire(import.meta.url)('onoff') as typeof import('onoff');
    lines.forEach(({ line, activeLow }, index) => {
      const number = numbers.value[index] ?? 0;
      // onoff tries ten thousand times where it may not: nobody else's events wait for that.
      if (!existsSync(`${sysfsFolder}/gpio${number}`))
        accessSync(`${sysfsFolder}/export`, constants.W_OK);
      const gpio = new onoff.Gpio(number, 'in', 'both', { activeLow });
      opened.push({ line, gpio });
    });
  } catch (error) {
    close();
    return refusedByError(error, 'inputs by sysfs');
  }
  for (const { line, gpio } of opened)
    gpio.watch((error, value) => {
      if (!isOpen) return;
      if (!error) return events.edge(line, value === 1, monotonicNowMs());
      close();
      events.gone(`${line}: ${error.message}`);
    });
  return { ok: true, value: { levels: () => (isOpen ? levelsOf(opened) : null), close } };
}

function levelsOf(
  opened: readonly { readonly line: string; readonly gpio: Gpio }[],
): ReadonlyMap<string, boolean> | null {
  try {
    return new Map(opened.map(({ line, gpio }) => [line, gpio.readSync() === 1]));
  } catch {
    return null;
  }
}

function tryUnexport(gpio: Gpio): void {
  try {
    gpio.unexport();
  } catch {
    // It is gone already.
  }
}
