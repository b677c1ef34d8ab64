/** The devices that each have a session of their own, which can be opened anew while the others go on. */
import type { Link } from '../hardware/ports.js';
import type { ReadCommand } from './id-card-reader/codec.js';
import { idCardReader } from './id-card-reader/driver.js';
import { type ScannerDevice, scannerOf } from './qr-scanner/kinds.js';
import type { Driver } from './reading.js';
import type { DriverTools } from './session.js';
import { thermometer } from './thermometer/driver.js';
import type { HeadOptions } from './thermometer/heads.js';

/** One that is left out is not there. */
export interface SessionDevices {
  readonly scanner?: ScannerDevice;
  readonly thermometer?: HeadOptions & {
    readonly link: Link;
    readonly frozenMs?: number;
  };
  readonly idCardReader?: {
    readonly driver: 'sam-v';
    readonly link: Link;
    readonly readCommand?: ReadCommand;
    /** speeds to try beside the link's own, where the gate sets the speed */
    readonly baudRates?: readonly number[];
  };
}

export interface DeviceSessions extends Driver {
  /**
   * From now on these: a device that is another object than before has its session closed and opened anew.
   * Until the new one has spoken, what the old one said last stands.
   */
  use(next: SessionDevices): void;
}

const names = ['scanner', 'thermometer', 'idCardReader'] as const;
type Name = (typeof names)[number];

/** Makes stopped sessions of the devices that are there. */
export function deviceSessions(devices: SessionDevices, tools: DriverTools): DeviceSessions {
  let current = devices;
  let isStarted = false;
  const drivers = new Map<Name, Driver>();
  const make = (name: Name): void => {
    const driver = driverOf(name, current, tools);
    if (driver === null) drivers.delete(name);
    else drivers.set(name, driver);
  };
  for (const name of names) make(name);
  return {
    start() {
      isStarted = true;
      for (const driver of drivers.values()) driver.start();
    },
    stop() {
      isStarted = false;
      for (const driver of drivers.values()) driver.stop();
    },
    use(next) {
      const changed = names.filter((name) => next[name] !== current[name]);
      // All are closed before the first opens: two may have changed their places.
      for (const name of changed) drivers.get(name)?.stop();
      current = next;
      for (const name of changed) make(name);
      if (isStarted) for (const name of changed) drivers.get(name)?.start();
    },
  };
}

function driverOf(name: Name, devices: SessionDevices, tools: DriverTools): Driver | null {
  switch (name) {
    case 'scanner':
      return devices.scanner ? scannerOf(devices.scanner, tools) : null;
    case 'thermometer':
      return devices.thermometer ? thermometer({ ...tools, ...devices.thermometer }) : null;
    case 'idCardReader':
      return devices.idCardReader ? idCardReader({ ...tools, ...devices.idCardReader }) : null;
  }
}
