/** A GM65-family module's own side: its zones, its EEPROM, its speed, and what it scans. Pure. */
import { crc16, encodeZoneReply } from './codec.js';
import { baudZone, zoneBaud, zoneInterface, zoneMode, zoneSameCodeDelay } from './zones.js';

export interface Gm65TwinOptions {
  /** what its EEPROM holds instead of the factory's; address to byte */
  readonly eeprom?: Readonly<Record<number, number>>;
  /** false: only scans, as the modules do that look alike */
  readonly answers?: boolean;
  /** zones that it does not take */
  readonly readOnly?: readonly number[];
}

export interface Gm65Twin {
  /** Takes what the gate sends, at its own speed; returns the replies. */
  receive(bytes: Uint8Array): Uint8Array[];
  /** The bytes for one decoded code. */
  scan(text: string): Uint8Array;
  /** Power off and on: what was not saved is gone. */
  restart(): void;
  /** bits a second that it listens at now */
  baudRate(): number;
  zone(address: number): number;
  /** How often zones were written, and how often all were saved. */
  readonly writes: number;
  readonly eepromWrites: number;
}

const speeds = [1_200, 2_400, 4_800, 9_600, 14_400, 19_200, 38_400, 57_600, 115_200];
const [factoryBaudLow, factoryBaudHigh] = baudZone(9_600);
/** As delivered: manual mode with sound, aim and light; same code given again; UART at 9,600. */
const factory: Readonly<Record<number, number>> = {
  [zoneMode]: 0xd4,
  [zoneInterface]: 0x00,
  [zoneSameCodeDelay]: 0x00,
  [zoneBaud]: factoryBaudLow,
  [zoneBaud + 1]: factoryBaudHigh,
};
const headBytes = 6;
/** A start that never becomes a command is given up at this length. */
const heldBytesMax = 64;
/** `AB CD` in place of the checksum asks for no check. */
const unchecked = 0xabcd;

/** Makes a module, switched on. */
export function gm65Twin({
  eeprom,
  answers = true,
  readOnly = [],
}: Gm65TwinOptions = {}): Gm65Twin {
  const kept = new Map<number, number>(
    Object.entries({ ...factory, ...eeprom }).map(([address, byte]) => [Number(address), byte]),
  );
  const memory = new Map(kept);
  let held: number[] = [];
  let writes = 0;
  let eepromWrites = 0;
  const zone = (address: number): number => memory.get(address) ?? 0;

  const obey = (type: number, address: number, data: readonly number[]): Uint8Array | null => {
    if (type === 0x07)
      return encodeZoneReply(
        0,
        Array.from({ length: data[0] ?? 0 }, (_, index) => zone(address + index)),
      );
    if (type === 0x09) {
      eepromWrites++;
      for (const [key, byte] of memory) kept.set(key, byte);
      return encodeZoneReply(0, [0]);
    }
    if (type !== 0x08) return null;
    if (readOnly.includes(address)) return encodeZoneReply(1, [0]);
    writes++;
    for (const [index, byte] of data.entries()) memory.set(address + index, byte);
    return encodeZoneReply(0, [0]);
  };

  /** One command off the front of what was received; null: none is whole. */
  const takeCommand = (): (() => Uint8Array | null) | null => {
    while (held.length > 0 && (held[0] !== 0x7e || (held.length > 1 && held[1] !== 0x00)))
      held = held.slice(1);
    const dataBytes = held[3];
    if (dataBytes === undefined) return null;
    const end = headBytes + dataBytes;
    if (held.length < end + 2) {
      if (held.length > heldBytesMax) held = held.slice(1);
      return null;
    }
    const checked = Uint8Array.from(held.slice(2, end));
    const crc = (held[end] ?? 0) * 256 + (held[end + 1] ?? 0);
    if (crc !== unchecked && crc !== crc16(checked)) {
      held = held.slice(1);
      return () => null;
    }
    held = held.slice(end + 2);
    const [type = 0, , high = 0, low = 0, ...data] = checked;
    return () => obey(type, high * 256 + low, data);
  };

  return {
    receive(bytes) {
      held.push(...bytes);
      const replies: Uint8Array[] = [];
      for (let command = takeCommand(); command !== null; command = takeCommand()) {
        const reply = command();
        if (reply !== null && answers) replies.push(reply);
      }
      return replies;
    },
    scan: (text) => new TextEncoder().encode(`${text}\r`),
    restart() {
      memory.clear();
      for (const [key, byte] of kept) memory.set(key, byte);
      held = [];
    },
    baudRate() {
      const [low, high] = [zone(zoneBaud), zone(zoneBaud + 1)];
      return speeds.find((speed) => String(baudZone(speed)) === String([low, high])) ?? 0;
    },
    zone,
    get writes() {
      return writes;
    },
    get eepromWrites() {
      return eepromWrites;
    },
  };
}
