/**
 * Tells that the gate's certificate ends soon, while there is time to make another one: once it has ended no
 * broker lets the gate in, and then only the booth still hears of it.
 */
import type { Logger } from 'pino';
import { certificateDaysSoon } from '../../config/mqtt-files.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { Now, ReportFault } from '../../config/vocabulary.js';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';

export const certificateWatchLimits = {
  /** between two looks: it ends some day, and a clock that is set is heard of within a minute */
  lookMs: 60_000,
} as const;

export interface CertificateWatchOptions {
  /** wall milliseconds */
  readonly untilMs: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Scheduler;
  readonly log: Pick<Logger, 'warn'>;
  /** as the gate judges it (law 6) */
  time(): Pick<Now, 'wallMs' | 'clock'>;
  fault(fault: ReportFault, on: boolean): void;
}

/** Looks at once and again and again, by a clock that is trusted. @returns what ends it */
export function watchCertificate(options: CertificateWatchOptions): Cancel {
  const { untilMs, clock, scheduler, log } = options;
  const soonMs = certificateDaysSoon * 86_400_000;
  let isTold = false;
  let cancel: Cancel = () => {};
  const look = (): void => {
    cancel = scheduler.at(clock.now().monotonicMs + certificateWatchLimits.lookMs, look);
    const { wallMs, clock: trusted } = options.time();
    if (trusted !== 'synced' && trusted !== 'holdover') return;
    const isSoon = untilMs - wallMs < soonMs;
    if (isSoon === isTold) return;
    isTold = isSoon;
    if (isSoon) log.warn({ until: formatRfc3339(untilMs) }, 'the certificate ends soon');
    options.fault('certificate-expiring', isSoon);
  };
  look();
  return () => cancel();
}
