/**
 * Reports of one gate to its broker: joins the link with the drain of records, the receipts that let
 * it forget, notices, checkpoints and the retained state. Nothing here touches the lane: a broker
 * that refuses, stalls, forgets or lies changes nothing at the gate.
 */
import type { Logger } from 'pino';
import type { PrivateKey, PublicKey } from '../../config/crypto/ed25519-key.js';
import type { ReportFault } from '../../config/vocabulary.js';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import type { Head } from '../journal/chain.js';
import type { OutboxPort, Reported } from '../journal/outbox-port.js';
import type {
  BrokerEvents,
  BrokerLink,
  Connection,
  InMessage,
  OutMessage,
  PublishResult,
} from './broker-link.js';
import { startCheckpoints } from './checkpoints.js';
import { startDrain } from './drain.js';
import type { GuestLine, LinkGuest } from './link-guest.js';
import { startNoticer } from './noticer.js';
import { startReceipts } from './receipts.js';
import { renewedLink } from './renewed-link.js';
import { type StateFacts, stateMessage } from './state-message.js';
import { countStrikes } from './strikes.js';
import { gateTopics, type Names } from './topics.js';

export const reporterLimits = {
  /** between two `state` messages whose news can wait: head and backlog */
  stateMs: 30_000,
  /** between two whose news cannot: devices, clock, configuration */
  changeMs: 1_000,
  /** before a link is left for another: what its gate is saying still goes out */
  leaveMs: 500,
  /** between two lines and alarms about receipts that are refused */
  refusedMs: 10_000,
  /** tokens of a connection, in bytes */
  sessionBytes: 8,
} as const;

/** What of the state comes from the gate. */
export type GateFacts = Pick<
  StateFacts,
  'wallMs' | 'clock' | 'devices' | 'config' | 'timeChallenge' | 'certificateUntilMs'
>;

export interface ReporterOptions {
  readonly names: Names;
  readonly bootId: string;
  readonly version: string;
  readonly journal: string;
  readonly head: Head;
  readonly outbox: OutboxPort;
  readonly reported: Reported;
  /** looked up anew each time: the trust list changes while the gate runs */
  readonly collectors: readonly { readonly name: string; readonly key: PublicKey }[];
  readonly deviceKey: PrivateKey;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: (byteCount: number) => Uint8Array;
  readonly log: Logger;
  facts(): GateFacts;
  maskOf(bootId: string, attempt: number): string | null;
  /** true: it is so; false: it is over */
  fault(fault: ReportFault, on: boolean): void;
  /** who else uses the link: configuration and commands */
  readonly guests?: readonly LinkGuest[];
  connect(link: LinkWishes, events: BrokerEvents): BrokerLink;
}

/** What the reporter asks of its link; the rest is the configuration's. */
export interface LinkWishes {
  readonly filters: readonly string[];
  will(): OutMessage;
}

export interface ReporterFigures {
  readonly isConnected: boolean;
  readonly backlog: number;
  readonly released: number;
  readonly openNotices: number;
  readonly connections: number;
  /** messages by their kind: `taken`, `refused`, `receipt-refused` … */
  readonly counts: ReadonlyMap<string, number>;
}

export interface Reporter {
  /** The journal has committed up to here. */
  committed(head: Head): void;
  /** A step was taken: devices or clock may have changed. */
  stepped(): void;
  figures(): ReporterFigures;
  /** The link's settings are others: it is left, and made anew. What is to be reported waits meanwhile. */
  relink(): void;
  /** Says that it goes, and closes the link: a second at most. */
  stop(): Promise<void>;
}

/** Starts to report; connects at once and again and again. */
export function startReporter(options: ReporterOptions): Reporter {
  const { names, journal, clock, scheduler, log, outbox, reported, guests = [] } = options;
  const topics = gateTopics(names);
  const counts = new Map<string, number>();
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  let head = options.head;
  let released = reported.released?.seq ?? 0;
  let isUp = false;
  let connections = 0;
  let refusedMs = Number.NEGATIVE_INFINITY;
  let session = '';
  let told = '';
  let toldMs = Number.NEGATIVE_INFINITY;
  let cancelState: Cancel | null = null;
  let cancelRelink: Cancel = () => {};
  const tools = { clock, scheduler };

  const publish = (message: OutMessage, done: (result: PublishResult) => void): void =>
    link.publish(message, (result) => {
      count(result.ok ? 'publish/taken' : `publish/${result.why}`);
      done(result);
    });
  const strikes = countStrikes();
  const strike = (): void => {
    if (strikes.add(clock.now().monotonicMs))
      link.drop('too many messages that are nobody’s to send', true);
  };
  const say = (message: OutMessage): void => {
    if (isUp) publish(message, () => {});
  };
  const drain = startDrain({
    ...tools,
    journal,
    outbox,
    topic: topics.events,
    released: reported.released,
    publish,
    refused(code) {
      if (code !== null) log.error({ code }, 'the broker refuses records');
      options.fault('reports-refused', code !== null);
    },
  });
  const noticer = startNoticer({
    journal,
    outbox,
    reported,
    wallMs: () => options.facts().wallMs,
    topicOf: topics.notice,
    maskOf: options.maskOf,
    publish,
  });
  const receipts = startReceipts({
    ...tools,
    names,
    journal,
    outbox,
    get collectors() {
      return options.collectors;
    },
    received(seq) {
      released = Math.max(released, seq);
      drain.received(seq);
      if (drain.backlog() === 0) stateSoon();
    },
    witnessed(line, collector) {
      count('receipt/witnessed');
      checkpoints.witnessed(line, collector);
    },
    noticeSeen: noticer.acknowledged,
    refused(why) {
      count(`receipt/${why}`);
      strike();
      // Whoever floods is told of once in a while; the count has them all.
      const { monotonicMs } = clock.now();
      if (monotonicMs - refusedMs < reporterLimits.refusedMs) return;
      refusedMs = monotonicMs;
      log.warn({ why }, 'a receipt is refused');
      options.fault('receipt-refused', true);
    },
  });
  const checkpoints = startCheckpoints({
    ...tools,
    key: options.deviceKey,
    origin: `${topics.base}/${journal}`,
    topic: topics.checkpoint,
    get collectors() {
      return options.collectors;
    },
    publish: say,
    // A disk that fails has somebody to tell of it, and the next head is signed again.
    keep: (kept) => void outbox.keepCheckpoint(kept),
  });

  const guestLine: GuestLine = {
    publish,
    subscribe: (filter) => link.subscribe(filter),
    unsubscribe: (filter) => link.unsubscribe(filter),
  };
  const stateOf = (online: boolean): OutMessage => {
    const { bootId, version } = options;
    const facts = { ...options.facts(), bootId, version, journal, session, head };
    const payload = stateMessage({ ...facts, backlog: drain.backlog() }, online);
    return { topic: topics.state, payload, retain: true, isFirst: true };
  };
  /** What cannot wait: a change of it is told within a second. */
  const newsOf = ({ clock: trust, devices, config, timeChallenge }: GateFacts): string =>
    JSON.stringify([trust, devices, config, timeChallenge]);
  const tellState = (): void => {
    cancelState?.();
    cancelState = scheduler.at(clock.now().monotonicMs + reporterLimits.stateMs, tellState);
    if (!isUp) return;
    toldMs = clock.now().monotonicMs;
    told = newsOf(options.facts());
    say(stateOf(true));
  };
  const stateSoon = (): void => {
    cancelState?.();
    cancelState = scheduler.at(toldMs + reporterLimits.changeMs, tellState);
  };

  const up = (connection: Connection): void => {
    connections += 1;
    isUp = true;
    log.info({ sessionPresent: connection.sessionPresent }, 'connected to the broker');
    tellState();
    noticer.up();
    checkpoints.up();
    drain.up(connection);
    for (const guest of guests) guest.up(guestLine);
  };
  const message = (arrived: InMessage): void => {
    const { topic, payload, retained } = arrived;
    if (topic === topics.receipt) return receipts.receipt(payload, retained);
    if (topic === topics.noticeAck) return receipts.noticeAck(payload, retained);
    const noticePrefix = topics.notice('');
    const isOurs =
      topic.startsWith(noticePrefix) && noticer.standing(topic.slice(noticePrefix.length), arrived);
    if (isOurs) return;
    for (const guest of guests) {
      const taken = guest.message(arrived);
      if (taken === 'refused') {
        count('message/refused');
        strike();
      }
      if (taken !== 'unasked') return;
    }
    count('message/unasked');
    strike();
  };
  const wishes: LinkWishes = {
    filters: [topics.receipt, topics.notice('+'), ...guests.flatMap(({ filters }) => filters)],
    will() {
      session = Buffer.from(options.random(reporterLimits.sessionBytes)).toString('hex');
      return stateOf(false);
    },
  };
  const link = renewedLink((events) => options.connect(wishes, events), {
    up,
    down(why, isBreach = false) {
      if (isBreach) {
        log.error({ why }, 'the broker misbehaves');
        options.fault('broker-breach', true);
      } else if (isUp) log.warn({ why }, 'the broker is lost');
      else count('connection/failed');
      isUp = false;
      noticer.down();
      drain.down();
      for (const guest of guests) guest.down();
    },
    message(arrived, taken) {
      message(arrived);
      taken();
    },
  });
  noticer.head(head.seq);
  drain.head(head.seq);
  checkpoints.head(head);

  return {
    committed(next) {
      head = next;
      drain.head(next.seq);
      noticer.head(next.seq);
      checkpoints.head(next);
    },
    stepped() {
      if (isUp && newsOf(options.facts()) !== told) stateSoon();
    },
    figures: () => ({
      isConnected: isUp,
      backlog: drain.backlog(),
      released,
      openNotices: noticer.open(),
      connections,
      counts,
    }),
    relink() {
      cancelRelink();
      cancelRelink = scheduler.at(clock.now().monotonicMs + reporterLimits.leaveMs, () => {
        say(stateOf(false));
        link.renew('its settings are others');
      });
    },
    async stop() {
      cancelState?.();
      cancelRelink();
      receipts.stop();
      checkpoints.stop();
      drain.stop();
      say(stateOf(false));
      await link.close();
    },
  };
}
