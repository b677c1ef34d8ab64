/** What lines and liars do to a reading: mutations of its frame, some with the XOR made right again. */
import type { Random } from '../../hardware/simulated/random.js';

const textFrom = 14;
const textTo = textFrom + 256;

export type Mutation = (bytes: Uint8Array, dice: Random) => Uint8Array;

export const changeAt = (bytes: Uint8Array, at: number, by: number): Uint8Array => {
  bytes[at] = (bytes[at] ?? 0) ^ by;
  return bytes;
};
const flipBits: Mutation = (bytes, dice) => {
  for (let count = 1 + dice.int(6); count > 0; count--)
    changeAt(bytes, dice.int(bytes.length), 1 << dice.int(8));
  return bytes;
};
const changeText: Mutation = (bytes, dice) => {
  for (let count = 1 + dice.int(4); count > 0; count--)
    changeAt(bytes, textFrom + dice.int(textTo - textFrom), 1 + dice.int(255));
  return bytes;
};
/** What deceives a XOR: the same change twice. */
const changeTwice: Mutation = (bytes, dice) => {
  const by = 1 << dice.int(8);
  for (let count = 0; count < 2; count++)
    changeAt(bytes, textFrom + dice.int(textTo - textFrom), by);
  return bytes;
};
const remakeSum = (bytes: Uint8Array): Uint8Array => {
  bytes[bytes.length - 1] = bytes.subarray(5, -1).reduce((sum, byte) => sum ^ byte, 0);
  return bytes;
};
const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(Buffer.concat(parts));

export const mutations: readonly [Mutation, ...Mutation[]] = [
  flipBits,
  changeText,
  changeTwice,
  (bytes, dice) => remakeSum(changeText(bytes, dice)),
  (bytes, dice) => remakeSum(flipBits(bytes, dice)),
  // a digit of the number becomes another one
  (bytes, dice) => {
    bytes[textFrom + 122 + 2 * dice.int(18)] = 0x30 + dice.int(10);
    return remakeSum(bytes);
  },
  // bytes lost, bytes added, an end lost, a beginning lost
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
  // another length in the head, of the frame or of its parts
  (bytes, dice) => changeAt(bytes, 5 + dice.int(9), 1 << dice.int(8)),
  (bytes, dice) => remakeSum(changeAt(bytes, 10 + dice.int(4), 1 << dice.int(8))),
  // parts exchanged, zeroed, sent twice
  (bytes, dice) => {
    bytes.copyWithin(dice.int(bytes.length), dice.int(bytes.length), bytes.length);
    return bytes;
  },
  (bytes, dice) => {
    const at = dice.int(bytes.length);
    return bytes.fill(dice.pick([0x00, 0xff, 0xaa]), at, at + dice.int(64));
  },
  (bytes, dice) => joined(bytes.subarray(0, dice.int(bytes.length)), bytes),
];

/** Whether a frame with a right XOR stands anywhere in the bytes: found without the decoder. */
export function hasRightXor(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const preamble = Buffer.from('aaaaaa9669', 'hex');
  for (let at = text.indexOf(preamble); at >= 0; at = text.indexOf(preamble, at + 1)) {
    if (at + 7 > text.length) return false;
    const body = text.subarray(at + 5, at + 7 + text.readUInt16BE(at + 5));
    if (body.length === text.readUInt16BE(at + 5) + 2 && body.reduce((s, b) => s ^ b, 0) === 0)
      return true;
  }
  return false;
}
