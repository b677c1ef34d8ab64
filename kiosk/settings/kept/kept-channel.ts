/** What of a channel outlives a restart, and how it stands on the disk. Pure. */
import { createHash } from 'node:crypto';
import { parseStrictJsonBytes } from '../../../config/strict-json.js';
import { ListReader, type Members } from '../../credential/list-reader.js';
import {
  type CausableFault,
  type ChannelState,
  causable,
  type Phase,
  type SeenFault,
  seenDeviceFaults,
} from '../signed/channel-state.js';
import { stepLimits } from '../signed/config-step.js';
import type { Mark } from '../signed/judge-step.js';

export type KeptChannel = Pick<ChannelState, 'mark' | 'inForce' | 'expiresMs' | 'told'> & {
  readonly trial: {
    readonly before: Mark | null;
    readonly leftMs: number;
    readonly known: readonly SeenFault[];
  } | null;
};

const hashBytes = 32;
const keptBytesMax = 4_096;
const phases: readonly Phase[] = ['pending', 'probation', 'confirmed', 'reverted', 'refused'];
const faults: readonly SeenFault[] = [
  ...new Set<CausableFault>([...causable.policy, ...causable.device]),
  ...seenDeviceFaults,
];

/**
 * @param state of a channel
 * @param nowMs monotonic, with its fractions: its trial is counted up to here, in whole milliseconds
 * @returns what is kept of it
 */
export function keptOf(
  { mark, inForce, expiresMs, told, trial }: ChannelState,
  nowMs: number,
): KeptChannel {
  return {
    mark,
    inForce,
    expiresMs,
    told,
    trial:
      trial === null
        ? null
        : {
            before: trial.before,
            leftMs: Math.max(0, Math.ceil(trial.leftMs - (nowMs - trial.sinceMs))),
            known: [...trial.known],
          },
  };
}

/**
 * @param kept of the last run; null: of a channel that has none
 * @param nowMs monotonic, of this run
 * @returns the channel as it goes on; what was being staged comes again from the broker
 */
export function resumedChannel(kept: KeptChannel, nowMs: number): ChannelState {
  const { mark, inForce, expiresMs, told, trial } = kept;
  return {
    mark,
    inForce,
    expiresMs,
    told,
    isStale: false,
    isLost: false,
    staged: null,
    waiting: null,
    trial:
      trial === null
        ? null
        : {
            before: trial.before,
            leftMs: trial.leftMs,
            sinceMs: nowMs,
            known: new Set(trial.known),
            fresh: new Map(),
          },
  };
}

/** Takes a text; returns what it keeps, or null where it is none. Never throws. */
export function parseKept(text: string): KeptChannel | null {
  const json = parseStrictJsonBytes(Buffer.from(text, 'utf8'), keptBytesMax);
  if (!json.ok) return null;
  const reader = new ListReader();
  const members = reader.object(json.value, '', ['mark', 'inForce', 'expiresMs', 'trial', 'told']);
  if (members === null) return null;
  const read = <T>(name: string, parse: (value: unknown, place: string) => T): T | null =>
    members.read(name, (value, place) => (value === null ? null : parse(value, place)));
  const kept: KeptChannel = {
    mark: read('mark', (value, place) => readMark(reader, value, place)),
    inForce: read('inForce', (value, place) => readMark(reader, value, place)),
    expiresMs: read('expiresMs', (value, place) => readInteger(reader, value, place)),
    trial: read('trial', (value, place) => readTrial(reader, value, place)),
    told: read('told', (value, place) => readTold(reader, value, place)),
  };
  return reader.problems.length > 0 ? null : kept;
}

/** Takes two marks; returns the higher one. */
export function higher(one: Mark | null, other: Mark | null): Mark | null {
  if (one === null || other === null) return one ?? other;
  return other.seq > one.seq ? other : one;
}

/** Takes a value of JSON; returns the mark in it, or null: the reader has the problem. */
export function readMark(reader: ListReader, value: unknown, place: string): Mark | null {
  const members = reader.object(value, place, ['seq', 'sha256']);
  if (members === null) return null;
  const seq = members.read('seq', (item, at) => readInteger(reader, item, at));
  const sha256 = members.read('sha256', (item, at) => reader.hex(item, at, hashBytes));
  if (seq === null || sha256 === null || seq < 1 || seq > stepLimits.seqMax) return null;
  return { seq, sha256 };
}

/** Takes a text; returns hex SHA-256: a turned bit is to be seen, an enemy on the disk is not. */
export function sumOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function readTrial(reader: ListReader, value: unknown, place: string): KeptChannel['trial'] {
  const members = reader.object(value, place, ['before', 'leftMs', 'known']);
  if (members === null) return null;
  return {
    before: members.read('before', (item, at) =>
      item === null ? null : readMark(reader, item, at),
    ),
    leftMs: numberOf(reader, members, 'leftMs'),
    known: members.list('known', (item, at) => reader.oneOf(item, at, faults)),
  };
}

function readTold(reader: ListReader, value: unknown, place: string): KeptChannel['told'] {
  const members = reader.object(value, place, ['mark', 'phase', 'code']);
  const mark = members?.read('mark', (item, at) => readMark(reader, item, at)) ?? null;
  const phase = members?.read('phase', (item, at) => reader.oneOf(item, at, phases)) ?? null;
  const code = members?.read('code', (item) => (typeof item === 'string' ? item : '')) ?? '';
  return mark === null || phase === null ? null : { mark, phase, code };
}

function numberOf(reader: ListReader, members: Members, name: string): number {
  return members.read(name, (item, at) => readInteger(reader, item, at)) ?? 0;
}

function readInteger(reader: ListReader, value: unknown, place: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  reader.fail(place, 'must be a whole number');
  return 0;
}
