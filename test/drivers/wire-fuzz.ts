/**
 * What lines do to frames, and a judge over what a codec makes of it: frames changed, cut, doubled and
 * spliced, in pieces. A frame that comes out must have been sent, or stand in the bytes with a right
 * check of its own: an accident of a short check, which no decoder can tell from a true frame.
 */
import type { Decoder, Discarded } from '../../drivers/decoder.js';
import type { Random } from '../../hardware/simulated/random.js';

export interface FuzzedCodec<Frame extends { readonly type: string }> {
  readonly name: string;
  readonly decoder: () => Decoder<Frame>;
  /** bytes of one frame as the device sends it */
  readonly make: (dice: Random) => Uint8Array;
  /** every true frame that stands in the bytes, found without the decoder, as `text` tells it */
  readonly standing: (bytes: Uint8Array) => ReadonlySet<string>;
  /** all that counts of a frame; null: it carries nothing */
  readonly text: (frame: Frame) => string | null;
  /** most bytes it may hold back */
  readonly heldBytesMax: number;
}

export interface FuzzCounts {
  frames: number;
  /** untouched ones that came out, and those that did not */
  true: number;
  missed: number;
  /** frames that nobody sent and that have a right check all the same */
  accidents: number;
  wrong: number;
}

/** Hears how many are done; a promise: the work waits for it. */
export type Told = (done: number) => Promise<void> | null;

/** Frames that are spoiled together before the line falls silent. */
const burstMax = 8;

type Spoil = (bytes: Uint8Array, dice: Random, other: Uint8Array) => Uint8Array;

const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(Buffer.concat(parts));

/** What a line, or whoever sits on it, does to bytes. */
export const spoils: readonly [Spoil, ...Spoil[]] = [
  (bytes) => bytes,
  (bytes, dice) => changed(bytes, dice, 1 + dice.int(6), () => 1 << dice.int(8)),
  (bytes, dice) => changed(bytes, dice, 1 + dice.int(3), () => 1 + dice.int(255)),
  (bytes, dice) => {
    const at = dice.int(bytes.length);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + dice.int(8)));
  },
  (bytes, dice) => {
    const at = dice.int(bytes.length);
    return joined(bytes.subarray(0, at), dice.bytes(1 + dice.int(8)), bytes.subarray(at));
  },
  (bytes, dice) => bytes.subarray(0, dice.int(bytes.length)),
  (bytes, dice) => bytes.subarray(dice.int(bytes.length)),
  // the beginning of one frame and the end of another
  (bytes, dice, other) =>
    joined(bytes.subarray(0, dice.int(bytes.length)), other.subarray(dice.int(other.length))),
  (bytes, dice, other) => {
    const at = dice.int(bytes.length);
    return joined(bytes.subarray(0, at), other, bytes.subarray(at));
  },
  (bytes, dice) => joined(bytes.subarray(0, dice.int(bytes.length)), bytes),
];

/**
 * @param frameCount how many frames are made and spoiled
 * @param spoiled called after each burst with how many are done, and awaited where it asks for it
 * @returns what came of them; `wrong` and `missed` are to be 0
 */
export async function fuzz<Frame extends { readonly type: string }>(
  codec: FuzzedCodec<Frame>,
  dice: Random,
  frameCount: number,
  spoiled: Told = () => null,
): Promise<FuzzCounts> {
  const counts: FuzzCounts = { frames: 0, true: 0, missed: 0, accidents: 0, wrong: 0 };
  const decoder = codec.decoder();
  const read = (bytes: Uint8Array): string[] => {
    const results: (Frame | Discarded)[] = [];
    for (let from = 0; from < bytes.length; ) {
      const to = from + 1 + dice.int(bytes.length - from);
      results.push(...decoder.push(bytes.subarray(from, to)));
      if (decoder.heldBytes > codec.heldBytesMax) counts.wrong += 1;
      from = to;
    }
    results.push(...decoder.end());
    return results.flatMap((result) =>
      result.type === 'discarded' ? [] : (codec.text(result as Frame) ?? []),
    );
  };

  while (counts.frames < frameCount) {
    const sent = Array.from({ length: 1 + dice.int(burstMax) }, () => codec.make(dice));
    const true_ = new Set(sent.flatMap((bytes) => [...codec.standing(bytes)]));
    const parts = sent.map((bytes, at) =>
      dice.pick(spoils)(bytes.slice(), dice, sent[(at + 1) % sent.length] ?? bytes),
    );
    const burst = joined(...parts);
    const standing = codec.standing(burst);
    for (const text of read(burst))
      if (!standing.has(text)) counts.wrong += 1;
      else if (!true_.has(text)) counts.accidents += 1;
    // After a silence the next frame is understood, whatever came before it.
    const whole = codec.make(dice);
    const [expected] = codec.standing(whole);
    const [text, ...more] = read(whole);
    if (more.length > 0) counts.wrong += 1;
    counts[text === expected ? 'true' : 'missed'] += 1;
    counts.frames += sent.length + 1;
    const pause = spoiled(counts.frames);
    if (pause !== null) await pause;
  }
  return counts;
}

function changed(bytes: Uint8Array, dice: Random, count: number, by: () => number): Uint8Array {
  for (let left = count; left > 0; left--) {
    const at = dice.int(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ by();
  }
  return bytes;
}
