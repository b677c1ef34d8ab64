/**
 * The gate's lines on the board's kernel, each beside bare calls of the same kernel: an edge to the input
 * event, a write to the far side, a pulse to the far side.
 */
import { readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import koffi from 'koffi';
import type { PlacedLine } from '../../config/board-map.js';
import { monotonicNowMs, systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import {
  descriptorOf,
  eventByteCount,
  getLine,
  packLineRequest,
  packValues,
  setValues,
} from '../../hardware/linux/gpio-abi.js';
import {
  debounceMicroseconds,
  openChardevInputs,
  openChardevOutputs,
} from '../../hardware/linux/gpio-chardev.js';
import { linuxKernel } from '../../hardware/linux/gpio-kernel.js';
import { gpioRelay } from '../../hardware/linux/gpio-relay.js';
import { keepInputs, keepOutputs } from '../../hardware/linux/gpio-session.js';
import { workerRelay } from '../../hardware/relay.js';
import type { Bench } from '../../scripts/bench/harness.js';
import { drive, sense } from './gpio-sim.js';

/** Of the board's chip; each side has lines of its own, since a line has one holder. */
const offsets = {
  input: 5,
  bareInput: 6,
  lamp: 22,
  bareLamp: 23,
  grant: 17,
  release: 27,
  bareGrant: 24,
};
const chipLabel = 'pinctrl-bcm2711';
const pulseMs = 200;
/** The relay takes one pulse a second. */
const pulseEveryMs = 1_200;

const kernel = linuxKernel();
const clock = systemClock();
const scheduler = systemScheduler();
const tools = {
  clock,
  scheduler,
  tell(why: string, detail: string) {
    if (why !== '') throw new Error(`${why}: ${detail}`);
  },
};
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => void scheduler.at(monotonicNowMs() + ms, resolve));

function placed(line: PlacedLine['line'], at: number): PlacedLine {
  return { line, chip: chipLabel, at, activeLow: false, bias: 'none' };
}

/** One line by one call; returns its descriptor. */
function bareLine(direction: 'input' | 'output', offset: number): number {
  const [path = ''] = kernel.chips();
  const chip = kernel.open(path);
  const isInput = direction === 'input';
  const request = packLineRequest(
    {
      direction,
      lines: [{ offset, activeLow: false, bias: 'none' }],
      debounceMicroseconds: isInput ? debounceMicroseconds : 0,
      eventBufferSize: 0,
    },
    'bench',
  );
  const errno = kernel.ioctl(chip, getLine.request, request);
  kernel.close(chip);
  if (errno !== 0) throw new Error(`the bench's own line: ${errno}`);
  return descriptorOf(request);
}

/** @returns the three, on a board whose chip `makeChipCommand` has made */
export function gpioBenches(): readonly Bench[] {
  return [edgeBench(), writeBench(), pulseBench()];
}

function edgeBench(): Bench {
  const inputs = keepInputs(tools, [placed('passage', offsets.input)], (lines, events) =>
    openChardevInputs(kernel, lines, events),
  );
  let heard = (): void => {};
  inputs.subscribe(() => heard());
  const descriptor = bareLine('input', offsets.bareInput);
  const event = Buffer.alloc(eventByteCount);
  const isUp = (round: number): boolean => round % 2 === 0;
  return {
    name: 'GPIO: edge → input event',
    floorName: 'the same edge, debounced by the same kernel, by a blocking read(2)',
    rounds: 200,
    warmUpRounds: 20,
    subject: (round) =>
      new Promise((resolve) => {
        heard = resolve;
        drive(offsets.input, isUp(round));
      }),
    async floor(round) {
      drive(offsets.bareInput, isUp(round));
      readSync(descriptor, event, 0, event.length, null);
    },
    async close() {
      inputs.close();
      kernel.close(descriptor);
    },
  };
}

function writeBench(): Bench {
  const outputs = keepOutputs(tools, [placed('lamp-normal', offsets.lamp)], (lines) =>
    openChardevOutputs(kernel, lines),
  );
  const descriptor = bareLine('output', offsets.bareLamp);
  const ioctl = koffi
    .load('libc.so.6')
    .func('int ioctl(int fd, unsigned long request, _Inout_ uint8_t *bytes)');
  return {
    name: 'GPIO: write → far side',
    floorName: 'one ioctl(2) on a line of its own, and the same look at the far side',
    rounds: 500,
    async subject(round) {
      outputs.set('lamp-normal', round % 2 === 0);
      await until(offsets.lamp, round % 2 === 0);
    },
    async floor(round) {
      ioctl(descriptor, setValues.request, packValues(round % 2 === 0 ? 1n : 0n, 1n));
      await until(offsets.bareLamp, round % 2 === 0);
    },
    async close() {
      outputs.close();
      kernel.close(descriptor);
    },
  };
}

function pulseBench(): Bench {
  const lines = [placed('grant', offsets.grant), placed('release', offsets.release)];
  const relay = workerRelay({ lines: gpioRelay('chardev', lines), clock });
  const ready = new Promise<void>((resolve) => {
    relay.subscribe((report) => {
      if (report.type === 'status' && report.status === 'ok') resolve();
    });
  });
  const descriptor = bareLine('output', offsets.bareGrant);
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
    const ioctl = require(workerData.koffi).load('libc.so.6')
      .func('int ioctl(int fd, unsigned long request, _Inout_ uint8_t *bytes)');
    parentPort.on('message', (bytes) => {
      ioctl(workerData.descriptor, workerData.request, Buffer.from(bytes));
      parentPort.postMessage(0);
    });`,
    {
      eval: true,
      workerData: {
        koffi: fileURLToPath(import.meta.resolve('koffi')),
        ...{ descriptor, request: setValues.request },
      },
    },
  );
  const setBare = async (on: boolean): Promise<void> => {
    const answered = new Promise((resolve) => worker.once('message', resolve));
    worker.postMessage(packValues(on ? 1n : 0n, 1n));
    await answered;
  };
  let id = 0;
  return {
    name: 'GPIO: a pulse asked of the relay’s worker → far side',
    floorName: 'a bare worker’s message, one ioctl(2), and the same look at the far side',
    rounds: 20,
    warmUpRounds: 2,
    async prepare() {
      await ready;
      await setBare(false);
      await pause(pulseEveryMs);
    },
    async subject() {
      relay.pulse(++id, pulseMs);
      await until(offsets.grant, true);
    },
    async floor() {
      worker.postMessage(packValues(1n, 1n));
      await until(offsets.bareGrant, true);
    },
    async close() {
      await relay.close();
      await worker.terminate();
      kernel.close(descriptor);
    },
  };
}

const waitMsMax = 2_000;

/** Looks at the far side again and again; the loop turns in between. */
async function until(offset: number, level: boolean): Promise<void> {
  const beganMs = monotonicNowMs();
  while (sense(offset) !== level) {
    if (monotonicNowMs() - beganMs > waitMsMax)
      throw new Error(`line ${offset} is never ${level ? 'high' : 'low'}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
