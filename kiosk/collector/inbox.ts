/**
 * From a message to what the store takes: whose it is, what it is, and in which form. Garbage is a
 * value with a code. Pure but for hashing.
 */
import { type Batch, type BatchFault, parseBatch } from '../report/batch.js';
import type { InMessage } from '../report/broker-link.js';
import { isNoticeId } from '../report/notice-ack.js';
import { type GateTopic, readGateTopic } from '../report/topics.js';
import { type GateState, parseState } from './gates.js';
import { type Notice, parseNotice } from './notices.js';
import { isInShard, type Shard } from './shard.js';

/** Why a message is not taken: counted by gate. */
export type RefusedWhy =
  | BatchFault
  /** of no gate, or nothing that a gate says */
  | 'bad-topic'
  /** not on the trust list, where only those are collected */
  | 'unknown-kiosk'
  /** the name of a collector or an admin */
  | 'no-gate'
  /** more at once than one gate may have under way */
  | 'flood'
  /** more gates than a site has */
  | 'too-many-gates'
  | 'bad-state'
  | 'bad-notice'
  | 'too-many-notices'
  | 'bad-checkpoint'
  /** it has brought a defect of this program to light */
  | 'unforeseen';

export type Input =
  | { readonly is: 'batch'; readonly kiosk: string; readonly batch: Batch }
  | {
      readonly is: 'state';
      readonly kiosk: string;
      readonly state: GateState;
      /** from the broker's memory: nobody has just said it */
      readonly retained: boolean;
    }
  | { readonly is: 'checkpoint'; readonly kiosk: string; readonly note: string }
  | {
      readonly is: 'notice';
      readonly kiosk: string;
      readonly id: string;
      /** null: cleared */
      readonly notice: Notice | null;
    }
  | Refused;

/** Messages that are not taken, for one reason. */
export interface Refused {
  readonly is: 'refused';
  /** null: of no gate, or under a name that anybody could make up */
  readonly kiosk: string | null;
  readonly why: RefusedWhy;
  readonly count: number;
}

export interface InboxOptions {
  readonly site: string;
  readonly shard: Shard;
  /** names on the trust list that are no gate's, whatever the broker lets them write */
  readonly notGates: ReadonlySet<string>;
  /** null: gates that the trust list does not name are collected too */
  readonly onlyKiosks: ReadonlySet<string> | null;
}

const noteBytesMax = 4_096;

/**
 * @returns the gate in whose queue a message waits, empty: it is no gate's; null: it is another
 *   collector's
 */
export function ownerOf(options: InboxOptions, topic: GateTopic | null): string | null {
  // Names that anybody could make up share one queue.
  if (topic === null || strangerWhy(options, topic.kiosk) !== null) return '';
  return isInShard(topic.kiosk, options.shard) ? topic.kiosk : null;
}

/** A name that anybody could make up gets no row of its own. */
const madeUp: readonly RefusedWhy[] = ['bad-topic', 'unknown-kiosk', 'no-gate', 'too-many-gates'];

/** @returns so many messages that are not taken */
export function refusal(kiosk: string | null, why: RefusedWhy, count = 1): Refused {
  return { is: 'refused', kiosk: madeUp.includes(why) ? null : kiosk, why, count };
}

/** Why nothing is taken by this name; null: it is a gate's. */
function strangerWhy({ onlyKiosks, notGates }: InboxOptions, kiosk: string): RefusedWhy | null {
  if (notGates.has(kiosk)) return 'no-gate';
  return onlyKiosks === null || onlyKiosks.has(kiosk) ? null : 'unknown-kiosk';
}

/** @returns what a message is; null: another collector's, or a topic that we write ourselves */
export function readMessage(options: InboxOptions, message: InMessage): Input | null {
  const topic = readGateTopic(options.site, message.topic);
  if (topic === null) return refusal(null, 'bad-topic');
  const { kiosk, name } = topic;
  if (!isInShard(kiosk, options.shard)) return null;
  const refused = (why: RefusedWhy): Input => refusal(kiosk, why);
  const stranger = strangerWhy(options, kiosk);
  if (stranger !== null) return refused(stranger);
  const { payload } = message;
  switch (name) {
    case 'ev': {
      const parsed = parseBatch(payload);
      return parsed.ok ? { is: 'batch', kiosk, batch: parsed.batch } : refused(parsed.why);
    }
    case 'state': {
      const state = parseState(payload);
      if (state === null) return refused('bad-state');
      return { is: 'state', kiosk, state, retained: message.retained };
    }
    case 'checkpoint': {
      if (payload.length > noteBytesMax) return refused('bad-checkpoint');
      return { is: 'checkpoint', kiosk, note: Buffer.from(payload).toString('utf8') };
    }
    // What acknowledges is a collector's own.
    case 'notice/ack':
      return null;
    default: {
      const id = /^notice\/(.*)$/.exec(name)?.[1] ?? '';
      if (!isNoticeId(id)) return refused('bad-topic');
      if (payload.length === 0) return { is: 'notice', kiosk, id, notice: null };
      const notice = parseNotice(id, payload);
      return notice === null ? refused('bad-notice') : { is: 'notice', kiosk, id, notice };
    }
  }
}
