/** The devices that a configuration names, on this machine's links and lines. */
import type { KioskConfig } from '../../config/kiosk-config.js';
import type { DeviceName } from '../../config/vocabulary.js';
import type { Devices } from '../../drivers/registry.js';
import type { GateLines } from './board-lines.js';
import { configuredSessions } from './sessions.js';

/**
 * Makes links; nothing is opened before the drivers start. Contacts and lamps hang on `gateLines`;
 * `said` takes a line for the log that a device's own program has said.
 */
export function configuredDevices(
  config: KioskConfig,
  gateLines: Pick<GateLines, 'inputs' | 'outputs'>,
  said: (device: DeviceName, line: string) => void,
): Devices {
  return { ...configuredSessions(said)(config), ...configuredContacts(config, gateLines) };
}

/** Takes a configuration and the board's lines; returns the devices that hang on them. */
export function configuredContacts(
  { devices }: KioskConfig,
  gateLines: Pick<GateLines, 'inputs' | 'outputs'>,
): Devices {
  const { turnstile, panel, fire, tamper, mains, signals } = devices;
  const { inputs: lines, outputs } = gateLines;
  return {
    turnstile: {
      driver: 'contact',
      lines,
      ...(turnstile.reverseSensor !== undefined && { reverseSensor: turnstile.reverseSensor }),
      doorContact: turnstile.doorContact ?? false,
      exitButton: turnstile.exitButton ?? false,
    },
    panel: { driver: 'contacts', lines, ...panel },
    ...(fire && { fire: { driver: 'loop', lines, ...fire } }),
    ...(tamper && { tamper: { driver: 'loop', lines } }),
    ...(mains && { mains: { driver: 'contact', lines } }),
    ...(signals && { signals: { driver: 'lamps', outputs } }),
  };
}

/**
 * What of the devices still serves in a gate that broke a law again and again: lane, panel, fire loop,
 * tamper loop, mains, lamps and buzzer. What brings evidence is kept shut, so that nobody passes by themselves.
 */
export function outOfService({ turnstile, panel, fire, tamper, mains, signals }: Devices): Devices {
  return {
    ...(turnstile && { turnstile }),
    ...(panel && { panel }),
    ...(fire && { fire }),
    ...(tamper && { tamper }),
    ...(mains && { mains }),
    ...(signals && { signals }),
    withheld: { parts: ['scanner', 'thermometer', 'id-card-reader'], why: 'out-of-service' },
  };
}
