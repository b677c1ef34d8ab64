/**
 * At the start: what the enrolment has given, and over it what was accepted since. What is not on the
 * disk any more, or cannot be read, is lost: the gate goes by the enrolment's, tells of it, and takes
 * anew what leads to the highest step that it has ever accepted.
 */
import type { BootReason } from '../../../config/vocabulary.js';
import { higher, type KeptChannel, resumedChannel } from '../kept/kept-channel.js';
import { marksPath, readMarks } from '../kept/marks-file.js';
import {
  keptChannels,
  openSettingsStore,
  readSettingsStore,
  type SettingsStore,
} from '../kept/store.js';
import { type ChannelState, type ChannelsState, noChannels } from '../signed/channel-state.js';
import { type Channel, channels } from '../signed/config-step.js';
import type { Mark } from '../signed/judge-step.js';
import { type Change, type Contents, readBodies } from './contents.js';

export interface LoadedSettings {
  readonly state: ChannelsState;
  /** what the gate goes by */
  readonly contents: Contents;
  /** of channels on trial: what they go back to */
  readonly before: ReadonlyMap<Channel, Change>;
  readonly marks: ReadonlyMap<Channel, Mark>;
  /** channels that were taken back at this start */
  readonly reverted: readonly Channel[];
}

/** How the last run ended, where that can be a step's doing; the power and a person are not. */
const badEnds: Partial<Record<BootReason, 'invariant' | 'restart-failed'>> = {
  invariant: 'invariant',
  fault: 'restart-failed',
};

/**
 * @param folder the state directory
 * @param enrolled what the enrolment has given
 * @param lastEnd how the last run ended
 * @param nowMs monotonic
 * @throws where the disk gives no database at all
 */
export function loadSettings(
  folder: string,
  enrolled: Contents,
  lastEnd: BootReason | null,
  nowMs: number,
): LoadedSettings {
  const store = openSettingsStore(folder);
  try {
    return loadFrom(store, readMarks(marksPath(folder)), enrolled, lastEnd, nowMs);
  } finally {
    store.close();
  }
}

/**
 * For whoever only looks, beside a gate that may run: nothing is written.
 *
 * @param folder the state directory
 * @param enrolled what the enrolment has given
 * @returns what a start now would go by; null: this gate has accepted nothing yet
 * @throws SQLite's error where what was accepted cannot be read
 */
export function lookAtSettings(folder: string, enrolled: Contents): LoadedSettings | null {
  const marks = readMarks(marksPath(folder));
  const store = readSettingsStore(folder);
  if (store === null)
    return marks.size === 0 ? null : loadFrom(nothingKept, marks, enrolled, null, 0);
  try {
    return loadFrom(store, marks, enrolled, null, 0);
  } finally {
    store.close();
  }
}

const nothingKept: SettingsStore = {
  channel: () => null,
  bodies: () => null,
  keep() {},
  close() {},
};

function loadFrom(
  store: SettingsStore,
  second: ReadonlyMap<Channel, Mark>,
  enrolled: Contents,
  lastEnd: BootReason | null,
  nowMs: number,
): LoadedSettings {
  const kept = keptChannels(store);
  const byChannel = new Map<Channel, ChannelState>();
  const before = new Map<Channel, Change>();
  const marks = new Map<Channel, Mark>();
  const reverted: Channel[] = [];
  let contents = enrolled;
  for (const channel of channels) {
    const own = kept.get(channel) ?? null;
    const mark = higher(own?.mark ?? null, second.get(channel) ?? null);
    if (mark !== null) marks.set(channel, mark);
    if (own === null) {
      if (mark !== null) byChannel.set(channel, { ...lostState(channel), mark });
      continue;
    }
    const code = lastEnd === null ? undefined : badEnds[lastEnd];
    const isGuilty = code !== undefined && own.trial !== null && !own.trial.known.includes(code);
    const now = isGuilty ? takenBack(own, code) : own;
    if (isGuilty) {
      store.keep(channel, now, null);
      reverted.push(channel);
    }
    const change = changeOf(store, channel, now.inForce, enrolled);
    const isLost = change === null || mark?.sha256 !== now.mark?.sha256;
    const resumed = resumedChannel(now, nowMs);
    byChannel.set(
      channel,
      change === null
        ? { ...lostState(channel), mark, told: now.told }
        : { ...resumed, mark, isLost },
    );
    if (change !== null) contents = { ...contents, ...change };
    if (now.trial === null || change === null) continue;
    const back = changeOf(store, channel, now.trial.before, enrolled);
    before.set(channel, back ?? partOf(channel, enrolled));
  }
  const all = new Map(noChannels.byChannel);
  for (const [channel, own] of byChannel) all.set(channel, own);
  return { state: { byChannel: all, faults: new Set() }, contents, before, marks, reverted };
}

function takenBack(own: KeptChannel, code: string): KeptChannel {
  const told =
    own.inForce === null ? own.told : { mark: own.inForce, phase: 'reverted' as const, code };
  const before = own.trial?.before ?? null;
  return { ...own, inForce: before, expiresMs: null, trial: null, told };
}

function lostState(channel: Channel): ChannelState {
  const fresh = noChannels.byChannel.get(channel);
  if (fresh === undefined) throw new Error(`no channel ${channel}`);
  return { ...fresh, isLost: true };
}

/** @returns what a step changes, or what the enrolment has given in its place; null: it is not there any more */
function changeOf(
  store: SettingsStore,
  channel: Channel,
  mark: Mark | null,
  enrolled: Contents,
): Change | null {
  if (mark === null) return partOf(channel, enrolled);
  const bodies = store.bodies(channel, mark.sha256);
  return bodies === null ? null : readBodies(channel, bodies, enrolled.config);
}

/** Takes a channel; returns its part of what a gate goes by. */
export function partOf(channel: Channel, { trust, policy, revocations, config }: Contents): Change {
  switch (channel) {
    case 'trust':
      return { trust };
    case 'policy':
      return { policy };
    case 'revocation':
      return { revocations };
    case 'device':
      return { config };
  }
}
