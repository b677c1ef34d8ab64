/**
 * The channels of configuration at work: what comes over the link is judged, fetched, tried and kept, and
 * what is in force is handed to the gate. Decides nothing by itself: `step-channels.ts` does.
 */
import type { Logger } from 'pino';
import type { KioskConfig } from '../../../config/kiosk-config.js';
import type { Direction, SettingsFault, ZoneKind } from '../../../config/vocabulary.js';
import type { Cancel, Clock, Scheduler } from '../../../hardware/ports.js';
import type { StepNews } from '../../core/messages.js';
import { withMoreRevoked } from '../../credential/revocations-union.js';
import type { GuestLine, LinkGuest } from '../../report/link-guest.js';
import type { PublishResult } from '../../report/publish-window.js';
import { gateTopics, type Names } from '../../report/topics.js';
import { keptOf } from '../kept/kept-channel.js';
import {
  type ChannelEffect,
  type ChannelInput,
  channelOf,
  type Facts,
  type SeenFault,
} from '../signed/channel-state.js';
import { type Channel, type ConfigStep, channels, wholeListDue } from '../signed/config-step.js';
import { stepChannels } from '../signed/step-channels.js';
import { startArrivals } from './arrivals.js';
import { blobDesk } from './blob-desk.js';
import type { Change, Contents } from './contents.js';
import { placeOf, wrongResult } from './desired.js';
import { type LoadedSettings, partOf } from './load.js';
import { refusalLog } from './refusal-log.js';
import { touchedParts } from './touched.js';
import type { TestRequest } from './work.js';
import type { SettingsPort } from './worker-port.js';

export const deskLimits = {
  /** how often deadlines of steps and trials are looked at */
  tickMs: 1_000,
  /** how often what is left of a trial is kept, so that it goes on through a restart */
  trialMs: 30_000,
} as const;

export interface ChannelDeskOptions {
  readonly names: Names;
  readonly groups: readonly string[];
  readonly version: string;
  readonly place: { readonly zone: ZoneKind; readonly direction: Direction };
  readonly loaded: LoadedSettings;
  readonly enrolled: Contents;
  readonly settings: SettingsPort;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** the time as the gate judges it (law 6) */
  time(): Pick<Facts, 'nowMs' | 'floorMs'>;
  /** the gate goes by these from the next attempt on */
  apply(contents: Contents): void;
  /**
   * These settings are in force, and a trial of them goes back to those (undefined: there is none): at the
   * start, and where either is another
   */
  configured?(config: KioskConfig, before: KioskConfig | undefined): void;
  /** whether what was handed over is not gone by yet */
  isPending(): boolean;
  news(news: StepNews): void;
  refused(channel: Channel, why: string, omitted: number): void;
  fault(fault: SettingsFault, on: boolean): void;
}

export interface ChannelDesk {
  readonly guest: LinkGuest;
  /** what the gate goes by, or will from the next attempt on */
  contents(): Contents;
  /** by whose signatures commands and times count: nobody's while the list at hand is known to be an older one */
  admins(): Contents['trust'];
  /** by channel, the number of the step in force */
  inForce(): Readonly<Record<string, number>>;
  /** Something is wrong, or over, that a step on trial may have caused; the link it sees itself. */
  fault(fault: SeenFault, on: boolean): void;
  stop(): Promise<void>;
  /** Ends as by a power cut. */
  cut(): Promise<void>;
}

/** A step on its way to the disk. */
interface Staging {
  readonly sha256: string;
  readonly step: ConfigStep;
  /** until it is tested; from then on the settings' thread has it */
  readonly body: TestRequest['body'];
  /** in place of what is in force, once it has been tried */
  readonly change: Change | null;
}

/** Starts with what was loaded; nothing is asked of a broker before `guest` has a line. */
export function startChannelDesk(options: ChannelDeskOptions): ChannelDesk {
  const { names, clock, scheduler, log, settings, loaded, enrolled } = options;
  const topics = gateTopics(names);
  let state = loaded.state;
  let { contents } = loaded;
  let line: GuestLine | null = null;
  let cancelTick: Cancel = () => {};
  let trialKeptMs = clock.now().monotonicMs;
  let isLost = false;
  const goBack = new Map(loaded.before);
  const staging = new Map<Channel, Staging>();
  const refusals = refusalLog();
  const nowMs = (): number => clock.now().monotonicMs;
  const facts = (): Facts => ({
    ...names,
    ...options.time(),
    groups: options.groups,
    version: options.version,
    trust: contents.trust,
    monotonicMs: nowMs(),
    isPending: options.isPending(),
    ...touched(),
  });
  /** the settings that a trial of them goes back to */
  const configBefore = (): KioskConfig | undefined =>
    channelOf(state, 'device').trial === null ? undefined : goBack.get('device')?.config;
  const touched = (): Pick<Facts, 'touched'> => {
    const before = configBefore();
    return before === undefined ? {} : { touched: touchedParts(before, contents.config) };
  };
  const blobs = blobDesk(names.site, (channel, sha256, body) => {
    const own = staging.get(channel);
    if (own?.sha256 === sha256) staging.set(channel, { ...own, body });
    take({ type: 'fetched', channel, sha256 });
  });

  let toldConfig: KioskConfig | null = null;
  let toldBefore: KioskConfig | undefined;
  const tellConfigured = (): void => {
    const { config } = contents;
    const before = configBefore();
    if (config === toldConfig && before === toldBefore) return;
    toldConfig = config;
    toldBefore = before;
    options.configured?.(config, before);
  };

  const take = (input: ChannelInput): readonly ChannelEffect[] => {
    const { state: next, effects } = stepChannels(state, input, facts());
    state = next;
    for (const effect of effects) perform(effect);
    tellConfigured();
    for (const channel of channels) if (channelOf(state, channel).staged === null) settled(channel);
    return effects;
  };

  const perform = (effect: ChannelEffect): void => {
    switch (effect.type) {
      case 'fetch': {
        const { channel, sha256 } = effect;
        const step = channelOf(state, channel).staged?.step;
        if (step === undefined) return;
        staging.set(channel, { sha256, step, body: [], change: null });
        return blobs.fetch(channel, sha256, effect.blobs);
      }
      case 'test':
        return void test(effect.channel, effect.sha256, effect.step);
      case 'commit':
        return void commit(effect);
      case 'apply':
        return apply(effect.channel, effect.inForce?.sha256 ?? null);
      case 'report': {
        const { channel, mark, phase, code } = effect;
        log.info({ channel, ...mark, phase, code }, 'configuration');
        options.news({ channel, ...mark, phase, code });
        return report();
      }
      case 'refused':
        return refuse(effect);
      case 'stale': {
        const isStale = channels.some((channel) => channelOf(state, channel).isStale);
        return options.fault('configuration-stale', isStale);
      }
    }
  };

  const test = async (channel: Channel, sha256: string, step: ConfigStep): Promise<void> => {
    const { content } = step;
    const body =
      content.is === 'body'
        ? Buffer.from(JSON.stringify(content.body), 'utf8')
        : (staging.get(channel)?.body ?? []);
    staging.set(channel, { sha256, step, body: [], change: null });
    const { selfTest } = step;
    const { place } = options;
    const { config } = enrolled;
    const result = await settings.test({ channel, sha256, body, selfTest, place, config });
    const own = channelOf(state, channel).staged;
    const answer = { type: 'tested', channel, sha256 } as const;
    const refuse = (code: string, detail: string): void => {
      log.warn({ channel, code, detail }, 'a step of configuration fails its test');
      take({ ...answer, ok: false, code, tightens: false });
    };
    if (!result.ok) return refuse(result.code, result.detail);
    const adds = own?.signed === 'few' && channel === 'revocation';
    const { revocations } = result.change;
    const change =
      adds && revocations !== undefined
        ? { revocations: withMoreRevoked(contents.revocations, revocations) }
        : result.change;
    const wrong = wrongResult(step, change);
    if (wrong !== null) return refuse('self-test', wrong);
    staging.set(channel, { sha256, step, body: [], change });
    const relinks =
      change.config !== undefined &&
      touchedParts(configBefore() ?? contents.config, change.config).has('broker');
    take({ ...answer, ok: true, code: '', tightens: adds, relinks });
  };

  const commit = async ({
    channel,
    sha256,
    after,
  }: Extract<ChannelEffect, { type: 'commit' }>): Promise<void> => {
    const own = staging.get(channel);
    const isNew = own?.sha256 === sha256 && after.inForce?.sha256 === sha256;
    const staged = channelOf(state, channel).staged;
    const base =
      isNew && staged?.signed === 'few'
        ? (channelOf(state, channel).inForce?.sha256 ?? null)
        : null;
    const body = isNew ? { sha256, base } : null;
    const why = await settings.keep({ channel, kept: keptOf(after, nowMs()), body });
    if (why !== null) log.error({ channel, why }, 'configuration cannot be kept');
    if (staged?.stage !== 'committing') return;
    // What a trial goes back to: behind two in a row, what was before the first.
    if (why === null && after.trial !== null && channelOf(state, channel).trial === null)
      goBack.set(channel, partOf(channel, contents));
    const code = why === wholeListDue ? why : '';
    take({ type: 'committed', channel, sha256, ok: why === null, code });
  };

  const apply = (channel: Channel, sha256: string | null): void => {
    const own = staging.get(channel);
    const change =
      sha256 === null
        ? partOf(channel, enrolled)
        : own?.sha256 === sha256
          ? own.change
          : goBack.get(channel);
    contents = { ...contents, ...change };
    options.apply(contents);
    tellLost();
  };

  /** Nothing of this channel is under way any more: the next step may come. */
  const settled = (channel: Channel): void => {
    staging.delete(channel);
    blobs.drop(channel);
    arrivals.settled(channel);
  };

  const refuse = ({
    channel,
    why,
    detail,
    isAlarm,
  }: Extract<ChannelEffect, { type: 'refused' }>): void => {
    if (isAlarm && !(why === 'rollback' && isRetained)) options.fault('configuration-forged', true);
    const omitted = refusals.tell(`${channel} ${why}`, nowMs());
    if (omitted === null) return;
    log.warn({ channel, why, detail, omitted }, 'a message of configuration is refused');
    options.refused(channel, why, omitted);
  };
  /** of the message that is being looked at */
  let isRetained = false;
  const arrivals = startArrivals({
    state: () => state,
    trust: () => contents.trust,
    facts,
    take(next, effects, retained) {
      state = next;
      isRetained = retained;
      for (const effect of effects) perform(effect);
    },
    askAgain: (channel) => line?.subscribe(`gk/1/${names.site}/_all/cfg/desired/${channel}/+`),
  });

  const report = (told: (result: PublishResult) => void = () => {}): void => {
    const entries = channels.flatMap((channel) => {
      const { told } = channelOf(state, channel);
      if (told === null) return [];
      const { mark, phase, code } = told;
      return [[channel, { ...mark, phase, code }]];
    });
    const payload = JSON.stringify(Object.fromEntries(entries));
    line?.publish({ topic: `${topics.base}/cfg/reported`, payload, retain: true }, told);
  };
  const tellLost = (): void => {
    const now = channels.some((channel) => channelOf(state, channel).isLost);
    if (now !== isLost) options.fault('configuration-lost', now);
    isLost = now;
  };
  const keepTrials = async (): Promise<void> => {
    trialKeptMs = nowMs();
    for (const channel of channels) {
      const own = channelOf(state, channel);
      if (own.trial === null || own.staged?.stage === 'committing') continue;
      await settings.keep({ channel, kept: keptOf(own, nowMs()), body: null });
    }
  };
  const tick = (): void => {
    cancelTick = scheduler.at(nowMs() + deskLimits.tickMs, tick);
    take({ type: 'tick' });
    if (nowMs() - trialKeptMs >= deskLimits.trialMs) void keepTrials();
  };

  tellLost();
  for (const channel of loaded.reverted) {
    const { told } = channelOf(state, channel);
    if (told !== null) options.news({ channel, ...told.mark, phase: told.phase, code: told.code });
  }
  tick();

  const site = `gk/1/${names.site}/_all`;
  const own = `${topics.base}/cfg/desired/`;
  return {
    guest: {
      filters: [`${site}/cfg/desired/#`, `${own}#`],
      up(next) {
        line = next;
        blobs.up(next);
        // One that takes connections and nothing that is said on them is no broker.
        report(({ ok }) => {
          if (ok && line === next) take({ type: 'fault', fault: 'broker-lost', on: false });
        });
      },
      down() {
        line = null;
        blobs.down();
        take({ type: 'fault', fault: 'broker-lost', on: true });
      },
      message({ topic, payload, retained }) {
        if (topic.startsWith(`${site}/blob/`)) {
          blobs.chunk(topic.slice(site.length + '/blob/'.length), payload);
          return 'taken';
        }
        const prefix = [`${site}/cfg/desired/`, own].find((it) => topic.startsWith(it));
        if (prefix === undefined) return 'unasked';
        const place = placeOf(topic.slice(prefix.length));
        if (place === null) return 'refused';
        // What is not desired any more: a retained message taken back.
        if (payload.length === 0) return 'taken';
        const message = { bytes: payload, isRetained: retained, atMs: nowMs() };
        return arrivals.message(place, message);
      },
    },
    contents: () => contents,
    admins: () =>
      channelOf(state, 'trust').isLost
        ? { ...contents.trust, admins: [], time: [] }
        : contents.trust,
    inForce: () =>
      Object.fromEntries(
        channels.flatMap((channel) => {
          const { inForce } = channelOf(state, channel);
          return inForce === null ? [] : [[channel, inForce.seq]];
        }),
      ),
    fault: (fault, on) => void take({ type: 'fault', fault, on }),
    async stop() {
      cancelTick();
      // A policy's look at every case takes seconds: its step comes again.
      if (channels.some((channel) => channelOf(state, channel).staged?.stage === 'testing'))
        return await settings.cut();
      await keepTrials();
      await settings.close();
    },
    async cut() {
      cancelTick();
      await settings.cut();
    },
  };
}
