/** Which way to the board's lines is taken, and why. */
import type { PlacedLine } from '../../config/board-map.js';
import type { GpioBackend } from '../../config/kiosk-config.js';
import { findChip } from './gpio-chips.js';
import { type GpioKernel, linuxKernel } from './gpio-kernel.js';
import { sysfsLabels } from './gpio-sysfs.js';

export type ChosenBackend = Exclude<GpioBackend, 'auto'>;

export interface GpioChoice {
  readonly backend: ChosenBackend;
  /** for people: the log, `gate-kiosk doctor` */
  readonly why: string;
}

export type ChooseGpio =
  | { readonly ok: true; readonly choice: GpioChoice }
  /** what is wrong and what to do, as one sentence */
  | { readonly ok: false; readonly problem: string };

export interface GpioSystem {
  readonly kernel: () => GpioKernel;
  readonly sysfsLabels: () => readonly string[];
}

const machine: GpioSystem = { kernel: linuxKernel, sysfsLabels: () => sysfsLabels() };

/**
 * Chooses the backend that is configured, or by `auto` the first that this system has for the lines'
 * chips: the character device, then sysfs. Never simulated lines unless they are asked for: a gate that
 * plays at being one lets nobody out in a fire.
 * @param wanted `gpio.backend` of the configuration
 * @param lines of the checked board
 * @param system for tests: another machine
 */
export function chooseGpio(
  wanted: GpioBackend,
  lines: readonly Pick<PlacedLine, 'chip'>[],
  system: GpioSystem = machine,
): ChooseGpio {
  if (wanted !== 'auto')
    return { ok: true, choice: { backend: wanted, why: 'the configuration names it' } };
  const labels = [...new Set(lines.map(({ chip }) => chip))];
  const here = charDevice(labels, system);
  if (here.found) return { ok: true, choice: { backend: 'chardev', why: here.why } };
  const known = system.sysfsLabels();
  if (labels.every((label) => known.includes(label))) {
    const why = `${here.why}; ${labels.join(', ')} is in /sys/class/gpio`;
    return { ok: true, choice: { backend: 'sysfs', why } };
  }
  const others = known.length === 0 ? '' : ` (there: ${known.join(', ')})`;
  return {
    ok: false,
    problem: `${here.why}, nor is it in /sys/class/gpio${others}: correct gpio.board, or set gpio.backend to simulated where there is no turnstile`,
  };
}

interface CharDevice {
  readonly found: boolean;
  readonly why: string;
}

/** A chip that may not be looked at is there: what is missing is a permission, and the gate says so. */
function charDevice(labels: readonly string[], { kernel }: GpioSystem): CharDevice {
  let open: GpioKernel;
  try {
    open = kernel();
  } catch {
    return { found: false, why: "the C library cannot be called for the character device's sake" };
  }
  const chips = labels.map((label) => ({ label, chip: findChip(open, label) }));
  const missing = chips.find(({ chip }) => !chip.ok && chip.why !== 'denied');
  if (missing !== undefined)
    return { found: false, why: `no /dev/gpiochip has the label ${missing.label}` };
  const places = chips.map(({ label, chip }) =>
    chip.ok ? `${label} is ${chip.value.path}` : `this user may not open ${chip.detail}`,
  );
  return { found: true, why: places.join(', ') };
}
