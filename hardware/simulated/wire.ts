/**
 * A cable without copper: a `Link` for the gate's side and a far end for the device's twin.
 * Bytes take the time that the baud rate gives them, and faults go into the bytes themselves.
 */
import type { Cancel, Clock, Link, LinkEvents, LinkLoss, Scheduler } from '../ports.js';
import type { Random } from './random.js';

/** Each a probability from 0 to 1; the first three per byte or chunk as named. */
export interface WireFaults {
  /** per byte: one bit is flipped */
  readonly corruptByte: number;
  /** per byte: lost */
  readonly dropByte: number;
  /** per write: sent twice */
  readonly duplicateChunk: number;
  /** per write: 1 to 16 random bytes before it */
  readonly insertNoise: number;
  /** per write: delivered in random pieces instead of as one */
  readonly splitChunk: number;
}

export const noFaults: WireFaults = {
  corruptByte: 0,
  dropByte: 0,
  duplicateChunk: 0,
  insertNoise: 0,
  splitChunk: 0,
};

export interface FarEnd {
  /** What the device sends. Lost while the gate has not opened the link or the cable is cut. */
  write(bytes: Uint8Array): void;
  /** What the gate sends. */
  onData(listener: (bytes: Uint8Array) => void): Cancel;
  /**
   * Unplugs: an open link is closed, what is on its way is lost, opening fails.
   * @param why it fails; `absent` without it
   */
  cut(why?: LinkLoss): void;
  mend(): void;
  /** The device is set to another speed; at one that it does not have each side hears garbage. */
  setBaudRate(baudRate: number): void;
  /** Changes the named probabilities and leaves the others. */
  setFaults(faults: Partial<WireFaults>): void;
  readonly isOpen: boolean;
}

export interface WireOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** bits a second, ten of them a byte; without it bytes arrive at the instant they are sent */
  readonly baudRate?: number;
  readonly faults?: Partial<WireFaults>;
}

/** Bytes that a tty hands over at once while more are coming: the depth of a common UART FIFO. */
const pacedChunkBytes = 16;
const bitsPerByte = 10;
const noiseBytesMax = 16;

/** Makes one cable. Faults apply to what the device sends; the other way is left whole. */
export function simulatedWire(options: WireOptions): { readonly link: Link; readonly far: FarEnd } {
  const { clock, scheduler, random } = options;
  let faults: WireFaults = { ...noFaults, ...options.faults };
  let events: LinkEvents | undefined;
  let isOpen = false;
  let whole = true;
  let closedAs: LinkLoss = 'absent';
  /** grows with each opening and closing, so that what was on its way knows it is too late */
  let connection = 0;
  let busyUntilMs = Number.NEGATIVE_INFINITY;
  let deviceBaudRate = options.baudRate;
  /** the gate has opened it at a speed that the device does not have */
  let isMisheard = (): boolean => false;
  const farListeners = new Set<(bytes: Uint8Array) => void>();

  const later = (dueMs: number, task: () => void): void => {
    const mine = connection;
    scheduler.at(dueMs, () => {
      if (mine === connection) task();
    });
  };

  const end = (why: LinkLoss): void => {
    const told = events;
    events = undefined;
    isOpen = false;
    connection++;
    told?.closed(why);
  };

  const sendPaced = (bytes: Uint8Array): void => {
    const nowMs = clock.now().monotonicMs;
    if (deviceBaudRate === undefined) {
      later(nowMs, () => events?.data(bytes));
      return;
    }
    const byteMs = (1_000 * bitsPerByte) / deviceBaudRate;
    for (let from = 0; from < bytes.length; from += pacedChunkBytes) {
      const chunk = bytes.subarray(from, from + pacedChunkBytes);
      busyUntilMs = Math.max(busyUntilMs, nowMs) + chunk.length * byteMs;
      later(busyUntilMs, () => events?.data(chunk));
    }
  };

  const link: Link = {
    open(next, baudRate) {
      if (events !== undefined) throw new Error('the link is open: close it before opening again');
      connection++;
      events = next;
      isMisheard = () =>
        baudRate !== undefined && deviceBaudRate !== undefined && baudRate !== deviceBaudRate;
      busyUntilMs = Number.NEGATIVE_INFINITY;
      later(clock.now().monotonicMs, () => {
        if (!whole) {
          end(closedAs);
          return;
        }
        isOpen = true;
        next.opened();
      });
    },
    write(bytes) {
      if (!isOpen) return;
      const copy = isMisheard() ? random.bytes(bytes.length) : Uint8Array.from(bytes);
      later(clock.now().monotonicMs, () => {
        for (const listener of [...farListeners]) listener(copy);
      });
    },
    close() {
      events = undefined;
      isOpen = false;
      connection++;
    },
  };

  const far: FarEnd = {
    write(bytes) {
      if (!isOpen || !whole || bytes.length === 0) return;
      const heard = isMisheard() ? random.bytes(bytes.length) : bytes;
      for (const chunk of faulty(heard, faults, random)) sendPaced(chunk);
    },
    onData(listener) {
      farListeners.add(listener);
      return () => farListeners.delete(listener);
    },
    cut(why = 'absent') {
      whole = false;
      closedAs = why;
      if (isOpen) end('gone');
    },
    mend() {
      whole = true;
    },
    setBaudRate(baudRate) {
      deviceBaudRate = baudRate;
    },
    setFaults(next) {
      faults = { ...faults, ...next };
    },
    get isOpen() {
      return isOpen;
    },
  };
  return { link, far };
}

/** What arrives instead of `bytes`: one chunk or several, in order; maybe none. */
function faulty(bytes: Uint8Array, faults: WireFaults, random: Random): Uint8Array[] {
  const sent: number[] = [];
  if (random.chance(faults.insertNoise)) sent.push(...random.bytes(1 + random.int(noiseBytesMax)));
  const copies = random.chance(faults.duplicateChunk) ? 2 : 1;
  for (let copy = 0; copy < copies; copy++)
    for (const byte of bytes) {
      if (random.chance(faults.dropByte)) continue;
      sent.push(random.chance(faults.corruptByte) ? byte ^ (1 << random.int(8)) : byte);
    }
  const whole = Uint8Array.from(sent);
  if (!random.chance(faults.splitChunk)) return whole.length === 0 ? [] : [whole];
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < whole.length; ) {
    const to = from + 1 + random.int(whole.length - from);
    chunks.push(whole.subarray(from, to));
    from = to;
  }
  return chunks;
}
