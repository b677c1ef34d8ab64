/** The character device's bytes, and lines through a kernel of the test's own. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlacedLine } from '../../config/board-map.js';
import {
  getLine,
  packLineRequest,
  type RequestedLine,
  readEvents,
} from '../../hardware/linux/gpio-abi.js';
import { openChardevInputs, openChardevOutputs } from '../../hardware/linux/gpio-chardev.js';
import { chooseGpio } from '../../hardware/linux/gpio-choice.js';
import { fakeKernel } from './gpio-fake-kernel.js';

const biases = ['pull-up', 'pull-down', 'none'] as const;
const anyLines: fc.Arbitrary<readonly RequestedLine[]> = fc.uniqueArray(
  fc.record({
    offset: fc.nat(200),
    activeLow: fc.boolean(),
    bias: fc.constantFrom(...biases),
  }),
  { selector: ({ offset }) => offset, minLength: 1, maxLength: 64 },
);

/** What the kernel does with a request: linereq_create and gpio_v2_line_config_flags, by the header. */
function flagsOfLine(bytes: Buffer, index: number): bigint {
  const count = bytes.readUInt32LE(296);
  for (let attribute = 0; attribute < count; attribute += 1) {
    const start = 320 + attribute * 24;
    const isFlags = bytes.readUInt32LE(start) === 1;
    if (isFlags && (bytes.readBigUInt64LE(start + 16) >> BigInt(index)) % 2n === 1n)
      return bytes.readBigUInt64LE(start + 8);
  }
  return bytes.readBigUInt64LE(288);
}

test('whatever lines are asked for, the kernel reads each with its own polarity and bias', () => {
  fc.assert(
    fc.property(anyLines, fc.boolean(), (lines, isOutput) => {
      const bytes = packLineRequest(
        {
          direction: isOutput ? 'output' : 'input',
          lines: isOutput ? lines.map((line) => ({ ...line, bias: 'none' as const })) : lines,
          debounceMicroseconds: 2_000,
          eventBufferSize: 1_024,
        },
        'a consumer whose name is longer than the kernel takes',
      );
      expect(bytes).toHaveLength(592);
      expect(bytes.readUInt32LE(560)).toBe(lines.length);
      expect(bytes.readUInt32LE(296)).toBeLessThanOrEqual(10);
      expect(bytes[287]).toBe(0);
      expect(bytes.subarray(300, 320).every((byte) => byte === 0)).toBe(true);
      lines.forEach(({ offset, activeLow, bias }, index) => {
        expect(bytes.readUInt32LE(index * 4)).toBe(offset);
        const flags = flagsOfLine(bytes, index);
        expect((flags & 2n) !== 0n).toBe(activeLow);
        expect(flags & 0x3cn).toBe(isOutput ? 0x8n : 0x34n);
        const wanted = isOutput || bias === 'none' ? 0n : bias === 'pull-up' ? 0x100n : 0x200n;
        expect(flags & 0x700n).toBe(wanted);
      });
    }),
  );
});

test('the bytes of one request, as the kernel header lays them out', () => {
  const lines = [
    { offset: 17, activeLow: false, bias: 'none' },
    { offset: 27, activeLow: true, bias: 'none' },
  ] as const;
  const request = {
    direction: 'output',
    lines,
    debounceMicroseconds: 0,
    eventBufferSize: 0,
  } as const;
  const bytes = packLineRequest(request, 'gate');
  expect(bytes.toString('hex', 0, 8)).toBe('110000001b000000');
  expect(bytes.toString('latin1', 256, 261)).toBe('gate\0');
  // flags OUTPUT; three attributes: two of flags, one of values 0 for both lines
  expect(bytes.toString('hex', 288, 300)).toBe('080000000000000003000000');
  expect(bytes.toString('hex', 320, 344)).toBe('010000000000000008000000000000000100000000000000');
  expect(bytes.toString('hex', 344, 368)).toBe('01000000000000000a000000000000000200000000000000');
  expect(bytes.toString('hex', 368, 392)).toBe('020000000000000000000000000000000300000000000000');
  expect(getLine.request).toBe(0xc250b407);
});

test('events are read whole, and what is cut off is none', () => {
  const bytes = Buffer.alloc(100);
  bytes.writeBigUInt64LE(1_234_567_890n, 0);
  bytes.writeUInt32LE(2, 8);
  bytes.writeUInt32LE(22, 12);
  bytes.writeUInt32LE(7, 16);
  expect(readEvents(bytes.subarray(0, 95))).toEqual([
    { atMs: 1_234.56789, active: false, offset: 22, sequence: 7 },
  ]);
});

const line = (name: PlacedLine['line'], at: number | string): PlacedLine => ({
  line: name,
  chip: 'pinctrl-test',
  at,
  activeLow: false,
  bias: 'none',
});

function heard() {
  const said: string[] = [];
  return {
    said,
    events: {
      edge: (name: string, active: boolean, atMs: number) =>
        void said.push(`${name} ${active} ${atMs}`),
      missed: () => void said.push('missed'),
      gone: (detail: string) => void said.push(`gone ${detail}`),
    },
  };
}

test('inputs are found by the label of their chip, by offset and by name, in one request', () => {
  const kernel = fakeKernel({ label: 'pinctrl-test', names: { 5: 'DOOR' } });
  const { said, events } = heard();
  const lines = [line('passage', 22), line('door-closed', 'DOOR')];
  const opened = openChardevInputs(kernel, lines, events);
  expect(opened.ok).toBe(true);
  expect(kernel.requests.map(({ offsets }) => offsets)).toEqual([[22, 5]]);
  expect(kernel.requests[0]?.debounceMicroseconds).toBe(2_000);
  kernel.event(5, true, 1_500);
  kernel.event(22, true, 1_501.5);
  expect(said).toEqual(['door-closed true 1500', 'passage true 1501.5']);
  kernel.level(22, true);
  if (!opened.ok) throw new Error(opened.detail);
  expect(opened.value.levels()?.get('passage')).toBe(true);
  opened.value.close();
  kernel.settle();
  expect(kernel.openDescriptors()).toEqual([]);
});

test('an event that the kernel has dropped is missed, and said so', () => {
  const kernel = fakeKernel({ label: 'pinctrl-test' });
  const { said, events } = heard();
  openChardevInputs(kernel, [line('passage', 22)], events);
  kernel.event(22, true, 1);
  kernel.drop();
  kernel.event(22, true, 2);
  expect(said).toEqual(['passage true 1', 'missed', 'passage true 2']);
});

test('a chip that goes away is told once, and its descriptor closed', () => {
  const kernel = fakeKernel({ label: 'pinctrl-test' });
  const { said, events } = heard();
  openChardevInputs(kernel, [line('passage', 22)], events);
  kernel.unplug();
  expect(said).toEqual(['gone inputs of pinctrl-test']);
  expect(kernel.openDescriptors()).toEqual([]);
});

test.each([
  ['absent', { label: 'another' }, [line('passage', 22)]],
  ['absent', { label: 'pinctrl-test' }, [line('passage', 'NAMELESS')]],
  ['wrong-device', { label: 'pinctrl-test' }, [line('passage', 99)]],
  ['wrong-device', { label: 'pinctrl-test', twins: true }, [line('passage', 22)]],
  ['busy', { label: 'pinctrl-test', names: { 22: 'X' } }, [line('open', 22), line('next', 'X')]],
  ['busy', { label: 'pinctrl-test', errno: 16 }, [line('passage', 22)]],
  ['denied', { label: 'pinctrl-test', denied: true }, [line('passage', 22)]],
] as const)('lines that cannot be had are %s: %j %j', (why, options, lines) => {
  const kernel = fakeKernel(options);
  expect(openChardevInputs(kernel, lines, heard().events)).toMatchObject({ ok: false, why });
  expect(kernel.openDescriptors()).toEqual([]);
});

test('outputs begin inactive, tell their level, and say when the kernel does not take one', () => {
  const kernel = fakeKernel({ label: 'pinctrl-test' });
  const opened = openChardevOutputs(kernel, [line('grant', 17), line('release', 27)]);
  if (!opened.ok) throw new Error(opened.detail);
  const outputs = opened.value;
  expect(kernel.requests[0]).toMatchObject({ direction: 'output', initial: 0n });
  expect([outputs.set('release', true), outputs.read('release')]).toEqual([true, true]);
  expect([outputs.read('grant'), outputs.read('buzzer')]).toEqual([false, null]);
  kernel.fail(5);
  expect(outputs.set('release', false)).toBe(false);
});

test('auto takes the character device, else sysfs, and never plays at being a gate', () => {
  const lines = [line('grant', 17)];
  const system = (label: string, sysfs: readonly string[]) => ({
    kernel: () => fakeKernel({ label }),
    sysfsLabels: () => sysfs,
  });
  const choose = (label: string, sysfs: readonly string[] = []) =>
    chooseGpio('auto', lines, system(label, sysfs));
  expect(choose('pinctrl-test', ['pinctrl-test'])).toMatchObject({
    choice: { backend: 'chardev', why: 'pinctrl-test is /dev/gpiochip0' },
  });
  expect(choose('another', ['pinctrl-test'])).toMatchObject({ choice: { backend: 'sysfs' } });
  expect(choose('another', ['third'])).toMatchObject({ ok: false });
  expect(choose('another')).toMatchObject({
    problem: expect.stringContaining('simulated where there is no turnstile'),
  });
  const denied = { kernel: () => fakeKernel({ label: 'x', denied: true }), sysfsLabels: () => [] };
  expect(chooseGpio('auto', lines, denied)).toMatchObject({
    choice: { backend: 'chardev', why: expect.stringContaining('may not open /dev/gpiochip0') },
  });
  expect(chooseGpio('simulated', [])).toMatchObject({ choice: { backend: 'simulated' } });
});
