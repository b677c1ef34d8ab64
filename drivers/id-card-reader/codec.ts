/**
 * Frames of the SAM_V card module, both ways:
 * `AA AA AA 96 69 | LenHi LenLo | CMD PARA or SW1 SW2 SW3 | DATA | XOR`. See PROTOCOL.md. Pure.
 * Photo and fingerprint are counted where they lie and never copied.
 */
import type { Decoder } from '../decoder.js';
import { cardTextBytes } from './card-text.js';
import { frameBuffer, preamble } from './frame-buffer.js';
import { type Status, statusesByCode } from './status.js';

/** CMD, PARA and what follows them. */
export const commands = {
  reset: [0x10, 0xff],
  status: [0x11, 0xff],
  'read-module-id': [0x12, 0xff],
  find: [0x20, 0x01],
  select: [0x20, 0x02],
  'read 30 01': [0x30, 0x01],
  'read 30 03': [0x30, 0x03],
  'read 30 10': [0x30, 0x10],
  'set-speed 115200': [0x60, 0x00],
  'set-speed 9600': [0x60, 0x04],
  'set-radio-frame': [0x61, 0xff, 0x50],
} as const;
export type CommandName = keyof typeof commands;
/** `30 01`: text and photo; `30 10`: fingerprints too. */
export type ReadCommand = '30 01' | '30 10';

export interface Command {
  readonly type: 'command';
  /** null: none of those above */
  readonly name: CommandName | null;
}

/** What a reply carries, told by its lengths alone: a reply does not name its command. */
export type ReplyBody =
  | { readonly type: 'empty' }
  /** 4 bytes, with `found` */
  | { readonly type: 'found' }
  /** 8 bytes */
  | { readonly type: 'selected' }
  /** as printed on the module: `05.01-20140901-0001234567-0987654321` */
  | { readonly type: 'module-id'; readonly id: string }
  /** a copy of the text's 256 bytes, the receiver's to wipe */
  | { readonly type: 'card'; readonly read: ReadCommand; readonly text: Uint8Array }
  /** any other length */
  | { readonly type: 'other' };

export interface Reply {
  readonly type: 'reply';
  readonly status: Status;
  /** SW1, SW2, SW3 */
  readonly sw: readonly [number, number, number];
  readonly body: ReplyBody;
  /** of the whole frame on the wire */
  readonly byteCount: number;
}

/** Before the body: preamble and length. */
const headBytes = preamble.length + 2;
/** CMD, PARA, XOR; SW1, SW2, SW3, XOR. */
const commandLengthMin = 3;
const replyLengthMin = 4;
/** Parts of a read reply; a fingerprint part is empty, or one or two prints. */
const photoBytes = 1_024;
const fingerprintBytes = [0, 512, 1_024];
const foundBytes = 4;
const selectedBytes = 8;
const moduleIdBytes = 16;
/** What some makers' hosts send for a time-out of their own: no frame, as its length is wrong. */
const gaveUp = [...preamble, 0x00, 0x05, 0x05, 0x05, 0x05];

/** The frame of one command as the module takes it. */
export function encodeCommand(name: CommandName): Uint8Array {
  return frame(commands[name]);
}

/**
 * The frame of one reply as the module sends it.
 * @param sw SW1, SW2, SW3; @param data at most 4,092 bytes
 */
export function encodeReply(
  sw: readonly [number, number, number],
  data: Uint8Array = new Uint8Array(),
): Uint8Array {
  const body = new Uint8Array(sw.length + data.length);
  body.set(sw);
  body.set(data, sw.length);
  return frame(body);
}

/** The data of a read reply: lengths, text, photo and, with `30 10`, fingerprints. */
export function encodeReadData(
  text: Uint8Array,
  photo: Uint8Array,
  fingerprints: Uint8Array | null,
): Uint8Array {
  const parts = fingerprints === null ? [text, photo] : [text, photo, fingerprints];
  const lengths = parts.flatMap(({ length }) => [length >> 8, length & 0xff]);
  const data = new Uint8Array(parts.reduce((sum, { length }) => sum + length, lengths.length));
  data.set(lengths);
  let at = lengths.length;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
}

/** Makes the decoder of the gate's side. */
export function replyDecoder(): Decoder<Reply> {
  return frameBuffer({ lengthMin: replyLengthMin, literal: gaveUp, parse: parseReply });
}

/** Makes the decoder of the module's side. */
export function commandDecoder(): Decoder<Command> {
  return frameBuffer({ lengthMin: commandLengthMin, literal: null, parse: parseCommand });
}

function frame(body: ArrayLike<number>): Uint8Array {
  const length = body.length + 1;
  const bytes = new Uint8Array(headBytes + length);
  bytes.set([...preamble, length >> 8, length & 0xff]);
  bytes.set(body, headBytes);
  bytes[bytes.length - 1] = bytes.subarray(preamble.length).reduce((sum, byte) => sum ^ byte, 0);
  return bytes;
}

/** Takes a whole frame, checked; the bytes are lent and wiped afterwards. */
function parseReply(bytes: Uint8Array): Reply {
  const byteCount = bytes.length;
  const sw = [at(bytes, headBytes), at(bytes, headBytes + 1), at(bytes, headBytes + 2)] as const;
  if (byteCount === gaveUp.length)
    return { type: 'reply', status: 'gave-up', sw, body: { type: 'empty' }, byteCount };
  const known: Readonly<Record<number, Status>> = statusesByCode;
  const status = known[sw[2]] ?? 'unknown';
  const data = bytes.subarray(headBytes + 3, -1);
  return { type: 'reply', status, sw, body: bodyOf(status, data), byteCount };
}

function bodyOf(status: Status, data: Uint8Array): ReplyBody {
  if (data.length === 0) return { type: 'empty' };
  if (status === 'found') return { type: data.length === foundBytes ? 'found' : 'other' };
  if (status !== 'ok') return { type: 'other' };
  if (data.length === selectedBytes) return { type: 'selected' };
  if (data.length === moduleIdBytes) return { type: 'module-id', id: moduleId(data) };
  for (const read of ['30 01', '30 10'] as const)
    if (isReadData(read, data)) {
      const from = read === '30 01' ? 4 : 6;
      return { type: 'card', read, text: data.slice(from, from + cardTextBytes) };
    }
  return { type: 'other' };
}

/** Whether lengths and parts are those of this read command. */
function isReadData(read: ReadCommand, data: Uint8Array): boolean {
  const counted = read === '30 01' ? 2 : 3;
  const lengths = Array.from({ length: counted }, (_, index) => word(data, 2 * index));
  const [text, photo, fingerprints = 0] = lengths;
  const total = lengths.reduce((sum, length) => sum + length, 2 * counted);
  return (
    text === cardTextBytes &&
    photo === photoBytes &&
    fingerprintBytes.includes(fingerprints) &&
    total === data.length
  );
}

/** Bytes 0 and 2, then three little-endian words, as vendors' tools print them. */
function moduleId(data: Uint8Array): string {
  const two = (index: number): string => String(at(data, index)).padStart(2, '0');
  const four = (index: number): number =>
    [3, 2, 1, 0].reduce((sum, place) => sum * 0x100 + at(data, index + place), 0);
  const ten = (index: number): string => String(four(index)).padStart(10, '0');
  return `${two(0)}.${two(2)}-${four(4)}-${ten(8)}-${ten(12)}`;
}

function parseCommand(bytes: Uint8Array): Command {
  const body = bytes.subarray(headBytes, -1);
  const found = Object.entries(commands).find(
    ([, expected]) =>
      expected.length === body.length && expected.every((byte, index) => body[index] === byte),
  );
  return { type: 'command', name: (found?.[0] as CommandName | undefined) ?? null };
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function word(bytes: Uint8Array, index: number): number {
  return (at(bytes, index) << 8) | at(bytes, index + 1);
}
