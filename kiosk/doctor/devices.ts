/**
 * The devices that bring evidence: each is opened by its own driver, as the gate would, and has to
 * say that it is there. Nothing that moves the turnstile, lights or sounds is touched.
 */
import type { DeviceName, DeviceStatus } from '../../config/vocabulary.js';
import { type Devices, gateDrivers } from '../../drivers/registry.js';
import type { Clock, Scheduler } from '../../hardware/ports.js';
import { type Finding, failed, ok, warning } from './finding.js';
import type { RunningGate } from './running-gate.js';

/** A reader that looks for its speed, and a thermometer's silence, take this long to tell. */
const lookMsMax = 6_000;
/** Another device on a scanner's line, which is there as soon as it is open, is heard within this. */
const lookMsMin = 1_000;

const partOf = {
  scanner: 'scanner',
  thermometer: 'thermometer',
  idCardReader: 'id-card-reader',
} as const satisfies Partial<Record<keyof Devices, DeviceName>>;
type Reader = keyof typeof partOf;

export interface DevicesOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly devices: Pick<Devices, Reader>;
  /** null: none runs, so the devices can be opened */
  readonly running: RunningGate | null;
}

/** What a driver has said last. */
interface Said {
  readonly status: DeviceStatus;
  readonly why: string;
  /** the system's words */
  readonly detail: string | undefined;
}

/** @returns a finding for each of the devices that are there, in the order of `partOf` */
export async function checkDevices(options: DevicesOptions): Promise<readonly Finding[]> {
  const { devices, running } = options;
  const readers = (Object.keys(partOf) as Reader[]).filter((key) => devices[key] !== undefined);
  const parts = readers.map((key) => partOf[key]);
  if (running !== null) return parts.map((part) => asTheGateSays(part, running));
  const said = await listen(options, parts);
  return parts.map((part) => asItSays(part, said.get(part)));
}

/** Starts the drivers and waits until each is there, or the time is over. */
function listen(
  { clock, scheduler, devices }: DevicesOptions,
  parts: readonly DeviceName[],
): Promise<ReadonlyMap<DeviceName, Said>> {
  const said = new Map<DeviceName, Said>();
  const { scanner, thermometer, idCardReader } = devices;
  const beganMs = clock.now().monotonicMs;
  const isWell = (): boolean => parts.every((part) => said.get(part)?.status === 'ok');
  return new Promise((resolve) => {
    const end = (): void => {
      for (const cancel of cancels) cancel();
      drivers.stop();
      resolve(said);
    };
    const drivers = gateDrivers(
      {
        ...(scanner && { scanner }),
        ...(thermometer && { thermometer }),
        ...(idCardReader && { idCardReader }),
      },
      {
        clock,
        scheduler,
        emit(reading) {
          if (reading.type !== 'device') return;
          const { status, why, detail } = reading;
          said.set(reading.device, { status, why, detail });
          if (isWell() && clock.now().monotonicMs - beganMs >= lookMsMin) end();
        },
      },
    );
    const cancels = [
      scheduler.at(beganMs + lookMsMax, end),
      scheduler.at(beganMs + lookMsMin, () => {
        if (isWell()) end();
      }),
    ];
    drivers.start();
  });
}

/** Words of the codes that sessions use; other words say by themselves what to do. */
const remedies: Readonly<Record<string, string>> = {
  absent: 'plug it in, or correct its place in kiosk.json (ls -l /dev/serial/by-id)',
  denied: "let the service's user use it: install the udev rules, and see `id gate-kiosk`",
  busy: 'another program holds it: end that one (fuser -v shows which)',
  'wrong-device': 'another device is at its place: correct the path or the ids in kiosk.json',
  silent: 'it says nothing: look at its power, its cable (RX and TX) and its speed in kiosk.json',
  unreadable: 'it says what nobody understands: look at its speed and its model in kiosk.json',
  garbled: 'it says what nobody understands: look at its speed and its model in kiosk.json',
  ambiguous: 'unplug one, or name the right one in kiosk.json: devices.scanner.hid.serial',
  'no-library': 'apt-get install libusb-1.0-0',
  ended: 'run the command of kiosk.json by hand and read what it says',
};
/** With these a device is as good as lost, though its line is open. */
const useless: readonly string[] = ['wrong-device', 'garbled'];

function asItSays(part: DeviceName, said: Said | undefined): Finding {
  if (said === undefined)
    return failed(part, 'says nothing', remedies['silent'] ?? 'look at its cable');
  const { status, why, detail } = said;
  if (status === 'ok') return ok(part, foundWords[part] ?? 'is there');
  const words = detail === undefined ? why : `${why}: ${detail}`;
  const remedy = remedies[why] ?? 'look at its cable, its power and its place in kiosk.json';
  return status === 'degraded' && !useless.includes(why)
    ? warning(part, `degraded: ${words}`, remedy)
    : failed(part, words, remedy);
}

const foundWords: Readonly<Partial<Record<DeviceName, string>>> = {
  scanner: 'is there, and its line is open (scan a code to see it read)',
  thermometer: 'sends frames',
  'id-card-reader': 'answers',
};

function asTheGateSays(part: DeviceName, { devices }: RunningGate): Finding {
  if (devices.get(part) === true) return ok(part, 'in use by the gate, which finds it ok');
  return failed(
    part,
    'in use by the gate, which does not have it',
    'the log says why: journalctl -u gate-kiosk -g device',
  );
}
