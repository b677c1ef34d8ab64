/** What `/readyz` and `/metrics` say of a run. */
import type { KioskConfig } from '../../config/kiosk-config.js';
import type { Gate } from '../gate.js';
import type { Reporter } from '../report/reporter.js';
import type { Health } from '../screen/server.js';
import { metricsText, type Tally, unready } from './metrics.js';

export interface HealthOptions {
  readonly config: Pick<KioskConfig, 'site' | 'kiosk' | 'direction'>;
  readonly version: string;
  readonly tally: Tally;
  /** the page is there before the gate */
  gate(): Gate | null;
  reporter(): Reporter | null;
}

/** @returns answers about whatever has been opened so far */
export function healthOf({ config, version, tally, gate, reporter }: HealthOptions): Health {
  const { site, kiosk, direction } = config;
  return {
    unready() {
      const state = gate()?.state();
      return state === undefined ? ['starting'] : unready(state);
    },
    metrics() {
      const own = gate();
      if (own === null) return '';
      return metricsText({
        ...{ site, kiosk, direction, version },
        state: own.state(),
        counts: own.counts(),
        tally: tally.counts,
        reports: reporter()?.figures() ?? null,
      });
    },
  };
}
