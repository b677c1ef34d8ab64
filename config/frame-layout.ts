/**
 * Where the values stand in the frames of a thermometer that has no driver of its own: heads of other
 * makers, whose papers come with the device. Types and their limits only; see the driver's
 * PROTOCOL.md for an example.
 */

export const checksumKinds = [
  'none',
  'sum8',
  'xor8',
  'complement8',
  'crc8',
  'sum16-big',
  'sum16-little',
  'crc16-modbus',
] as const;
export type ChecksumKind = (typeof checksumKinds)[number];

export const fieldSizes = [1, 2, 4] as const;

/** One number in a frame: `raw × centidegreesPerUnit + zeroCentidegrees`. */
export interface FieldLayout {
  /** from the first byte of the header, which is 0 */
  readonly offset: number;
  readonly bytes: (typeof fieldSizes)[number];
  /** which byte comes first; `big` without it */
  readonly endian?: 'big' | 'little';
  /** two's complement; true without it */
  readonly signed?: boolean;
  /** 1 where the head counts hundredths of a degree, 10 for tenths */
  readonly centidegreesPerUnit: number;
  /** what a raw zero means; 0 without it, -27315 where the head counts from absolute zero */
  readonly zeroCentidegrees?: number;
}

export interface FrameLayout {
  /** hexadecimal, what every frame begins with */
  readonly header: string;
  /** of the whole frame in bytes; either this or `terminator` */
  readonly length?: number;
  /** hexadecimal, what every frame ends with */
  readonly terminator?: string;
  /** of a frame with a terminator; 64 without it */
  readonly lengthMax?: number;
  readonly fields: {
    /** what the head makes of it for the body; without it `object` and a compensation are needed */
    readonly body?: FieldLayout;
    /** the surface before the head; taken to be `body` where there is none */
    readonly object?: FieldLayout;
    readonly ambient: FieldLayout;
  };
  /** the last bytes of the frame, before the terminator */
  readonly checksum: {
    readonly kind: ChecksumKind;
    /** the first byte that it counts; 0 without it */
    readonly from?: number;
  };
}

/** For a head that speaks only when it is asked. */
export interface PollConfig {
  /** hexadecimal */
  readonly command: string;
  readonly everyMs: number;
}

export const frameLimits = {
  headerBytesMax: 8,
  terminatorBytesMax: 4,
  /** heads send 7 to 20 bytes; an array of 1,544 bytes is no thermometer for people */
  lengthMax: 64,
  commandBytesMax: 32,
  /** samples farther apart than a second do not belong together; a line of 9,600 baud carries no more */
  pollMs: { min: 50, max: 500 },
  centidegreesPerUnit: { min: 0.01, max: 1_000 },
  zeroCentidegrees: { min: -100_000, max: 100_000 },
  /** what a site finds that its head reads below a clinical thermometer */
  compensationCentidegrees: { min: -300, max: 600 },
} as const;
