/**
 * The few calls that lines need of the kernel, through libc in this process. Koffi is the way: its
 * binaries are prebuilt for 64-bit ARM and x86, it works in worker threads, and
 * the whole need is `ioctl` and `poll`.
 */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import koffi from 'koffi';

/** The seam that tests put a kernel of their own behind. */
export interface GpioKernel {
  /** paths of all GPIO chips */
  chips(): readonly string[];
  /** @throws as node:fs does: ENOENT, EACCES … */
  open(path: string): number;
  /** @returns 0, or the kernel's errno; `bytes` hold question and answer */
  ioctl(descriptor: number, request: number, bytes: Buffer): number;
  /** Waits in a thread of the pool; `done` gets whether something can be read, or has gone. */
  poll(descriptor: number, limitMs: number, done: (result: PollResult) => void): void;
  /** @returns how many bytes were read; call it after `poll` has said so */
  read(descriptor: number, into: Buffer): number;
  close(descriptor: number): void;
}

export type PollResult = 'readable' | 'nothing' | 'gone';

/** poll(2) */
const pollIn = 0x0001;
const pollBroken = 0x0008 | 0x0010 | 0x0020;
/** EINTR: a signal came between. */
const interrupted = 4;

/** @returns the machine's own kernel; throws where there is no GNU libc */
export function linuxKernel(): GpioKernel {
  const libc = koffi.load('libc.so.6');
  const ioctl = libc.func('int ioctl(int fd, unsigned long request, _Inout_ uint8_t *bytes)');
  const poll = libc.func('int poll(_Inout_ uint8_t *fds, unsigned long count, int timeout)');
  return {
    chips: () =>
      readdirSync('/dev')
        .filter((name) => /^gpiochip\d+$/.test(name))
        .map((name) => `/dev/${name}`),
    open: (path) => openSync(path, 'r+'),
    ioctl(descriptor, request, bytes) {
      for (;;) {
        if (Number(ioctl(descriptor, request, bytes)) >= 0) return 0;
        const code = koffi.errno();
        if (code !== interrupted) return code;
      }
    },
    poll(descriptor, limitMs, done) {
      // struct pollfd: descriptor, wanted, found
      const bytes = Buffer.alloc(8);
      bytes.writeInt32LE(descriptor, 0);
      bytes.writeInt16LE(pollIn, 4);
      poll.async(bytes, 1, limitMs, (error: unknown, count: number) => {
        const found = bytes.readInt16LE(6);
        if (error !== null) return done('gone');
        // Interrupted by a signal is nothing, too.
        if (count <= 0) return done('nothing');
        done((found & pollIn) !== 0 ? 'readable' : (found & pollBroken) !== 0 ? 'gone' : 'nothing');
      });
    },
    read: (descriptor, into) => readSync(descriptor, into, 0, into.length, null),
    close: (descriptor) => closeSync(descriptor),
  };
}
