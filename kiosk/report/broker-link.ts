/**
 * A link to an MQTT broker: one connection after the other, until closed. What is published goes
 * through one window; who does not answer, or does what it may not, loses the connection.
 */
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import { nextTryMs } from './backoff.js';
import {
  type Client,
  type ClientOptions,
  type Connection,
  clientLimits,
  type InMessage,
  openClient,
  wordsOf,
} from './mqtt-client.js';
import {
  type Answer,
  type OutMessage,
  type PublishResult,
  type PublishWindow,
  publishWindow,
  windowLimits,
} from './publish-window.js';

export type { Connection, InMessage } from './mqtt-client.js';
export type { OutMessage, PublishResult } from './publish-window.js';

export interface BrokerOptions extends ClientOptions {
  /** asked before each connection: what the broker says when it is lost */
  readonly will?: () => OutMessage;
}

export interface BrokerEvents {
  up(connection: Connection): void;
  /**
   * Sent once after `up`, or instead of it; the next try comes by itself.
   *
   * @param isBreach the broker has done what it may not
   */
  down(why: string, isBreach?: boolean): void;
  /** `taken` lets the next one come: until then the broker waits. Some may come before `up`. */
  message(message: InMessage, taken: () => void): void;
}

export interface BrokerLink {
  /**
   * QoS 1, within the window; answered once, after the caller has returned. Without a connection: `down`.
   */
  publish(message: OutMessage, done: Answer): void;
  /** Asks for more topics on this connection; without one it asks for nothing. */
  subscribe(filter: string): void;
  unsubscribe(filter: string): void;
  /**
   * Ends this connection, as a network would: the next try comes by itself.
   *
   * @param isBreach the broker has done what it may not: each next try waits longer
   */
  drop(why: string, isBreach?: boolean): void;
  /** Says goodbye, or leaves after a second; the will is not published. */
  close(): Promise<void>;
}

export interface LinkTools {
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Scheduler;
  /** from 0 to 1, evenly: spreads the tries */
  readonly chance: () => number;
}

export const linkLimits = {
  /** a broker that for so long answers no publish, nor takes a byte of one: a new connection */
  publishMs: 20_000,
  /** how often that is looked at */
  lookMs: 5_000,
  closeMs: 1_000,
} as const;

/** Starts to connect, again and again, until closed. */
export function connectBroker(
  options: BrokerOptions,
  { clock, scheduler, chance }: LinkTools,
  events: BrokerEvents,
): BrokerLink {
  let client: Client | null = null;
  /** there while the connection is up */
  let window: PublishWindow | null = null;
  let isClosed = false;
  /** in a row; a connection that came clears those before it, unless it ended by a breach */
  let failures = 0;
  let progressMs = 0;
  let sentBytes = 0;
  let cancelTry: Cancel = () => {};
  let cancelLook: Cancel | null = null;
  const nowMs = (): number => clock.now().monotonicMs;
  const later = (ms: number, task: () => void): Cancel => scheduler.at(nowMs() + ms, task);
  const tryLater = (): void => {
    cancelTry = later(nextTryMs(failures, chance()), start);
  };

  const start = (): void => {
    let own: Client | null = null;
    const isOwn = (): boolean => own !== null && client === own;
    // From the first packet to the granted subscriptions: a broker may fall silent in between.
    const cancelStart = later(clientLimits.connectMs, () => {
      if (isOwn() && window === null) lose('the broker does not finish the connection');
    });
    try {
      own = openClient(options, options.will?.(), {
        ready(connection) {
          if (!isOwn()) return;
          cancelStart();
          window = windowOf(connection);
          events.up(connection);
        },
        message(message, taken) {
          // What a lost connection has left is not taken: the broker keeps it for the next one.
          if (isOwn()) events.message(message, taken);
        },
        breach(why) {
          if (isOwn()) lose(why, true);
        },
        failed(why) {
          cancelStart();
          if (isOwn()) lose(why);
        },
      });
      client = own;
    } catch (error) {
      // A certificate that does not fit its key is thrown by the library: another try, another answer.
      cancelStart();
      failures += 1;
      tryLater();
      const why = error instanceof Error ? wordsOf(error) : 'cannot connect';
      queueMicrotask(() => events.down(why));
    }
  };
  const windowOf = ({ receiveMaximum }: Connection): PublishWindow =>
    publishWindow(Math.min(windowLimits.sizeMax, receiveMaximum), (message, answer) => {
      watch();
      client?.publish(message, (result) => {
        progressMs = nowMs();
        answer(result);
      });
    });
  const lose = (why: string, isBreach = false, result: PublishResult = linkDown): void => {
    const own = client;
    const hadCome = window;
    client = null;
    window = null;
    cancelLook?.();
    cancelLook = null;
    own?.end();
    failures = hadCome !== null && !isBreach ? 1 : failures + 1;
    hadCome?.close(result);
    if (isClosed) return;
    tryLater();
    events.down(why, isBreach);
  };

  /** While something is under way: is anybody there? */
  const watch = (): void => {
    if (window === null || window.underWay() <= 1) progressMs = nowMs();
    if (cancelLook !== null) return;
    sentBytes = client?.sentBytes() ?? 0;
    cancelLook = later(linkLimits.lookMs, look);
  };
  const look = (): void => {
    cancelLook = null;
    if (client === null || window === null || window.underWay() === 0) return;
    const sent = client.sentBytes();
    // A slow line is no dead one.
    if (sent > sentBytes) progressMs = nowMs();
    sentBytes = sent;
    if (nowMs() - progressMs >= linkLimits.publishMs)
      return lose('the broker does not answer a publish', false, tooLate);
    cancelLook = later(linkLimits.lookMs, look);
  };

  start();
  return {
    publish(message, done) {
      if (window === null) return queueMicrotask(() => done(linkDown));
      window.push(message, done);
    },
    subscribe: (filter) => client?.subscribe(filter),
    unsubscribe: (filter) => client?.unsubscribe(filter),
    drop(why, isBreach = false) {
      if (client !== null) lose(why, isBreach);
    },
    close() {
      isClosed = true;
      cancelTry();
      const own = client;
      if (own === null) return Promise.resolve();
      return new Promise((resolve) => {
        const end = (): void => {
          cancel();
          if (client === own) lose('closed');
          resolve();
        };
        const cancel = later(linkLimits.closeMs, end);
        // What is first, a last word, still goes out.
        if (window === null) own.leave(end);
        else window.finish(() => own.leave(end));
      });
    },
  };
}

const linkDown: PublishResult = { ok: false, why: 'down', code: null };
const tooLate: PublishResult = { ok: false, why: 'late', code: null };
