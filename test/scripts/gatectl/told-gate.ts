/** A gate as far as an admin sees it: it hears steps, judges them as gates do, and reports what becomes of them. */
import { systemClock, systemScheduler } from '../../../hardware/linux/clock.js';
import type { TrustList } from '../../../kiosk/credential/trust.js';
import { type BrokerLink, connectBroker } from '../../../kiosk/report/broker-link.js';
import type { Channel } from '../../../kiosk/settings/signed/config-step.js';
import { judgeStep, type Mark } from '../../../kiosk/settings/signed/judge-step.js';
import type { BrokerAccess } from '../../../scripts/gatectl/broker-options.js';

export interface ToldGate {
  /** topics of all that came, in their order; emptied ones with `∅` behind */
  readonly heard: readonly string[];
  report(channel: Channel, mark: Mark, phase: string, code?: string): Promise<void>;
  say(topic: string, payload: object): Promise<void>;
  /** Puts a retained message anywhere, as who has a broker without an ACL. */
  put(topic: string, payload: Uint8Array): Promise<void>;
  /** Resolves when that topic has come. */
  until(topic: string): Promise<void>;
  close(): Promise<void>;
}

export interface ToldGateOptions {
  readonly broker: BrokerAccess;
  readonly site: string;
  readonly kiosk: string;
  readonly trust: TrustList;
  /** what becomes of a step that is taken: phases, the last with its code */
  readonly becomes: readonly string[];
  readonly code?: string;
}

/** Resolves when it has said that it is online. */
export async function toldGate(options: ToldGateOptions): Promise<ToldGate> {
  const { broker, site, kiosk, trust, becomes, code = '' } = options;
  const base = `gk/1/${site}/${kiosk}`;
  const heard: string[] = [];
  const marks = new Map<Channel, Mark>();
  const reported = new Map<Channel, object>();
  let wake = (): void => {};
  const link = await new Promise<BrokerLink>((resolve) => {
    const made = connectBroker(
      {
        ...{ ...broker, clientId: kiosk, keepAliveSeconds: 30, sessionSeconds: 0 },
        filters: [`${base}/cfg/desired/#`, `gk/1/${site}/_all/#`],
      },
      { clock: systemClock(), scheduler: systemScheduler(), chance: () => 0 },
      {
        up: () => resolve(made),
        down: () => {},
        message({ topic, payload }, taken) {
          heard.push(payload.length === 0 ? `${topic}∅` : topic);
          const [, channel] = /\/cfg\/desired\/([a-z]+)/.exec(topic) ?? [];
          if (channel !== undefined && payload.length > 0) judge(channel as Channel, payload);
          taken();
          wake();
        },
      },
    );
  });
  const put = (topic: string, payload: Uint8Array | string): Promise<void> =>
    new Promise((resolve) => {
      link.publish({ topic, payload, retain: true }, () => resolve());
    });
  const say = (topic: string, payload: object): Promise<void> =>
    put(`${base}/${topic}`, JSON.stringify(payload));
  const report = async (channel: Channel, mark: Mark, phase: string, why = ''): Promise<void> => {
    reported.set(channel, { ...mark, phase, code: why });
    await say('cfg/reported', Object.fromEntries(reported));
  };
  const judge = (channel: Channel, payload: Uint8Array): void => {
    const facts = { site, kiosk, groups: [], version: '1.0.0', channel, trust, marks };
    const verdict = judgeStep(payload, { ...facts, floorMs: null, nowMs: Date.now() });
    if (verdict.is !== 'taken') return;
    const { mark } = verdict;
    const last = becomes.at(-1);
    if (last !== 'refused') marks.set(channel, mark);
    for (const phase of becomes) void report(channel, mark, phase, phase === last ? code : '');
  };
  await say('state', { online: true, session: '1', at: '2020-02-12T00:00:00.000Z' });
  const until = async (topic: string): Promise<void> => {
    while (!heard.includes(topic))
      await new Promise<void>((now) => {
        wake = now;
      });
  };
  return { heard, report, say, put, until, close: () => link.close() };
}
