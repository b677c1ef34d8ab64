/** The parts that floors are put together from: the least that durability and a thread cost. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** A file that only grows, each write synced. */
export interface RawLog {
  append(bytes: Uint8Array): void;
  close(): void;
}

/**
 * @param file to write, new
 * @returns one write and one fdatasync an append
 */
export function rawLog(file: string): RawLog {
  const descriptor = openSync(file, 'wx');
  return {
    append(bytes) {
      writeSync(descriptor, bytes);
      fdatasyncSync(descriptor);
    },
    close: () => closeSync(descriptor),
  };
}

/** A worker that does nothing but answer. */
export interface BareWorker {
  roundTrip(): Promise<void>;
  close(): Promise<void>;
}

/** @returns a worker whose round trip is one message each way */
export function bareWorker(): BareWorker {
  const source = `const { parentPort } = require('node:worker_threads');
    parentPort.on('message', (message) => parentPort.postMessage(message));`;
  const worker = new Worker(source, { eval: true });
  let answered: () => void = () => undefined;
  worker.on('message', () => answered());
  return {
    roundTrip: () =>
      new Promise((resolve) => {
        answered = resolve;
        worker.postMessage(0);
      }),
    close: async () => void (await worker.terminate()),
  };
}
