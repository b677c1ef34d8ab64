/** HID devices of the board's kernel, made and unplugged through /dev/uhid (linux/uhid.h). */
import { closeSync, constants, openSync, writeSync } from 'node:fs';

export interface UhidOptions {
  readonly descriptor: Uint8Array;
  readonly vendorId: number;
  readonly productId: number;
  readonly serial: string;
}

export interface UhidDevice {
  /** Sends one input report, its id first. */
  report(bytes: Uint8Array): void;
  unplug(): void;
}

/** Events of `struct uhid_event`, all numbers in the order of the machine (little endian here). */
const eventDestroy = 1;
const eventCreate2 = 11;
const eventInput2 = 12;
const busUsb = 3;
/** Offsets in a creation: after the type come name, place, serial, then numbers, then the descriptor. */
const nameAt = 4;
const serialAt = nameAt + 128 + 64;
const numbersAt = serialAt + 64;
const descriptorAt = numbersAt + 20;
const descriptorBytesMax = 4_096;

/** Plugs in a device; the kernel makes its /dev/hidraw node within milliseconds. */
export function uhidDevice({ descriptor, vendorId, productId, serial }: UhidOptions): UhidDevice {
  const file = openSync('/dev/uhid', constants.O_RDWR | constants.O_NONBLOCK);
  const creation = Buffer.alloc(descriptorAt + descriptorBytesMax);
  creation.writeUInt32LE(eventCreate2, 0);
  creation.write('scanner of the board', nameAt);
  creation.write(serial, serialAt);
  creation.writeUInt16LE(descriptor.length, numbersAt);
  creation.writeUInt16LE(busUsb, numbersAt + 2);
  creation.writeUInt32LE(vendorId, numbersAt + 4);
  creation.writeUInt32LE(productId, numbersAt + 8);
  creation.set(descriptor, descriptorAt);
  writeSync(file, creation);
  return {
    report(bytes) {
      const event = Buffer.alloc(6 + bytes.length);
      event.writeUInt32LE(eventInput2, 0);
      event.writeUInt16LE(bytes.length, 4);
      event.set(bytes, 6);
      writeSync(file, event);
    },
    unplug() {
      const event = Buffer.alloc(4);
      event.writeUInt32LE(eventDestroy, 0);
      writeSync(file, event);
      closeSync(file);
    },
  };
}
