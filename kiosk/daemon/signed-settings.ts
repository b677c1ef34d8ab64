/**
 * Joins a run's gate with its channels of configuration: what was accepted before is what it starts under,
 * what comes later it goes by from the next attempt on.
 */
import { randomBytes } from 'node:crypto';
import type { KioskConfig } from '../../config/kiosk-config.js';
import type { Retention } from '../../config/retention.js';
import type { BootReason } from '../../config/vocabulary.js';
import type { Effect } from '../core/messages.js';
import type { GateSettings } from '../core/settings.js';
import { noRevocations } from '../credential/revocations.js';
import type { TrustList } from '../credential/trust.js';
import type { Gate } from '../gate.js';
import { type ChannelDesk, startChannelDesk } from '../settings/desk/channel-desk.js';
import { startCommandDesk } from '../settings/desk/command-desk.js';
import type { Contents } from '../settings/desk/contents.js';
import { type LoadedSettings, loadSettings } from '../settings/desk/load.js';
import { startTimeDesk } from '../settings/desk/time-desk.js';
import { touchedParts } from '../settings/desk/touched.js';
import { settingsThread } from '../settings/desk/worker-port.js';
import { gateSettings } from '../settings/gate-settings.js';
import { noChannels } from '../settings/signed/channel-state.js';
import type { Configuration } from './configuration.js';
import { watchDeviceFaults } from './device-faults.js';
import type { GateTools } from './gate-tools.js';
import { keptBy } from './kept-by.js';
import type { ReportedSettings } from './reports.js';
import type { ConfiguredSessions } from './sessions.js';

export const admissionLimits = {
  /** people in a row whom a policy on trial lets nobody of pass: a morning has more, each with a good paper */
  refusedInARow: 8,
} as const;

/** What a run starts under, and where it comes from. */
export interface StartSettings {
  readonly loaded: LoadedSettings;
  readonly enrolled: Contents;
  /** what was accepted could not be looked up: the disk has failed */
  readonly isUnknown: boolean;
}

/**
 * @param configuration as the files have it
 * @param lastEnd how the last run ended; null: not known
 * @param tools of the run; out of service, the runs before have failed whatever the last of them has left
 * @returns what the gate starts under. Never throws: a disk that fails leaves the files', and is told
 */
export function startSettings(
  { config, trust, policy }: Pick<Configuration, 'config' | 'trust' | 'policy'>,
  lastEnd: BootReason | null,
  { clock, log, isOutOfService }: GateTools & { readonly isOutOfService: boolean },
): StartSettings {
  const enrolled = { trust, policy, revocations: noRevocations, config };
  try {
    const { monotonicMs } = clock.now();
    // Who is killed again and again, as by a watchdog, leaves no reason: what is on trial is doubted then.
    const end = isOutOfService && lastEnd !== 'invariant' ? 'fault' : lastEnd;
    const loaded = loadSettings(config.stateDirectory, enrolled, end, monotonicMs);
    return { loaded, enrolled, isUnknown: false };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.error({ alarm: 'configuration-lost', why }, 'accepted configuration cannot be read');
    const nothing = { before: new Map(), marks: new Map(), reverted: [] };
    const loaded = { state: noChannels, contents: enrolled, ...nothing };
    return { loaded, enrolled, isUnknown: true };
  }
}

export interface SignedSettings extends ReportedSettings {
  /** what the gate goes by, or will from the next attempt on */
  trust(): TrustList;
  /** After each step of the gate: what it has done may be a step's doing. */
  stepped(effects: readonly Effect[]): void;
  stop(): Promise<void>;
  /** Ends as by a power cut: nothing is kept that was not, and no thread is waited for. */
  cut(): Promise<void>;
}

/** Starts the channels of a gate that has started. */
export function startSignedSettings(
  { loaded, enrolled, isUnknown }: StartSettings,
  gate: Gate,
  options: GateTools & {
    readonly configuration: Pick<Configuration, 'config'>;
    readonly version: string;
    /** makes the devices that a step has set otherwise; null: they are kept shut */
    readonly sessions: ConfiguredSessions | null;
    /** The broker is another, or is reached otherwise. */
    relink(): void;
    /** The journal goes by these: told at the start, too. */
    retain(retention: Retention): void;
    /** The screen says everything in these languages: told at the start, and between two people. */
    speak(config: Pick<KioskConfig, 'screen'>): void;
  },
): SignedSettings {
  const { clock, scheduler, log, version, sessions } = options;
  const { config } = options.configuration;
  const { site, kiosk, zone, direction, stateDirectory, groups } = config;
  let inUse = loaded.contents.config;
  /** what the gate goes by, and what comes with each of the core's settings */
  let entered = gate.state().settings;
  const configs = new WeakMap<GateSettings, KioskConfig>();
  options.speak(inUse);
  const desk: ChannelDesk = startChannelDesk({
    names: { site, kiosk },
    groups: groups ?? [],
    version,
    place: { zone: zone.kind, direction },
    loaded,
    enrolled,
    settings: settingsThread({ folder: stateDirectory, marks: loaded.marks }, (why) =>
      log.error(
        { why },
        'the thread of configuration has ended: what it had is refused, and the next step starts another',
      ),
    ),
    clock,
    scheduler,
    log,
    time: () => timeOf(gate),
    apply({ trust, policy, revocations, config: next }) {
      const settings = gateSettings(next, policy);
      configs.set(settings, next);
      const devices = sessions === null ? {} : { devices: sessions(next) };
      gate.reconfigure({ settings, verified: { trust, revocations }, ...devices });
      if (touchedParts(inUse, next).has('broker')) options.relink();
      inUse = next;
    },
    configured: (next, before) => options.retain(keptBy(next, before)),
    isPending: () => gate.state().pending !== null,
    news: gate.configStep,
    refused: gate.configRefused,
    fault: gate.settingsFault,
  });
  if (isUnknown) gate.settingsFault('configuration-lost', true);
  const commands = startCommandDesk({
    names: { site, kiosk },
    clock,
    log,
    trust: desk.admins,
    nowMs: () => timeOf(gate).nowMs,
    give: gate.command,
    lampTest: gate.lampTest,
    diagnostics() {
      const { alarms, devices, deviceFaults, lane, duty, lockdown } = gate.state();
      return {
        version,
        clock: gate.now().clock,
        config: desk.inForce(),
        lane: lane.name,
        lockdown,
        isOnDuty: duty !== null,
        alarms: alarms.map(({ code }) => code),
        devices,
        deviceFaults,
        counts: Object.fromEntries(gate.counts()),
      };
    },
    fault: gate.settingsFault,
  });
  const times = startTimeDesk({
    names: { site, kiosk },
    ...{ clock, log, random: randomBytes },
    trust: desk.admins,
    time() {
      const { wallMs, clock: trusted } = gate.now();
      return { ...gate.state().time, wallMs, clock: trusted };
    },
    give: gate.signedTime,
    fault: gate.settingsFault,
  });
  gate.onAnswer(({ id, name, result }) => commands.answered(id, name, result));
  const sawDevices = watchDeviceFaults(desk.fault);
  let refused = 0;
  let isNobodyAdmitted = false;
  return {
    guests: [desk.guest, commands.guest, times.guest],
    trust: () => desk.contents().trust,
    inForce: desk.inForce,
    timeChallenge: times.challenge,
    config: () => desk.contents().config,
    stepped(effects) {
      const { settings } = gate.state();
      if (settings !== entered) {
        entered = settings;
        const config = configs.get(settings);
        if (config !== undefined) options.speak(config);
      }
      sawDevices(gate.state().devices);
      for (const effect of effects)
        if (effect.type === 'append')
          for (const { type, outcome } of effect.records)
            if (type === 'decision') refused = outcome === 'grant' ? 0 : refused + 1;
      const now = refused >= admissionLimits.refusedInARow;
      if (now === isNobodyAdmitted) return;
      isNobodyAdmitted = now;
      desk.fault('nobody-admitted', now);
    },
    stop: desk.stop,
    cut: desk.cut,
  };
}

/** The time as the gate judges it (law 6). */
function timeOf(gate: Gate): { readonly nowMs: number | null; readonly floorMs: number | null } {
  const { wallMs, clock } = gate.now();
  const isKnown = clock === 'synced' || clock === 'holdover';
  return { nowMs: isKnown ? wallMs : null, floorMs: gate.state().time.floorMs };
}
