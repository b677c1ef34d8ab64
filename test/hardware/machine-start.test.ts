import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMachineStart } from '../../hardware/linux/machine-start.js';
import { simulatedMachine } from '../../hardware/simulated/machine-start.js';

test('the kernel names its start, and the same one twice', () => {
  const start = readMachineStart();
  expect(start).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(readMachineStart()).toBe(start);
});

test('where it does not say, or says something else, nothing is known', () => {
  const folder = mkdtempSync(join(tmpdir(), 'machine-start-'));
  const file = join(folder, 'boot_id');
  expect(readMachineStart(file)).toBeNull();
  writeFileSync(file, 'x');
  expect(readMachineStart(file)).toBeNull();
  expect(readMachineStart(folder)).toBeNull();
  writeFileSync(file, '12345678-9abc-def0-1234-56789abcdef0\n');
  expect(readMachineStart(file)).toBe('12345678-9abc-def0-1234-56789abcdef0');
  rmSync(folder, { recursive: true });
});

test('the twin has the same form, and another name after each start', () => {
  const machine = simulatedMachine();
  const first = machine.start();
  expect(first).toBe(machine.start());
  expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  machine.restart();
  expect(machine.start()).not.toBe(first);
});
