/**
 * One connection to an MQTT broker, 5 or 3.1.1: the only file that knows the client library. Each is a
 * client of its own, so nothing waits in a store of the library's: what a connection has not
 * delivered is its user's to send again. What a broker may not do is told as a breach, and held nowhere.
 */
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Answer, OutMessage } from './publish-window.js';

export interface ClientOptions {
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
  /** how long the broker keeps what comes while the client is away; 0: nothing, nor from before */
  readonly sessionSeconds: number;
  /**
   * Messages taken in one turn of the event loop; 1 where it is not named, for a flood must not keep
   * what else a gate does waiting. A reader with queues of its own looks past a flood with more.
   */
  readonly burst?: number;
}

export interface InMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
  /** MQTT 5: whoever asks may know the answer by it */
  readonly correlation?: Uint8Array;
}

/** What the broker allows on a connection. */
export interface Connection {
  /** whether the broker still knew this client */
  readonly sessionPresent: boolean;
  /** publishes under way at once */
  readonly receiveMaximum: number;
  readonly packetBytesMax: number;
}

export interface ClientEvents {
  /** all filters are granted, as far as the broker says: a denial may show only in silence */
  ready(connection: Connection): void;
  /** `taken` lets the next one come: until then the broker waits. */
  message(message: InMessage, taken: () => void): void;
  /** the broker does what the protocol, or what we told it, forbids */
  breach(why: string): void;
  /** it cannot go on, or has ended */
  failed(why: string): void;
}

export interface Client {
  /** QoS 1 */
  publish(message: OutMessage, answer: Answer): void;
  /** QoS 1; a filter that is refused brings nothing */
  subscribe(filter: string): void;
  unsubscribe(filter: string): void;
  /** bytes that the system has taken for the network */
  sentBytes(): number;
  /** Ends it at once. */
  end(): void;
  /** Says goodbye: the will is not published. */
  leave(done: () => void): void;
}

export const clientLimits = {
  /** a connection that is not there by then never will be */
  connectMs: 15_000,
  /** the largest message of ours is 64 KiB; MQTT 5 brokers are told */
  packetBytesMax: 131_072,
  /** what of one packet is gathered at the most: MQTT 3.1.1 brokers cannot be told */
  gatheredBytesMax: 1_048_576,
  /** messages that an MQTT 5 broker may have under way to us: they are taken one by one */
  receiveMaximum: 64,
  /** MQTT's own, where the broker names none */
  brokerReceiveMaximum: 65_535,
} as const;

/** The library's errors of MQTT 5, section 4.13: protocol error, too many, bad alias, packet too large. */
const breachCodes: ReadonlySet<unknown> = new Set([130, 147, 148, 149]);

/**
 * @param options of this connection
 * @param will what the broker says when the connection is lost
 * @param events of it; told later, also after `end`
 * @returns a connection on its way
 * @throws where a certificate does not fit its key
 */
export function openClient(
  options: ClientOptions,
  will: OutMessage | undefined,
  events: ClientEvents,
): Client {
  const client = connect(options.url, libraryOptions(options, will));
  let lastError = '';
  let gatheredBytes = 0;

  let inBurst = 0;
  const goOn = (taken: () => void): void => {
    inBurst = (inBurst + 1) % (options.burst ?? 1);
    if (inBurst === 0) setImmediate(taken);
    else taken();
  };
  client.handleMessage = ({ topic, payload, retain, properties }, taken) => {
    const bytes = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
    const correlation = properties?.correlationData;
    const message = { topic, payload: bytes, retained: retain };
    events.message(correlation === undefined ? message : { ...message, correlation }, () =>
      goOn(taken),
    );
  };
  client.on('packetreceive', (packet) => {
    gatheredBytes = 0;
    // The library would keep each until the broker releases it. We have subscribed with QoS 1.
    if (packet.cmd === 'publish' && packet.qos === 2)
      events.breach('the broker publishes with QoS 2');
  });
  client.stream.on('data', (bytes: Uint8Array) => {
    gatheredBytes += bytes.length;
    if (gatheredBytes > clientLimits.gatheredBytesMax)
      events.breach('the broker sends a packet without end');
  });
  client.on('error', (error) => {
    lastError = wordsOf(error);
    if (client.connected && 'code' in error && breachCodes.has(error.code))
      events.breach(lastError);
  });
  client.on('disconnect', ({ reasonCode }) => {
    lastError = `the broker ends it: reason code ${reasonCode ?? 0}`;
  });
  client.on('connect', ({ sessionPresent, properties }) => {
    subscribe(client, options.filters, (why) => {
      if (why !== null) return events.failed(why);
      events.ready({
        sessionPresent,
        receiveMaximum: properties?.receiveMaximum ?? clientLimits.brokerReceiveMaximum,
        packetBytesMax: properties?.maximumPacketSize ?? clientLimits.packetBytesMax,
      });
    });
  });
  client.on('close', () => events.failed(lastError || 'the connection has ended'));

  return {
    publish({ topic, payload, retain, correlation }, answer) {
      const bytes =
        typeof payload === 'string'
          ? payload
          : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
      const properties =
        correlation === undefined || options.protocol === 4
          ? {}
          : { properties: { correlationData: Buffer.from(correlation) } };
      client.publish(topic, bytes, { qos: 1, retain, ...properties }, (error) => {
        if (error == null) return answer({ ok: true });
        const code = 'code' in error && typeof error.code === 'number' ? error.code : null;
        answer({ ok: false, why: code === null ? 'down' : 'refused', code });
      });
    },
    subscribe: (filter) => void client.subscribe(filter, { qos: 1 }, () => {}),
    unsubscribe: (filter) => void client.unsubscribe(filter, () => {}),
    sentBytes() {
      const { stream } = client;
      const written = 'bytesWritten' in stream ? Number(stream.bytesWritten) : 0;
      return written - stream.writableLength;
    },
    end: () => void client.end(true),
    leave: (done) => void client.end(false, () => done()),
  };
}

function libraryOptions(options: ClientOptions, will: OutMessage | undefined): IClientOptions {
  const { protocol, clientId, keepAliveSeconds, tls, sessionSeconds } = options;
  return {
    protocolVersion: protocol,
    clientId,
    keepalive: keepAliveSeconds,
    // Kept by the broker while the client is away, up to the session's end.
    clean: sessionSeconds === 0,
    // One client a connection: the next one is another's.
    reconnectPeriod: 0,
    connectTimeout: clientLimits.connectMs,
    resubscribe: false,
    queueQoSZero: false,
    ...(protocol === 5 && {
      properties: {
        sessionExpiryInterval: sessionSeconds,
        maximumPacketSize: clientLimits.packetBytesMax,
        receiveMaximum: clientLimits.receiveMaximum,
      },
    }),
    ...(will !== undefined && {
      will: {
        topic: will.topic,
        payload: Buffer.from(will.payload),
        qos: 1 as const,
        retain: will.retain,
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

/** @param done null: all filters are granted as far as the broker says */
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

/**
 * @param error of the library, whose messages quote no payload
 * @returns words for the log
 */
export function wordsOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  const words = error.message || error.name;
  return code === '' || words.includes(code) ? words : `${words} (${code})`;
}
