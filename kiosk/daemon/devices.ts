/** The devices that a configuration names, on this machine's links and lines. */
import {
  idCardReaderBaudRates,
  type KioskConfig,
  type LinkConfig,
  linkTarget,
} from '../../config/kiosk-config.js';
import type { DeviceName } from '../../config/vocabulary.js';
import type { Devices } from '../../drivers/registry.js';
import { linkTo } from '../../hardware/linux/link.js';
import type { GateLines } from './board-lines.js';
import { configuredScanner } from './scanner.js';

/**
 * Makes links; nothing is opened before the drivers start. Contacts and lamps hang on `gateLines`;
 * `said` takes a line for the log that a device's own program has said.
 */
export function configuredDevices(
  { devices }: KioskConfig,
  gateLines: Pick<GateLines, 'inputs' | 'outputs'>,
  said: (device: DeviceName, line: string) => void,
): Devices {
  const { scanner, thermometer, idCardReader, turnstile, panel, fire } = devices;
  const { tamper, mains, signals } = devices;
  const { inputs: lines, outputs } = gateLines;
  return {
    scanner: configuredScanner(scanner, (line) => said('scanner', line)),
    thermometer: { ...thermometer, link: linkTo(thermometer.link) },
    ...(idCardReader && {
      idCardReader: {
        ...idCardReader,
        link: linkTo(idCardReader.link),
        baudRates: baudRatesOf(idCardReader.link),
      },
    }),
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

/** The configured speed is the likely one; over TCP the far end sets it. */
function baudRatesOf({ path, baudRate }: LinkConfig): readonly number[] {
  if (linkTarget(path)?.type !== 'tty') return [];
  const own = baudRate === undefined ? [] : [baudRate];
  return [...new Set([...own, ...idCardReaderBaudRates])];
}
