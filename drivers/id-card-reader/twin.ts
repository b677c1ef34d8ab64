/**
 * A SAM_V module's own side of the wire, with the card that lies on it. Pure: randomness is passed
 * in, answers are made when a command has come.
 */
import { writeCardText } from './card-text.js';
import {
  type CommandName,
  commandDecoder,
  encodeReadData,
  encodeReply,
  type ReadCommand,
} from './codec.js';
import type { IdCard } from './id-card.js';

/** What a module does after it has read a card that stays: both kinds are sold. */
export type ReaderBehaviour = 'goes-on' | 'falls-silent';

/** What goes wrong, and with the answers to which commands (all, where it does not say). */
export type ReaderFault = { readonly to?: readonly CommandName[] } & (
  | {
      readonly type:
        | 'none'
        | 'deaf'
        | 'wrong-checksum'
        /** sends half of its answer */
        | 'breaks-off'
        /** random bytes before each answer */
        | 'noisy'
        /** the time-out frame of a maker's host instead of an answer */
        | 'gives-up'
        /** a maker's own header before each answer */
        | 'wrapped';
    }
  | { readonly type: 'late'; readonly ms: number }
  | { readonly type: 'status'; readonly sw: readonly [number, number, number] }
);

export interface IdCardReaderTwinOptions {
  /** evenly spread from 0 to below 1 */
  readonly random: { next(): number };
  /** `goes-on` without it */
  readonly behaviour?: ReaderBehaviour;
  /** prints in an answer to `30 10`; none without it */
  readonly fingerprints?: 0 | 1 | 2;
}

export interface TwinAnswer {
  /** what the module takes for it, from its last answer on */
  readonly afterMs: number;
  readonly bytes: Uint8Array;
}

export interface IdCardReaderTwin {
  /** Lays a card on the reader; its text may be bytes that are no good text. */
  place(card: IdCard | Uint8Array): void;
  remove(): void;
  setFault(fault: ReaderFault): void;
  /** The module loses its power for a moment: it forgets what it has found and selected. */
  restart(): void;
  /** Takes what the gate sent; returns the answers, in order. */
  receive(bytes: Uint8Array): readonly TwinAnswer[];
}

/** Typical times in milliseconds; a read is radio work. */
const workMs: Readonly<Partial<Record<CommandName, number>>> = {
  find: 15,
  select: 15,
  reset: 200,
  'read 30 01': 600,
  'read 30 10': 900,
};
const workMsUsual = 5;
const photoBytes = 1_024;
const fingerprintBytes = 512;
const noiseBytesMax = 24;
const makersHeader = [0xea, 0xeb, 0xec, 0xed, 0x05, 0x05, 0x00, 0xb4];
const gaveUp = [0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x05, 0x05, 0x05, 0x05];
/** Printed as 05.01-20140901-0001234567-0987654321: made up. */
const moduleId = [5, 0, 1, 0, 0x65, 0x53, 0x33, 0x01, 0x87, 0xd6, 0x12, 0, 0xb1, 0x68, 0xde, 0x3a];

/** Makes a sound module without a card. */
export function idCardReaderTwin(options: IdCardReaderTwinOptions): IdCardReaderTwin {
  const { behaviour = 'goes-on', fingerprints = 0 } = options;
  let decoder = commandDecoder();
  let card: Uint8Array | null = null;
  let isFound = false;
  let isSelected = false;
  /** it has read this card and says nothing of it any more */
  let isSilent = false;
  let fault: ReaderFault = { type: 'none' };

  const randomBytes = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => Math.floor(options.random.next() * 256));
  const forget = (): void => {
    isFound = false;
    isSelected = false;
    isSilent = false;
  };

  const read = (command: ReadCommand): Uint8Array => {
    if (card === null || !isSelected) return encodeReply([0x00, 0x00, 0x41]);
    isSilent = behaviour === 'falls-silent';
    const photo = randomBytes(photoBytes);
    const prints = command === '30 10' ? randomBytes(fingerprints * fingerprintBytes) : null;
    return encodeReply([0x00, 0x00, 0x90], encodeReadData(card, photo, prints));
  };

  const obey = (name: CommandName | null): Uint8Array => {
    switch (name) {
      case null:
        return encodeReply([0x00, 0x00, 0x21]);
      case 'reset':
        forget();
        return encodeReply([0x00, 0x00, 0x90]);
      case 'read-module-id':
        return encodeReply([0x00, 0x00, 0x90], Uint8Array.from(moduleId));
      case 'find':
        isFound = card !== null && !isSilent;
        return isFound
          ? encodeReply([0x00, 0x00, 0x9f], new Uint8Array(4))
          : encodeReply([0x00, 0x00, 0x80]);
      case 'select':
        if (!isFound) return encodeReply([0x00, 0x00, 0x81]);
        isSelected = true;
        return encodeReply([0x00, 0x00, 0x90], new Uint8Array(8));
      case 'read 30 01':
        return read('30 01');
      case 'read 30 10':
        return read('30 10');
      case 'read 30 03':
        return encodeReply([0x00, 0x00, isSelected ? 0x91 : 0x41]);
      default:
        return encodeReply([0x00, 0x00, 0x90]);
    }
  };

  const answer = (name: CommandName | null): TwinAnswer | null => {
    const afterMs = (name === null ? undefined : workMs[name]) ?? workMsUsual;
    const isFaulty = fault.to === undefined || (name !== null && fault.to.includes(name));
    const { type } = isFaulty ? fault : { type: 'none' as const };
    if (type === 'deaf') return null;
    if (isFaulty && fault.type === 'status') return { afterMs, bytes: encodeReply(fault.sw) };
    const bytes = obey(name);
    switch (type) {
      case 'wrong-checksum':
        return { afterMs, bytes: bytes.with(-1, (bytes.at(-1) ?? 0) ^ 0x21) };
      case 'breaks-off':
        return { afterMs, bytes: bytes.subarray(0, bytes.length >> 1) };
      case 'noisy': {
        const noise = randomBytes(1 + Math.floor(options.random.next() * noiseBytesMax));
        return { afterMs, bytes: Uint8Array.from([...noise, ...bytes]) };
      }
      case 'gives-up':
        return { afterMs, bytes: Uint8Array.from(gaveUp) };
      case 'wrapped':
        return { afterMs, bytes: Uint8Array.from([...makersHeader, ...bytes]) };
      case 'late':
        return { afterMs: afterMs + (fault.type === 'late' ? fault.ms : 0), bytes };
      default:
        return { afterMs, bytes };
    }
  };

  return {
    place(next) {
      card = next instanceof Uint8Array ? next : writeCardText(next);
      forget();
    },
    remove() {
      card = null;
      forget();
    },
    setFault(next) {
      fault = next;
    },
    restart() {
      forget();
      decoder = commandDecoder();
    },
    receive(bytes) {
      const answers: TwinAnswer[] = [];
      for (const result of decoder.push(bytes)) {
        if (result.type === 'command') {
          const given = answer(result.name);
          if (given !== null) answers.push(given);
        } else if (result.why === 'checksum' || result.why === 'length') {
          const code = result.why === 'checksum' ? 0x10 : 0x11;
          answers.push({ afterMs: workMsUsual, bytes: encodeReply([0x00, 0x00, code]) });
        }
      }
      return answers;
    },
  };
}
