/** The devices with sessions of their own that a configuration names, on this machine's links. */
import {
  type IdCardReaderConfig,
  idCardReaderBaudRates,
  type KioskConfig,
  type LinkConfig,
  linkTarget,
  type ScannerConfig,
  type ThermometerConfig,
} from '../../config/kiosk-config.js';
import type { DeviceName } from '../../config/vocabulary.js';
import type { SessionDevices } from '../../drivers/device-sessions.js';
import { linkTo } from '../../hardware/linux/link.js';
import { configuredScanner } from './scanner.js';

export type ConfiguredSessions = (config: Pick<KioskConfig, 'devices'>) => SessionDevices;

/**
 * @param said takes a line for the log that a device's own program has said
 * @returns what makes the devices of one configuration after the other, unopened: one whose settings are those
 *   of one of the last is the same object, and one on the same path has the same link, which waits for its own
 *   closing
 */
export function configuredSessions(
  said: (device: DeviceName, line: string) => void,
): ConfiguredSessions {
  const links = [remembered(linkTo), remembered(linkTo), remembered(linkTo)] as const;
  const scannerOf = remembered((scanner: ScannerConfig) =>
    configuredScanner(scanner, (line) => said('scanner', line), links[0]),
  );
  const thermometerOf = remembered((thermometer: ThermometerConfig) => ({
    ...thermometer,
    link: links[1](thermometer.link),
  }));
  const readerOf = remembered((reader: IdCardReaderConfig) => ({
    ...reader,
    link: links[2](reader.link),
    baudRates: baudRatesOf(reader.link),
  }));
  return ({ devices: { scanner, thermometer, idCardReader } }) => ({
    scanner: scannerOf(scanner),
    thermometer: thermometerOf(thermometer),
    ...(idCardReader && { idCardReader: readerOf(idCardReader) }),
  });
}

/** What is open, what waits for a person to go, and what a trial of that goes back to. */
const rememberedMax = 3;

function remembered<Settings, Made>(
  make: (settings: Settings) => Made,
): (settings: Settings) => Made {
  const last = new Map<string, Made>();
  return (settings) => {
    const text = JSON.stringify(settings);
    const made = last.get(text) ?? make(settings);
    last.delete(text);
    last.set(text, made);
    const [oldest] = last.keys();
    if (last.size > rememberedMax && oldest !== undefined) last.delete(oldest);
    return made;
  };
}

/** The configured speed is the likely one; over TCP the far end sets it. */
function baudRatesOf({ path, baudRate }: LinkConfig): readonly number[] {
  if (linkTarget(path)?.type !== 'tty') return [];
  const own = baudRate === undefined ? [] : [baudRate];
  return [...new Set([...own, ...idCardReaderBaudRates])];
}
