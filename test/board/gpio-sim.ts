/** GPIO lines of the board with a far side: what a contact drives, what a relay's coil sees. */
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { monotonicNowMs } from '../../hardware/linux/clock.js';
import { inCheckout } from './kernel.js';

const chipFolder = '/sys/kernel/config/gpio-sim/board';
const checkout = inCheckout('');
const farFolder = '/sys/devices/platform/gpio-sim.0';

/** @returns for `sh`, on the board: makes one chip of that label, as the kernel's own driver has it */
export function makeChipCommand(label: string, lineCount: number): string {
  return [
    'mount -t configfs none /sys/kernel/config',
    'mount -t tmpfs none /tmp',
    // The project itself may lie there.
    ...(checkout.startsWith('/tmp/')
      ? [`mkdir -p ${checkout}`, `mount -r -t hostfs -o ${checkout} none ${checkout}`]
      : []),
    `mkdir -p ${chipFolder}/bank0`,
    `echo ${lineCount} >${chipFolder}/bank0/num_lines`,
    `echo ${label} >${chipFolder}/bank0/label`,
    `echo 1 >${chipFolder}/live`,
  ].join(' && ');
}

/** The level that the world outside gives a line that is no output. */
export function drive(offset: number, high: boolean): void {
  writeFileSync(`${lineFolder(offset)}/pull`, high ? 'pull-up' : 'pull-down');
}

/**
 * A line that is high is low for a moment, as short as two writes are.
 * @returns for how long at most, milliseconds
 */
export function spike(offset: number): number {
  const file = openSync(`${lineFolder(offset)}/pull`, 'w');
  const beganMs = monotonicNowMs();
  writeSync(file, 'pull-down', 0);
  writeSync(file, 'pull-up', 0);
  const lengthMs = monotonicNowMs() - beganMs;
  closeSync(file);
  return lengthMs;
}

/** The level that the world outside sees. */
export function sense(offset: number): boolean {
  return readFileSync(levelFile(offset), 'latin1').startsWith('1');
}

/** @returns where that level stands: `0` or `1`, as often as it is read */
export function levelFile(offset: number): string {
  return `${lineFolder(offset)}/value`;
}

/** Takes the chip away from whoever has its lines. */
export function unplugChip(): void {
  writeFileSync(`${chipFolder}/live`, '0');
  chip = undefined;
}

/** The same chip anew; nothing drives its lines yet. */
export function plugChip(): void {
  writeFileSync(`${chipFolder}/live`, '1');
}

let chip: string | undefined;

function lineFolder(offset: number): string {
  chip ??= readdirSync(farFolder).find((name) => /^gpiochip\d+$/.test(name));
  return `${farFolder}/${chip}/sim_gpio${offset}`;
}
