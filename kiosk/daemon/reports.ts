/** Joins a run's gate and journal with its broker, where the configuration names one. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { type KioskConfig, keepAliveSecondsRange } from '../../config/kiosk-config.js';
import { recordLaw } from '../core/laws/invariants.js';
import type { TrustList } from '../credential/trust.js';
import type { Gate } from '../gate.js';
import type { JournalResult } from '../journal/journal.js';
import { connectBroker } from '../report/broker-link.js';
import { watchCertificate } from '../report/certificate-watch.js';
import type { LinkGuest } from '../report/link-guest.js';
import { watchOutbox } from '../report/report-watch.js';
import { type Reporter, startReporter } from '../report/reporter.js';
import type { Configuration } from './configuration.js';
import type { GateTools } from './gate-tools.js';

/** How long a broker keeps what comes for a gate that is away: receipts and acknowledgements. */
export const sessionSeconds = 3_600;

export type OpenJournal = Pick<
  Extract<JournalResult, { ok: true }>,
  'journal' | 'outbox' | 'reported' | 'restored'
>;

/** What the gate goes by, as far as reports tell of it or go by it. */
export interface ReportedSettings {
  /** what else uses the link */
  readonly guests: readonly LinkGuest[];
  trust(): Pick<TrustList, 'collectors'>;
  /** by channel, the number of the step in force */
  inForce(): Readonly<Record<string, number>>;
  /** what a time must name that is to be set here (`judge-time.ts`); left out: none is */
  timeChallenge?(): string;
  /** `kiosk.json` with what is laid over it: looked up at each new link */
  config(): Pick<KioskConfig, 'mqtt'>;
}

export interface ReportsOptions extends GateTools {
  readonly configuration: Pick<Configuration, 'config' | 'mqtt'>;
  readonly settings: ReportedSettings;
  readonly version: string;
  readonly bootId: string;
  readonly gate: Gate;
}

/** @returns the reporter of an open journal; null where the gate does not report */
export function startReports(options: ReportsOptions, open: OpenJournal): Reporter | null {
  const { configuration, settings, gate, clock, scheduler } = options;
  const { config, mqtt: files } = configuration;
  const { mqtt, site, kiosk } = config;
  if (mqtt === undefined || files === null) return null;
  const outbox = watchOutbox({
    outbox: open.outbox,
    head: open.restored.head,
    released: open.reported.released,
    broken: (detail) => gate.lawBroken({ law: recordLaw, detail }),
  });
  const untilMs =
    files.tls === null ? null : Date.parse(new X509Certificate(files.tls.certificate).validTo);
  const certificate = untilMs === null ? {} : { certificateUntilMs: untilMs };
  const reporter = startReporter({
    ...options,
    names: { site, kiosk },
    journal: open.restored.journal,
    head: open.restored.head,
    outbox,
    reported: open.reported,
    get collectors() {
      return settings.trust().collectors;
    },
    guests: settings.guests,
    deviceKey: files.deviceKey,
    random: randomBytes,
    facts() {
      const { devices } = gate.state();
      const { wallMs, clock: trusted } = gate.now();
      const config = settings.inForce();
      const facts = { wallMs, clock: trusted, devices, config, ...certificate };
      const timeChallenge = settings.timeChallenge?.();
      return timeChallenge === undefined ? facts : { ...facts, timeChallenge };
    },
    maskOf: (run, attempt) => (run === options.bootId ? gate.maskOf(attempt) : null),
    fault: gate.reports,
    connect(wishes, events) {
      const { broker, protocol, keepAliveSeconds } = settings.config().mqtt ?? mqtt;
      return connectBroker(
        {
          url: broker,
          protocol: protocol ?? 5,
          clientId: `${site}/${kiosk}`,
          keepAliveSeconds: keepAliveSeconds ?? keepAliveSecondsRange.usual,
          tls: files.tls,
          sessionSeconds,
          ...wishes,
        },
        { clock, scheduler, chance: () => randomBytes(4).readUInt32BE() / 2 ** 32 },
        events,
      );
    },
  });
  open.journal.subscribe((event) => {
    if (event.type === 'failed') return;
    const head = { seq: event.lastSeq, hash: event.hash };
    outbox.committed(head);
    reporter.committed(head);
  });
  if (untilMs === null) return reporter;
  const stopWatch = watchCertificate({
    ...{ untilMs, clock, scheduler, log: options.log, fault: gate.reports },
    time: () => gate.now(),
  });
  return {
    ...reporter,
    stop() {
      stopWatch();
      return reporter.stop();
    },
  };
}
