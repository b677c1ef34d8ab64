/**
 * The broker, step by step: the name and the port, TLS with the gate's certificate, and a CONNECT that
 * is accepted. It joins the gate's own session and takes nothing out of it.
 */
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { isSecureBroker, keepAliveSecondsRange } from '../../config/kiosk-config.js';
import type { MqttFiles } from '../../config/mqtt-files.js';
import type { Clock, Scheduler } from '../../hardware/ports.js';
import { sessionSeconds } from '../daemon/reports.js';
import { openClient, wordsOf } from '../report/mqtt-client.js';
import { type Finding, failed, ok } from './finding.js';
import type { RunningGate } from './running-gate.js';

export interface BrokerOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly config: Pick<KioskConfig, 'site' | 'kiosk' | 'mqtt'>;
  /** null where the gate does not report */
  readonly files: MqttFiles | null;
  readonly running: RunningGate | null;
}

/** A broker of a site answers within this, or a gate's reports wait. */
const answerMsMax = 5_000;

/** @returns the first step that fails, or one finding that all went well; none where nothing is reported */
export async function checkBroker(options: BrokerOptions): Promise<readonly Finding[]> {
  const { config, files, running } = options;
  const { mqtt } = config;
  if (mqtt === undefined || files === null) return [];
  if (running !== null)
    return [
      running.isConnected === true
        ? ok('broker', `in use by the gate, which is connected to ${mqtt.broker}`)
        : failed(
            'broker',
            `the gate is not connected to ${mqtt.broker}`,
            'the log says why: journalctl -u gate-kiosk -g broker',
          ),
    ];
  const { hostname, port } = new URL(mqtt.broker);
  const host = hostname.replace(/^\[|\]$/g, '');
  const tcp = await step(options, (done) => {
    const socket = connectTcp({ host, port: Number(port) }, () => done(null));
    socket.on('error', (error) => done(wordsOf(error)));
    return () => socket.destroy();
  });
  if (tcp !== null)
    return [
      failed(
        'broker',
        `${host}:${port}: ${tcp}`,
        'does it run there, and does the network lead to it?',
      ),
    ];
  if (isSecureBroker(mqtt.broker) === true && files.tls !== null) {
    const { authority: ca, certificate: cert, key } = files.tls;
    const tls = await step(options, (done) => {
      const socket = connectTls(
        {
          host,
          port: Number(port),
          ca,
          cert,
          key,
          minVersion: 'TLSv1.3',
          servername: nameOf(host),
        },
        () => done(null),
      );
      socket.on('error', (error) => done(wordsOf(error)));
      return () => socket.destroy();
    });
    if (tls !== null)
      return [
        failed(
          'broker',
          `TLS with ${host}: ${tls}`,
          'look at the three files of mqtt.tls, and at the clock',
        ),
      ];
  }
  const accepted = await step(options, (done) => {
    const client = openClient(
      {
        url: mqtt.broker,
        protocol: mqtt.protocol ?? 5,
        clientId: `${config.site}/${config.kiosk}`,
        keepAliveSeconds: keepAliveSecondsRange.usual,
        tls: files.tls,
        filters: [],
        sessionSeconds,
      },
      undefined,
      {
        ready: () => done(null),
        // Never taken: the broker keeps it for the gate.
        message: () => {},
        breach: done,
        failed: done,
      },
    );
    return () => client.end();
  });
  if (accepted === null) return [ok('broker', `${mqtt.broker} accepts ${config.kiosk}`)];
  return [
    failed(
      'broker',
      `${mqtt.broker} does not accept ${config.kiosk}: ${accepted}`,
      'the log of the broker says why: is the certificate of its authority, and the version right?',
    ),
  ];
}

/** SNI is for names: an address is none (RFC 6066 section 3). */
function nameOf(host: string): string {
  return /^[0-9.]+$|:/.test(host) ? '' : host;
}

/**
 * Runs one step to its end or to the end of its time.
 * @param begin starts it, is told how it ended, and returns what clears it away
 * @returns null where it went well, else why not
 */
function step(
  { clock, scheduler }: Pick<BrokerOptions, 'clock' | 'scheduler'>,
  begin: (done: (why: string | null) => void) => () => void,
): Promise<string | null> {
  return new Promise((resolve) => {
    let hasEnded = false;
    const end = (why: string | null): void => {
      if (hasEnded) return;
      hasEnded = true;
      cancel();
      // Later: a step may end while it is being begun.
      queueMicrotask(() => clear());
      resolve(why);
    };
    let clear = (): void => {};
    const cancel = scheduler.at(clock.now().monotonicMs + answerMsMax, () => end('no answer'));
    try {
      clear = begin(end);
    } catch (error) {
      end(error instanceof Error ? wordsOf(error) : String(error));
    }
  });
}
