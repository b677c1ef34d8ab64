/** Builds the drivers of one gate from what its configuration names: which driver, which link. */
import type { DeviceName, FireSupervision, GuardedButton } from '../config/vocabulary.js';
import type { InputLines, OutputLines } from '../hardware/ports.js';
import { type DeviceSessions, deviceSessions, type SessionDevices } from './device-sessions.js';
import { doorContact } from './door-contact/driver.js';
import { exitButton } from './exit-button/driver.js';
import { fireInput } from './fire-input/driver.js';
import { guardPanel } from './guard-panel/driver.js';
import { onLines } from './lines-session.js';
import { mainsMonitor } from './mains-monitor/driver.js';
import type { Driver } from './reading.js';
import type { DriverTools } from './session.js';
import { signals } from './signals/driver.js';
import type { SignalState } from './signals/patterns.js';
import { tamperLoop } from './tamper-loop/driver.js';
import { turnstile } from './turnstile/driver.js';

/** The devices of one gate; one that is left out is not there. */
export interface Devices extends SessionDevices {
  readonly turnstile?: {
    readonly driver: 'contact';
    readonly lines: InputLines;
    readonly reverseSensor?: boolean;
    readonly doorContact?: boolean;
    readonly exitButton?: boolean;
  };
  readonly panel?: {
    readonly driver: 'contacts';
    readonly lines: InputLines;
    readonly covers?: readonly GuardedButton[];
  };
  readonly fire?: {
    readonly driver: 'loop';
    readonly lines: InputLines;
    readonly supervision: FireSupervision;
  };
  readonly tamper?: { readonly driver: 'loop'; readonly lines: InputLines };
  readonly mains?: { readonly driver: 'contact'; readonly lines: InputLines };
  readonly signals?: { readonly driver: 'lamps'; readonly outputs: OutputLines };
  /** parts that are kept from working, and why: they are told as lost */
  readonly withheld?: { readonly parts: readonly DeviceName[]; readonly why: string };
}

/** All devices of one gate. */
export interface GateDrivers extends Driver {
  /** What lamps and buzzer show from now on; nothing where there are none. */
  signal(state: SignalState): void;
  /** Opens the sessions of other devices in place of the same ones before. */
  readonly use: DeviceSessions['use'];
}

/** Speeds at which the devices leave the factory or are set up (measurements: 9600 is too slow). */
export const usualBaudRates = { line: 115_200, 'gy-614v3': 9_600, 'sam-v': 115_200 } as const;

/** Makes one driver that starts and stops all devices together. */
export function gateDrivers(devices: Devices, tools: DriverTools): GateDrivers {
  const { clock, scheduler, emit } = tools;
  const base = { clock, scheduler, emit };
  const drivers: Driver[] = [];
  const linesOf = (
    device: DeviceName | null,
    { lines }: { readonly lines: InputLines | OutputLines },
  ) => ({ ...base, device, lines });
  const sessions = deviceSessions(devices, base);
  drivers.push(sessions);
  const { turnstile: arm, panel, fire, tamper, mains } = devices;
  if (arm) drivers.push(onLines(linesOf('turnstile', arm), turnstile({ ...base, ...arm })));
  // With the arm's lines theirs are gone too: one word for all of them.
  if (arm?.doorContact) drivers.push(onLines(linesOf(null, arm), doorContact({ ...base, ...arm })));
  if (arm?.exitButton) drivers.push(onLines(linesOf(null, arm), exitButton({ ...base, ...arm })));
  if (tamper) drivers.push(onLines(linesOf(null, tamper), tamperLoop({ ...base, ...tamper })));
  if (panel) drivers.push(onLines(linesOf('panel', panel), guardPanel({ ...base, ...panel })));
  if (fire) drivers.push(onLines(linesOf('fire', fire), fireInput({ ...base, ...fire })));
  // Of the mains nothing is known then, and its loss is a word of its own.
  if (mains) drivers.push(onLines(linesOf(null, mains), mainsMonitor({ ...base, ...mains })));
  if (devices.withheld) drivers.push(withheld(devices.withheld, base));
  const shown = devices.signals ? signals({ ...base, ...devices.signals }) : null;
  if (devices.signals && shown !== null)
    drivers.push(onLines(linesOf('signals', { lines: devices.signals.outputs }), shown));
  return {
    start() {
      for (const driver of drivers) driver.start();
    },
    stop() {
      for (const driver of drivers) driver.stop();
    },
    signal: (state) => shown?.show(state),
    use: sessions.use,
  };
}

function withheld(
  { parts, why }: NonNullable<Devices['withheld']>,
  { clock, emit }: DriverTools,
): Driver {
  return {
    start() {
      const { monotonicMs } = clock.now();
      for (const device of parts)
        emit({ type: 'device', device, status: 'lost', why, monotonicMs });
    },
    stop() {},
  };
}
