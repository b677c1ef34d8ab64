/**
 * Messages of steps on the way to their channels: those whose topics name a number are offered in its order, and
 * what may have come before the trust step that names its admins waits for it. Judges nothing by itself:
 * `step-channels.ts` does.
 */
import {
  type ChannelEffect,
  type ChannelState,
  type ChannelsState,
  channelOf,
  type Facts,
} from '../signed/channel-state.js';
import type { Channel } from '../signed/config-step.js';
import { stepChannels } from '../signed/step-channels.js';
import { isBySigner, type Place } from './desired.js';
import { type Offered, orderedInbox, type Parked } from './ordered-inbox.js';

export const arrivalLimits = {
  /** a message of nobody known waits so long for a trust step that names its admins */
  parkedMs: 10_000,
} as const;

export interface ArrivalsOptions {
  state(): ChannelsState;
  /** whose signatures count now */
  trust(): Facts['trust'];
  facts(): Facts;
  /** What has become of the channels by a message is so from now on. */
  take(next: ChannelsState, effects: readonly ChannelEffect[], isRetained: boolean): void;
  /** What stands at the broker for this channel is to come once more. */
  askAgain(channel: Channel): void;
}

export interface Arrivals {
  /** @returns `refused` where the message, or one that has waited for it, was */
  message(place: Place, message: Parked): 'taken' | 'refused';
  /** Nothing of this channel is under way any more: the next one may come. */
  settled(channel: Channel): void;
}

/** Nothing waits at the start: what stands at the broker comes with each connection. */
export function startArrivals(options: ArrivalsOptions): Arrivals {
  const { state, take } = options;
  /** by what each message that came too early was judged: by the same it is too early still */
  const early = new WeakMap<
    Parked,
    { readonly own: ChannelState; readonly trust: Facts['trust'] }
  >();
  /** messages of admins whom this gate may get to know */
  const parked = new Map<Channel, Parked>();
  const inboxes = new Map<Channel, ReturnType<typeof orderedInbox>>([
    ['trust', orderedInbox()],
    ['revocation', orderedInbox()],
  ]);
  let wasRefused = false;

  const reached = (channel: Channel): number => {
    const own = channelOf(state(), channel);
    return (own.isLost ? own.inForce?.seq : own.mark?.seq) ?? 0;
  };
  /** Judges a message; of one that may have come before its admins' trust step nothing is said yet. */
  const offer = (channel: Channel, message: Parked, topicSeq: number | null): Offered => {
    const { bytes, isRetained, atMs } = message;
    const own = channelOf(state(), channel);
    const trust = options.trust();
    const before = early.get(message);
    if (before?.own === own && before.trust === trust) return 'later';
    if (topicSeq !== null && own.staged !== null) return 'later';
    // The list at hand is known to be an older one: it may name who is no admin any more.
    if (channel !== 'trust' && channelOf(state(), 'trust').isLost) return 'later';
    const facts = options.facts();
    const input = { type: 'arrived', channel, bytes, topicSeq } as const;
    const { state: next, effects } = stepChannels(state(), input, facts);
    const why = effects.find((it) => it.type === 'refused')?.why ?? null;
    // Before its place is found, the admins of old trust steps are nobody that this gate knows.
    const isBeginning = channel === 'trust' && own.mark === null;
    const isEarly = topicSeq !== null && (why === 'not-next' || (isBeginning && isBySigner(why)));
    // Nobody's fault: a broker hands over in whatever order what it has kept.
    if (isEarly) {
      early.set(message, { own, trust });
      return 'later';
    }
    wasRefused ||= why !== null;
    // Only a revocation can do nothing but tighten: of others too few signatures may become enough.
    const { staged } = channelOf(next, channel);
    const isFew = channel !== 'revocation' && staged?.signed === 'few';
    const isNew = facts.monotonicMs - atMs < arrivalLimits.parkedMs;
    if ((isFew || isBySigner(why)) && isNew) return 'later';
    take(next, effects, isRetained);
    return channelOf(state(), channel).staged === null ? 'done' : 'busy';
  };
  /** Takes a message of a channel whose topics name no number: the newest counts. */
  const offerNewest = (channel: Channel, message: Parked): void => {
    if (offer(channel, message, null) === 'later')
      parked.set(channel, { ...message, bytes: new Uint8Array(message.bytes) });
    else parked.delete(channel);
  };
  const drain = (channel: Channel): void => {
    const again = inboxes.get(channel)?.drain(
      (seq, message) => offer(channel, message, seq),
      () => reached(channel),
    );
    if (again === true) options.askAgain(channel);
  };

  return {
    message({ channel, seq }, message) {
      wasRefused = false;
      if (seq === null) offerNewest(channel, message);
      else {
        inboxes.get(channel)?.put(seq, message, reached(channel));
        drain(channel);
      }
      return wasRefused ? 'refused' : 'taken';
    },
    settled(channel) {
      drain(channel);
      const message = parked.get(channel);
      if (message !== undefined) offerNewest(channel, message);
    },
  };
}
