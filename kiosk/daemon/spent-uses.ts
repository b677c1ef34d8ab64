/** Joins a run's gate with the other gates of its site, where the configuration names a broker. */
import { randomBytes } from 'node:crypto';
import type { KnownEntry } from '../../config/vocabulary.js';
import type { TrustList } from '../credential/trust.js';
import type { Gate } from '../gate.js';
import type { Restored } from '../journal/port.js';
import { type SpentDesk, startSpentDesk } from '../settings/desk/spent-desk.js';
import type { Configuration } from './configuration.js';
import type { GateTools } from './gate-tools.js';

const runBytes = 8;

/**
 * @param options of the run
 * @param gate as far as it has started, and whom it believes
 * @returns what tells and hears; null: the gate has no broker
 */
export function startSpent(
  {
    configuration,
    clock,
    scheduler,
    log,
  }: GateTools & { readonly configuration: Pick<Configuration, 'config' | 'mqtt'> },
  { gate, trust }: { gate(): Gate | null; trust(): Pick<TrustList, 'kiosks'> },
): SpentDesk | null {
  const { config, mqtt } = configuration;
  if (mqtt === null) return null;
  const { site, kiosk } = config;
  return startSpentDesk({
    ...{ site, kiosk, key: mqtt.deviceKey, clock, scheduler, log, trust },
    run: randomBytes(runBytes).toString('hex'),
    time() {
      const { wallMs, clock: trusted } = gate()?.now() ?? clock.now();
      return { wallMs, isKnown: trusted === 'synced' || trusted === 'holdover' };
    },
  });
}

/** @returns what was made at this gate, of all that its journal has kept */
export function ownUses({ uses }: Restored): readonly KnownEntry[] {
  return uses.filter(({ own }) => own === true).map(({ entry }) => entry);
}
