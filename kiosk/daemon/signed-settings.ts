/**
 * Joins a run's gate with its channels of configuration: what was accepted before is what it starts under,
 * what comes later it goes by from the next attempt on.
 */
import type { BootReason } from '../../config/vocabulary.js';
import type { Effect } from '../core/messages.js';
import { noRevocations } from '../credential/revocations.js';
import type { Gate } from '../main.js';
import { type ChannelDesk, startChannelDesk } from '../settings/desk/channel-desk.js';
import type { Contents } from '../settings/desk/contents.js';
import { type LoadedSettings, loadSettings } from '../settings/desk/load.js';
import { settingsThread } from '../settings/desk/worker-port.js';
import { gateSettings } from '../settings/gate-settings.js';
import { noChannels } from '../settings/signed/channel-state.js';
import type { Configuration } from './configuration.js';
import type { GateTools } from './gate-tools.js';
import type { ReportedSettings } from './reports.js';

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
 * @returns what the gate starts under. Never throws: a disk that fails leaves the files', and is told
 */
export function startSettings(
  { config, trust, policy }: Configuration,
  lastEnd: BootReason | null,
  { clock, log }: GateTools,
): StartSettings {
  const enrolled = { trust, policy, revocations: noRevocations };
  try {
    const { monotonicMs } = clock.now();
    const loaded = loadSettings(config.stateDirectory, enrolled, lastEnd, monotonicMs);
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
  /** After each step of the gate: what it has done may be a step's doing. */
  stepped(effects: readonly Effect[]): void;
  stop(): Promise<void>;
}

/** Starts the channels of a gate that has started. */
export function startSignedSettings(
  { loaded, enrolled, isUnknown }: StartSettings,
  gate: Gate,
  options: GateTools & {
    readonly configuration: Pick<Configuration, 'config'>;
    readonly version: string;
  },
): SignedSettings {
  const { clock, scheduler, log, version } = options;
  const { config } = options.configuration;
  const { site, kiosk, zone, direction, stateDirectory, groups } = config;
  const desk: ChannelDesk = startChannelDesk({
    names: { site, kiosk },
    groups: groups ?? [],
    version,
    place: { zone: zone.kind, direction },
    loaded,
    enrolled,
    settings: settingsThread({ folder: stateDirectory, marks: loaded.marks }, (why) =>
      log.error({ why }, 'the thread of configuration is gone: nothing new is taken'),
    ),
    clock,
    scheduler,
    log,
    time() {
      const { wallMs, clock: trusted } = gate.now();
      const isKnown = trusted === 'synced' || trusted === 'holdover';
      return { nowMs: isKnown ? wallMs : null, floorMs: gate.state().time.floorMs };
    },
    apply({ trust, policy, revocations }) {
      const settings = gateSettings(config, policy);
      gate.reconfigure({ settings, verified: { trust, revocations } });
    },
    news: gate.configStep,
    refused: gate.configRefused,
    fault: gate.settingsFault,
  });
  if (isUnknown) gate.settingsFault('configuration-lost', true);
  let refused = 0;
  let isNobodyAdmitted = false;
  return {
    guests: [desk.guest],
    trust: () => desk.contents().trust,
    inForce: desk.inForce,
    stepped(effects) {
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
  };
}
