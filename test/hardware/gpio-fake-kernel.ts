/** A kernel with one GPIO chip, as far as the character device's backend asks it. */
import type { GpioKernel, PollResult } from '../../hardware/linux/gpio-kernel.js';

interface FakeOptions {
  readonly label: string;
  readonly names?: Readonly<Record<number, string>>;
  /** what a request for lines is answered with */
  readonly errno?: number;
  readonly denied?: boolean;
  /** a second chip of the same label */
  readonly twins?: boolean;
}

interface FakeRequest {
  readonly offsets: readonly number[];
  readonly direction: 'input' | 'output';
  readonly debounceMicroseconds: number;
  readonly initial: bigint;
}

export interface FakeKernel extends GpioKernel {
  readonly requests: FakeRequest[];
  /** An edge of a requested line, told at once. */
  event(offset: number, active: boolean, atMs: number): void;
  /** The kernel's buffer was full: one event is lost. */
  drop(): void;
  level(offset: number, active: boolean): void;
  unplug(): void;
  /** From now on values are refused with this errno. */
  fail(errno: number): void;
  /** Lets a pending wait end. */
  settle(): void;
  openDescriptors(): readonly number[];
}

const lineCount = 54;

export function fakeKernel(options: FakeOptions): FakeKernel {
  const open = new Set<number>();
  const chipOf = new Map<number, string>();
  const requests: FakeRequest[] = [];
  const levels = new Set<number>();
  let nextDescriptor = 10;
  let sequence = 0;
  let failing = 0;
  let queued = Buffer.alloc(0);
  let waiting: ((result: PollResult) => void) | null = null;

  const take = (): number => {
    nextDescriptor += 1;
    open.add(nextDescriptor);
    return nextDescriptor;
  };
  const wake = (result: PollResult): void => {
    const done = waiting;
    waiting = null;
    done?.(result);
  };
  const values = (request: number, bytes: Buffer): number => {
    if (failing !== 0) return failing;
    const { offsets = [] } = requests.at(-1) ?? {};
    const mask = bytes.readBigUInt64LE(8);
    let bits = bytes.readBigUInt64LE(0);
    offsets.forEach((offset, index) => {
      const bit = 1n << BigInt(index);
      if ((mask & bit) === 0n) return;
      if (request === 0xc010b40e) bits = levels.has(offset) ? bits | bit : bits & ~bit;
      else if ((bits & bit) !== 0n) levels.add(offset);
      else levels.delete(offset);
    });
    bytes.writeBigUInt64LE(bits, 0);
    return 0;
  };

  return {
    requests,
    chips: () => (options.twins ? ['/dev/gpiochip0', '/dev/gpiochip1'] : ['/dev/gpiochip0']),
    open(path) {
      if (options.denied) throw Object.assign(new Error('denied'), { code: 'EACCES' });
      const descriptor = take();
      chipOf.set(descriptor, path);
      return descriptor;
    },
    ioctl(descriptor, request, bytes) {
      switch (request) {
        case 0x8044b401:
          bytes.write(`${chipOf.get(descriptor)?.slice('/dev/'.length)}\0`, 0, 'latin1');
          bytes.write(`${options.label}\0`, 32, 'latin1');
          bytes.writeUInt32LE(lineCount, 64);
          return 0;
        case 0xc100b405:
          bytes.write(`${options.names?.[bytes.readUInt32LE(64)] ?? ''}\0`, 0, 'latin1');
          return 0;
        case 0xc250b407:
          if (options.errno !== undefined) return options.errno;
          requests.push(requestOf(bytes));
          bytes.writeInt32LE(take(), 588);
          return 0;
        default:
          return values(request, bytes);
      }
    },
    poll(_descriptor, _limitMs, done) {
      waiting = done;
    },
    read(_descriptor, into) {
      const byteCount = queued.copy(into);
      queued = queued.subarray(byteCount);
      return byteCount;
    },
    close(descriptor) {
      if (!open.delete(descriptor)) throw new Error(`${descriptor} is not open`);
    },
    event(offset, active, atMs) {
      sequence += 1;
      const bytes = Buffer.alloc(48);
      bytes.writeBigUInt64LE(BigInt(Math.round(atMs * 1_000_000)), 0);
      bytes.writeUInt32LE(active ? 1 : 2, 8);
      bytes.writeUInt32LE(offset, 12);
      bytes.writeUInt32LE(sequence, 16);
      queued = Buffer.concat([queued, bytes]);
      wake('readable');
    },
    drop() {
      sequence += 1;
    },
    level(offset, active) {
      if (active) levels.add(offset);
      else levels.delete(offset);
    },
    unplug: () => wake('gone'),
    fail(errno) {
      failing = errno;
    },
    settle: () => wake('nothing'),
    openDescriptors: () => [...open],
  };
}

function requestOf(bytes: Buffer): FakeRequest {
  const count = bytes.readUInt32LE(560);
  const isOutput = (bytes.readBigUInt64LE(288) & 8n) !== 0n;
  const attributes = Array.from({ length: bytes.readUInt32LE(296) }, (_, index) => ({
    id: bytes.readUInt32LE(320 + index * 24),
    value: bytes.readBigUInt64LE(328 + index * 24),
  }));
  const attributeOf = (id: number) => attributes.find((one) => one.id === id)?.value ?? 0n;
  return {
    offsets: Array.from({ length: count }, (_, index) => bytes.readUInt32LE(index * 4)),
    direction: isOutput ? 'output' : 'input',
    debounceMicroseconds: Number(attributeOf(3)),
    initial: attributeOf(2),
  };
}
