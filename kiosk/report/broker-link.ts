/**
 * One client's link to an MQTT broker, 5 or 3.1.1: the only file that knows the client library. Each
 * connection is a client of its own, so nothing waits in a store of the library's: what a connection
 * has not delivered is its user's to send again.
 */
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import { nextTryMs } from './backoff.js';

export interface BrokerOptions {
  /** mqtt://host:port or mqtts://host:port */
  readonly url: string;
  readonly protocol: 4 | 5;
  readonly clientId: string;
  readonly keepAliveSeconds: number;
  /** PEM texts; only with mqtts */
  readonly tls: {
    readonly authority: string;
    readonly certificate: string;
    readonly key: string;
  } | null;
  /** topic filters, all with QoS 1 */
  readonly filters: readonly string[];
  /** how long the broker keeps what comes while the client is away */
  readonly sessionSeconds: number;
  /** asked before each connection: what the broker says when it is lost */
  readonly will?: () => OutMessage;
}

export interface OutMessage {
  readonly topic: string;
  readonly payload: Uint8Array | string;
  readonly retain: boolean;
}

export interface InMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
}

/** What the broker allows on a connection. */
export interface Connection {
  /** whether the broker still knew this client */
  readonly sessionPresent: boolean;
  /** publishes under way at once */
  readonly receiveMaximum: number;
  readonly packetBytesMax: number;
}

export interface BrokerEvents {
  up(connection: Connection): void;
  /** Sent once after `up`, or instead of it; the next try comes by itself. */
  down(why: string): void;
  /** `taken` lets the next one come: until then the broker waits. */
  message(message: InMessage, taken: () => void): void;
}

export type PublishResult =
  | { readonly ok: true }
  /** `refused`: the broker said so (MQTT 5 only); `late`: no answer in time; `down`: the link went */
  | { readonly ok: false; readonly why: 'refused' | 'late' | 'down'; readonly code: number | null };

export interface BrokerLink {
  /** QoS 1; answered once, after the caller has returned. Without a connection: `down`. */
  publish(message: OutMessage, done: (result: PublishResult) => void): void;
  /** Ends this connection, as a network would: the next try comes by itself. */
  drop(why: string): void;
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
  /** a connection that is not there by then never will be */
  connectMs: 15_000,
  /** a broker that has not answered a publish by then is not trusted to: a new connection */
  publishMs: 20_000,
  closeMs: 1_000,
  /** the largest message of ours is 64 KiB */
  packetBytesMax: 131_072,
  /** MQTT's own, where the broker names none */
  receiveMaximum: 65_535,
} as const;

/** Starts to connect, again and again, until closed. */
export function connectBroker(
  options: BrokerOptions,
  { clock, scheduler, chance }: LinkTools,
  events: BrokerEvents,
): BrokerLink {
  let client: MqttClient | null = null;
  let isUp = false;
  let isClosed = false;
  let failures = 0;
  let cancelTry: Cancel = () => {};
  const waiting = new Set<(result: PublishResult) => void>();
  const later = (ms: number, task: () => void): Cancel =>
    scheduler.at(clock.now().monotonicMs + ms, task);

  const start = (): void => {
    const own = connected();
    if (own === null) return;
    client = own;
    // From the first packet to the granted subscriptions: a broker may fall silent in between.
    const cancelStart = later(linkLimits.connectMs, () => {
      if (client === own && !isUp) lose(own, 'the broker does not finish the connection');
    });
    own.handleMessage = (packet, taken) => {
      const { topic, payload, retain } = packet;
      const bytes = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
      // The next one comes with the next turn of the loop: a flood must not keep everything else waiting.
      events.message({ topic, payload: bytes, retained: retain }, () => setImmediate(taken));
    };
    let lastError = '';
    own.on('error', (error) => {
      lastError = wordsOf(error);
    });
    own.on('disconnect', ({ reasonCode }) => {
      lastError = `the broker ends it: reason code ${reasonCode ?? 0}`;
    });
    own.on('connect', ({ sessionPresent, properties }) => {
      if (client !== own) return;
      subscribe(own, options.filters, (why) => {
        if (client !== own) return;
        if (why !== null) return lose(own, why);
        cancelStart();
        isUp = true;
        failures = 0;
        events.up({
          sessionPresent,
          receiveMaximum: properties?.receiveMaximum ?? linkLimits.receiveMaximum,
          packetBytesMax: properties?.maximumPacketSize ?? linkLimits.packetBytesMax,
        });
      });
    });
    own.on('close', () => lose(own, lastError || 'the connection has ended'));
  };
  /** A certificate that does not fit its key is thrown by the library: another try, another answer. */
  const connected = (): MqttClient | null => {
    try {
      return connect(options.url, clientOptions(options));
    } catch (error) {
      failures += 1;
      cancelTry = later(nextTryMs(failures, chance()), start);
      const why = error instanceof Error ? wordsOf(error) : 'cannot connect';
      queueMicrotask(() => events.down(why));
      return null;
    }
  };
  const lose = (own: MqttClient, why: string): void => {
    if (client !== own) return;
    client = null;
    own.end(true);
    const hadCome = isUp;
    isUp = false;
    failures = hadCome ? 1 : failures + 1;
    for (const answer of [...waiting]) answer({ ok: false, why: 'down', code: null });
    if (isClosed) return;
    cancelTry = later(nextTryMs(failures, chance()), start);
    events.down(why);
  };

  start();
  return {
    publish({ topic, payload, retain }, done) {
      const own = client;
      if (own === null || !isUp) return queueMicrotask(() => done(notThere));
      let cancelLate: Cancel = () => {};
      const answer = (result: PublishResult): void => {
        if (!waiting.delete(answer)) return;
        cancelLate();
        done(result);
      };
      waiting.add(answer);
      cancelLate = later(linkLimits.publishMs, () => {
        answer({ ok: false, why: 'late', code: null });
        lose(own, 'the broker does not answer a publish');
      });
      const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
      own.publish(topic, bytes, { qos: 1, retain }, (error) => {
        if (error == null) return answer({ ok: true });
        const code = 'code' in error && typeof error.code === 'number' ? error.code : null;
        answer({ ok: false, why: code === null ? 'down' : 'refused', code });
      });
    },
    drop(why) {
      if (client !== null) lose(client, why);
    },
    close() {
      isClosed = true;
      cancelTry();
      const own = client;
      if (own === null) return Promise.resolve();
      return new Promise((resolve) => {
        const cancel = later(linkLimits.closeMs, () => {
          lose(own, 'closed');
          resolve();
        });
        own.end(false, () => {
          cancel();
          lose(own, 'closed');
          resolve();
        });
      });
    },
  };
}

const notThere: PublishResult = { ok: false, why: 'down', code: null };

function clientOptions(options: BrokerOptions): IClientOptions {
  const { protocol, clientId, keepAliveSeconds, tls, sessionSeconds, will } = options;
  const last = will?.();
  return {
    protocolVersion: protocol,
    clientId,
    keepalive: keepAliveSeconds,
    // Kept by the broker while the client is away, up to the session's end.
    clean: false,
    // One client a connection: the next one is another's.
    reconnectPeriod: 0,
    connectTimeout: linkLimits.connectMs,
    resubscribe: false,
    queueQoSZero: false,
    ...(protocol === 5 && {
      properties: {
        sessionExpiryInterval: sessionSeconds,
        maximumPacketSize: linkLimits.packetBytesMax,
      },
    }),
    ...(last !== undefined && {
      will: {
        topic: last.topic,
        payload: Buffer.from(last.payload),
        qos: 1 as const,
        retain: last.retain,
      },
    }),
    ...(tls !== null && {
      ca: tls.authority,
      cert: tls.certificate,
      key: tls.key,
      minVersion: 'TLSv1.3' as const,
      rejectUnauthorized: true,
    }),
  };
}

/** @param done null: all filters are granted as far as the broker says; a denial may show only in silence */
function subscribe(
  client: MqttClient,
  filters: readonly string[],
  done: (why: string | null) => void,
): void {
  if (filters.length === 0) return done(null);
  client.subscribe([...filters], { qos: 1 }, (error) => {
    done(error == null ? null : `cannot subscribe: ${wordsOf(error)}`);
  });
}

/** For the log: the library's messages quote no payload. */
function wordsOf(error: Error): string {
  const code = 'code' in error ? ` (${String(error.code)})` : '';
  return `${error.message || error.name}${code}`;
}
