/** What a gate knows of its channels of configuration, and what can happen to them. Types, and the beginning. */
import type { StepPhase } from '../../../config/vocabulary.js';
import type { BlobName, Channel, ConfigStep } from './config-step.js';
import { channels } from './config-step.js';
import type { Mark, StepContext, StepRefusal } from './judge-step.js';

/** As on `cfg/reported` (`interfaces.md` section 3). */
export type Phase = StepPhase;

/** Faults that a step can cause; others are nobody's reason to go back. */
export const causable = {
  policy: ['invariant', 'restart-failed', 'nobody-admitted'],
  device: ['invariant', 'restart-failed', 'device-lost', 'broker-lost'],
} as const;
export type CausableFault = (typeof causable)['policy' | 'device'][number];

/** What a step of `device` may set of its own: its sessions, and the link to the broker. */
export type SettingPart = (typeof settableDevices)[number] | 'broker';
export const settableDevices = ['scanner', 'thermometer', 'id-card-reader'] as const;
export const deviceDoubts = ['degraded', 'lost'] as const;

/**
 * A fault as it is seen, `device-lost` by device and degree: one that was there before hides neither another
 * device's nor its own getting worse.
 */
export type SeenFault =
  | CausableFault
  | `${(typeof settableDevices)[number]} ${(typeof deviceDoubts)[number]}`;
export const seenDeviceFaults: readonly SeenFault[] = settableDevices.flatMap((device) =>
  deviceDoubts.map((doubt) => `${device} ${doubt}` as const),
);

export interface Trial {
  /** goes back to it; null: to what came with the enrolment */
  readonly before: Mark | null;
  /** of the probation, as far as it was counted */
  readonly leftMs: number;
  /** monotonic; it is counted on from there */
  readonly sinceMs: number;
  /** faults that were there before: they prove nothing */
  readonly known: ReadonlySet<SeenFault>;
  /** those that came since, and when */
  readonly fresh: ReadonlyMap<SeenFault, number>;
}

export interface Staged {
  readonly mark: Mark;
  readonly step: ConfigStep;
  readonly signed: 'all' | 'few';
  /** monotonic: given up when what it needs has not come by then */
  readonly deadlineMs: number;
  readonly stage: 'fetching' | 'testing' | 'committing';
  /** while a transaction is under way: what will be so when it is done */
  readonly after: ChannelState | null;
}

export interface ChannelState {
  /** the highest step ever accepted: never goes back */
  readonly mark: Mark | null;
  /** the step that the gate goes by; null: what came with the enrolment */
  readonly inForce: Mark | null;
  /** when what is in force is stale; null: never */
  readonly expiresMs: number | null;
  readonly isStale: boolean;
  /** what was accepted is not on the disk any more; until what leads to the mark has come again */
  readonly isLost: boolean;
  readonly staged: Staged | null;
  readonly trial: Trial | null;
  /** a step that waits for another channel */
  readonly waiting: { readonly bytes: Uint8Array; readonly topicSeq: number | null } | null;
  readonly told: { readonly mark: Mark; readonly phase: Phase; readonly code: string } | null;
}

export interface ChannelsState {
  readonly byChannel: ReadonlyMap<Channel, ChannelState>;
  readonly faults: ReadonlySet<SeenFault>;
}

export type ChannelInput =
  /** a retained or fresh message of `cfg/desired/<channel>` */
  | {
      readonly type: 'arrived';
      readonly channel: Channel;
      readonly bytes: Uint8Array;
      /** of topics that name it */
      readonly topicSeq?: number | null;
    }
  /** its blobs are there; whether they are what was named is seen when they are tested */
  | { readonly type: 'fetched'; readonly channel: Channel; readonly sha256: string }
  /** its body was read and led to the decisions that it promises, or not */
  | {
      readonly type: 'tested';
      readonly channel: Channel;
      readonly sha256: string;
      readonly ok: boolean;
      readonly code: string;
      readonly tightens: boolean;
      /** the gate reaches its broker otherwise by it than before it, or before what is on trial */
      readonly relinks?: boolean;
    }
  /** one transaction has it, or the disk has failed */
  | {
      readonly type: 'committed';
      readonly channel: Channel;
      readonly sha256: string;
      readonly ok: boolean;
      /** why not, where it is not the disk’s doing */
      readonly code?: string;
    }
  | { readonly type: 'fault'; readonly fault: SeenFault; readonly on: boolean }
  | { readonly type: 'tick' };

export type ChannelEffect =
  | {
      readonly type: 'fetch';
      readonly channel: Channel;
      readonly sha256: string;
      readonly blobs: readonly BlobName[];
    }
  | {
      readonly type: 'test';
      readonly channel: Channel;
      readonly sha256: string;
      readonly step: ConfigStep;
    }
  /**
   * Kept in one transaction with its record: mark, what is in force, and the trial. `apply`: what is in
   * force is another than before; an attempt in progress ends under what it began with
   */
  | {
      readonly type: 'commit';
      readonly channel: Channel;
      readonly sha256: string;
      readonly after: ChannelState;
    }
  | { readonly type: 'apply'; readonly channel: Channel; readonly inForce: Mark | null }
  | {
      readonly type: 'report';
      readonly channel: Channel;
      readonly mark: Mark;
      readonly phase: Phase;
      readonly code: string;
    }
  /** a message that was not taken: of which nothing is reported but the reason */
  | {
      readonly type: 'refused';
      readonly channel: Channel;
      readonly why: StepRefusal;
      readonly detail: string;
      readonly isAlarm: boolean;
    }
  | { readonly type: 'stale'; readonly channel: Channel; readonly on: boolean };

/** What of a gate the channels are judged by, beside their own state. */
export type Facts = Omit<StepContext, 'channel' | 'marks' | 'lost' | 'topicSeq'> & {
  readonly monotonicMs: number;
  /** what the step of `device` on trial has set otherwise than it was before; all of it, where it is left out */
  readonly touched?: ReadonlySet<SettingPart>;
  /** somebody is still at the gate under what was in force before: nothing on trial is tried yet */
  readonly isPending?: boolean;
};

const nothing: ChannelState = {
  mark: null,
  inForce: null,
  expiresMs: null,
  isStale: false,
  isLost: false,
  staged: null,
  trial: null,
  waiting: null,
  told: null,
};

/** @returns a gate just enrolled */
export const noChannels: ChannelsState = {
  byChannel: new Map(channels.map((channel) => [channel, nothing])),
  faults: new Set(),
};

/** Takes the state; returns a channel's own. */
export function channelOf({ byChannel }: ChannelsState, channel: Channel): ChannelState {
  return byChannel.get(channel) ?? nothing;
}
