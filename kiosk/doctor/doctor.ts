/**
 * `gate-kiosk doctor`: looks at all that a gate stands on, one finding each with what to do about it,
 * before the gate starts or beside one that runs. It opens devices and reads; it moves nothing.
 */
import type { Devices } from '../../drivers/registry.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { simulatedOutputs } from '../../hardware/simulated/outputs.js';
import { type Configuration, readConfiguration } from '../daemon/configuration.js';
import { configuredDevices } from '../daemon/devices.js';
import { acceptedSettings } from './accepted.js';
import { checkBroker } from './broker.js';
import { checkCamera } from './camera.js';
import { checkClock } from './clock.js';
import { checkDevices } from './devices.js';
import { checkDisk } from './disk.js';
import { type Finding, failed, ok } from './finding.js';
import { checkGpio } from './gpio.js';
import { checkKeys } from './keys.js';
import { checkPorts } from './ports.js';
import { findRunningGate } from './running-gate.js';
import { checkUser, currentUser } from './user.js';

/**
 * @param configPath of `kiosk.json`
 * @returns every finding, in a fixed order of parts; where the configuration is refused, its problems
 *   and what can be said without it
 */
export async function examine(configPath: string): Promise<readonly Finding[]> {
  const read = readConfiguration(configPath);
  if (!read.ok)
    return [
      ...read.lines.map((line) => failed('configuration', line, 'correct it, then look again')),
      checkUser(null, currentUser()),
    ];
  return await examineGate(configPath, read.configuration);
}

async function examineGate(configPath: string, files: Configuration): Promise<readonly Finding[]> {
  const { configuration, finding: accepted } = acceptedSettings(files);
  const { config, mqtt } = configuration;
  const markFile = config.clock.synchronizedMark;
  const clock = systemClock({ markFile });
  const scheduler = systemScheduler();
  const { site, kiosk, direction, zone } = config;
  const running = await findRunningGate(config);
  const now = clock.now();
  const { scanner, thermometer, idCardReader }: Devices = configuredDevices(
    config,
    {
      // What hangs on the board's lines is not asked here.
      inputs: simulatedLines({ clock }),
      outputs: simulatedOutputs({ clock }),
    },
    () => {},
  );
  const devices = {
    ...(scanner && { scanner }),
    ...(thermometer && { thermometer }),
    ...(idCardReader && { idCardReader }),
  };
  return [
    ok('configuration', `${configPath}: ${site}/${kiosk}, ${direction} at ${zone.name}`),
    accepted,
    running === null
      ? ok('gate', 'does not run now: everything is opened here')
      : ok('gate', 'runs: what it holds is not opened, and is told as it tells it'),
    // One after the other: a camera has one program at a time.
    ...(await checkCamera(config.devices.scanner, running)),
    ...(await checkDevices({ clock, scheduler, devices, running })),
    ...checkGpio(configuration),
    ...checkClock({ ...now, markFile }),
    ...checkDisk(config.stateDirectory, running),
    ...checkKeys(configuration, now.wallMs),
    ...(await checkBroker({ clock, scheduler, config, files: mqtt, running })),
    ...(await checkPorts(config, running)),
    checkUser(config, currentUser()),
  ];
}
