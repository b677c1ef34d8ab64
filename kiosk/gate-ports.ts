/** What a gate is composed of: everything that is not the gate itself comes through here. */
import type { Logger } from 'pino';
import type { KnownEntry } from '../config/vocabulary.js';
import type { Devices } from '../drivers/registry.js';
import type { Cancel, Clock, RelayPort, Scheduler } from '../hardware/ports.js';
import type { RandomBytes } from './evidence/seal.js';
import type { JournalPort } from './journal/port.js';

/** How gates tell each other of spent papers: over MQTT, or within one process. */
export interface KnownPort {
  publish(entries: readonly KnownEntry[]): void;
  /** Entries are untrusted in form: the core looks at each. */
  subscribe(listener: (entries: readonly unknown[]) => void): Cancel;
  /**
   * Tells at once and at each change whether what others tell can reach this gate. Where it is left
   * out there is nobody to be heard.
   */
  reachable?(listener: (reachable: boolean) => void): Cancel;
}

export interface GatePorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** for keys and nonces: unpredictable */
  readonly random: RandomBytes;
  readonly devices: Devices;
  readonly relay: RelayPort;
  readonly journal: JournalPort;
  readonly known: KnownPort;
  readonly log: Logger;
}
