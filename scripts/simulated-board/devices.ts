/** The devices of one simulated gate: wires and lines, and the twin at the far end of each. */
import type { KioskConfig } from '../../config/kiosk-config.js';
import {
  type IdCardReaderTwin,
  idCardReaderTwin,
  type ReaderBehaviour,
} from '../../drivers/id-card-reader/twin.js';
import { mainsLine } from '../../drivers/mains-monitor/driver.js';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { type Devices, usualBaudRates } from '../../drivers/registry.js';
import { type ThermometerTwin, thermometerTwin } from '../../drivers/thermometer/twin.js';
import { turnstileTwin } from '../../drivers/turnstile/twin.js';
import {
  type RunningFireLoop,
  type RunningPanel,
  type RunningSignals,
  type RunningTurnstile,
  runFireLoop,
  runIdCardReader,
  runPanel,
  runSignals,
  runThermometer,
  runTurnstile,
} from '../../drivers/twins.js';
import type { Cancel, Clock, Link, Scheduler } from '../../hardware/ports.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { simulatedOutputs } from '../../hardware/simulated/outputs.js';
import { random } from '../../hardware/simulated/random.js';
import { type FarEnd, noFaults, simulatedWire } from '../../hardware/simulated/wire.js';

/** What a hand, a person or a fault finds at the devices. */
export interface SimulatedDevices {
  readonly scannerWire: FarEnd;
  readonly thermometerWire: FarEnd;
  readonly readerWire: FarEnd;
  readonly thermometer: ThermometerTwin;
  readonly reader: IdCardReaderTwin;
  readonly turnstile: RunningTurnstile;
  /** contacts of buttons and of the covers over EMERGENCY and LOCKDOWN */
  readonly panel: RunningPanel;
  readonly fire: RunningFireLoop;
  /** The mains at the gate's UPS. */
  mains(isThere: boolean): void;
  /** what is seen and heard in the booth */
  readonly signals: RunningSignals;
  /** holds a code before the scanner */
  scan(text: string): void;
  /** raw bytes out of the scanner */
  scanBytes(bytes: Uint8Array): void;
  /** everything is sound and nobody touches it: wires whole, contacts at rest, no card, no fire */
  mend(): void;
}

/**
 * @param options the gate's configuration, the clock, a seed for noise, and who is told that bytes
 *   have come to the gate
 * @returns the devices as drivers take them, their far ends, and how to stop what runs by itself
 */
export function simulatedDevices(options: {
  readonly config: KioskConfig;
  readonly clock: Clock & Scheduler;
  readonly seed: number;
  readonly readerBehaviour?: ReaderBehaviour;
  byteCame(): void;
}): { readonly devices: Devices; readonly ends: SimulatedDevices; stop(): void } {
  const { config, clock, byteCame } = options;
  const tools = { clock, scheduler: clock };
  const dice = random(options.seed);
  const wire = (driver: keyof typeof usualBaudRates): ReturnType<typeof simulatedWire> =>
    simulatedWire({ ...tools, random: dice, baudRate: usualBaudRates[driver] });
  const scannerEnds = wire('line');
  const thermometerEnds = wire('gy-614v3');
  const readerEnds = wire('sam-v');
  const wires = [scannerEnds.far, thermometerEnds.far, readerEnds.far];

  const lines = simulatedLines(tools);
  const outputs = simulatedOutputs(tools);
  const turnstile = runTurnstile({
    ...tools,
    twin: turnstileTwin(config.devices.turnstile.mode),
    lines,
  });
  const panel = runPanel({ ...tools, lines });
  const supervision = config.devices.fire?.supervision ?? 'none';
  const fire = runFireLoop({ ...tools, lines, supervision });
  const mains = (isThere: boolean): void => lines.drive(mainsLine, isThere);
  mains(true);
  const signals = runSignals({ clock, outputs });
  const scanner = scannerTwin('crlf');
  const thermometer = thermometerTwin({ random: dice });
  const { readerBehaviour: behaviour } = options;
  const reader = idCardReaderTwin({ random: dice, ...(behaviour !== undefined && { behaviour }) });
  const running: readonly Cancel[] = [
    runThermometer({ ...tools, twin: thermometer, write: thermometerEnds.far.write }),
    runIdCardReader({
      ...tools,
      twin: reader,
      onData: readerEnds.far.onData,
      write: readerEnds.far.write,
    }),
  ];
  const { idCardReader, turnstile: arm, panel: buttons } = config.devices;
  const { readCommand } = idCardReader ?? {};
  return {
    devices: {
      scanner: { driver: 'line', link: watched(scannerEnds.link, byteCame) },
      thermometer: { driver: 'gy-614v3', link: watched(thermometerEnds.link, byteCame) },
      idCardReader: {
        driver: 'sam-v',
        link: watched(readerEnds.link, byteCame),
        ...(readCommand !== undefined && { readCommand }),
      },
      turnstile: { driver: 'contact', lines, reverseSensor: arm.reverseSensor ?? false },
      panel: { driver: 'contacts', lines, ...buttons },
      fire: { driver: 'loop', lines, supervision },
      mains: { driver: 'contact', lines },
      signals: { driver: 'lamps', outputs },
    },
    ends: {
      scannerWire: scannerEnds.far,
      thermometerWire: thermometerEnds.far,
      readerWire: readerEnds.far,
      thermometer,
      reader,
      turnstile,
      panel,
      fire,
      mains,
      signals,
      scan: (text) => scannerEnds.far.write(scanner.scan(text)),
      scanBytes: scannerEnds.far.write,
      mend() {
        for (const far of wires) {
          far.mend();
          far.setFaults(noFaults);
        }
        thermometer.setFault('none');
        thermometer.clear();
        reader.setFault({ type: 'none' });
        reader.remove();
        turnstile.jam(false);
        turnstile.jam(false, 'reverse');
        for (const button of panel.buttons) panel.release(button);
        panel.cover('emergency', false);
        panel.cover('lockdown', false);
        fire.wires('sound');
        fire.alarm(false);
        mains(true);
      },
    },
    stop() {
      for (const cancel of running) cancel();
    },
  };
}

/** The same link, telling when bytes come. */
function watched(link: Link, came: () => void): Link {
  return {
    ...link,
    open(events, baudRate) {
      const data = (bytes: Uint8Array): void => {
        came();
        events.data(bytes);
      };
      link.open({ ...events, data }, baudRate);
    },
  };
}
