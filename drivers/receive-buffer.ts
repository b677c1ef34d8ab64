/** A byte queue of fixed size: what a codec holds until a frame is whole. Never grows. */

export interface ReceiveBuffer {
  readonly length: number;
  readonly isFull: boolean;
  /** Adds one byte; false, and nothing is added, when full. */
  push(byte: number): boolean;
  /** The byte at `index` from the front; undefined beyond the end. */
  at(index: number): number | undefined;
  /** Takes `count` bytes, or what there is, off the front; they are a copy. */
  take(count: number): Uint8Array;
  clear(): void;
}

/** Makes an empty buffer for at most `capacity` bytes. */
export function receiveBuffer(capacity: number): ReceiveBuffer {
  const bytes = new Uint8Array(capacity);
  let length = 0;
  return {
    get length() {
      return length;
    },
    get isFull() {
      return length === capacity;
    },
    push(byte) {
      if (length === capacity) return false;
      bytes[length++] = byte;
      return true;
    },
    at: (index) => (index < length ? bytes[index] : undefined),
    take(count) {
      const taken = bytes.slice(0, Math.min(count, length));
      bytes.copyWithin(0, taken.length, length);
      length -= taken.length;
      return taken;
    },
    clear() {
      length = 0;
    },
  };
}
