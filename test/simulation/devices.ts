/** The far ends of one gate's wires and lines: every device's twin, in virtual time. */
import type { TurnstileMode } from '../../config/vocabulary.js';
import { idCardReaderTwin } from '../../drivers/id-card-reader/twin.js';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { type Devices, usualBaudRates } from '../../drivers/registry.js';
import { framePeriodMs, skinOf, thermometerTwin } from '../../drivers/thermometer/twin.js';
import { turnstileTwin } from '../../drivers/turnstile/twin.js';
import { runFireLoop, runIdCardReader, runPanel, runTurnstile } from '../../drivers/twins.js';
import type { VirtualClock } from '../../hardware/simulated/clock.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { simulatedOutputs } from '../../hardware/simulated/outputs.js';
import type { Random } from '../../hardware/simulated/random.js';
import { noFaults, simulatedWire } from '../../hardware/simulated/wire.js';

/** With nobody near it the sensor is asked for no more than proves that it is there. */
const idleFrameMs = 1_500;
const supervision = 'second-contact';
/** The air changes by more than the sensor's noise: no two frames with a night between are the same. */
const airCentidegrees = [2_200, 2_210] as const;

/**
 * @param clock of the world
 * @param dice for noise, and for what faults do to bytes
 * @param mode of the turnstile
 * @returns the devices as drivers take them, and what hands and faults find at their far ends
 */
export function farEnds(clock: VirtualClock, dice: Random, mode: TurnstileMode) {
  const tools = { clock, scheduler: clock };
  const wire = (driver: keyof typeof usualBaudRates) =>
    simulatedWire({ ...tools, random: dice, baudRate: usualBaudRates[driver] });
  const scanner = wire('line');
  const thermometer = wire('gy-614v3');
  const reader = wire('sam-v');
  const lines = simulatedLines(tools);
  const turnstile = runTurnstile({ ...tools, twin: turnstileTwin(mode), lines });
  const panel = runPanel({ ...tools, lines });
  const fire = runFireLoop({ ...tools, lines, supervision });
  const sensor = thermometerTwin({ random: dice });
  const cards = idCardReaderTwin({
    random: dice,
    behaviour: dice.pick(['goes-on', 'falls-silent']),
  });
  runIdCardReader({
    ...tools,
    twin: cards,
    onData: reader.far.onData,
    write: reader.far.write,
  });
  const scannerDoes = scannerTwin('cr');

  let isNear = false;
  let nights = 0;
  let cancelFrame: (() => void) | null = null;
  const frame = (): void => {
    const bytes = sensor.frame();
    if (bytes !== null) thermometer.far.write(bytes);
    const nextMs = clock.now().monotonicMs + (isNear ? framePeriodMs : idleFrameMs);
    cancelFrame = clock.at(nextMs, frame);
  };
  const near = (): void => {
    if (isNear) return;
    isNear = true;
    cancelFrame?.();
    frame();
  };

  const devices: Devices = {
    scanner: { driver: 'line', link: scanner.link },
    thermometer: { driver: 'gy-614v3', link: thermometer.link },
    idCardReader: { driver: 'sam-v', link: reader.link },
    turnstile: { driver: 'contact', lines, reverseSensor: true },
    panel: { driver: 'contacts', lines, covers: ['emergency', 'lockdown'] },
    fire: { driver: 'loop', lines, supervision },
    signals: { driver: 'lamps', outputs: simulatedOutputs(tools) },
  };
  return {
    devices,
    ends: {
      scanner: scanner.far,
      thermometer: thermometer.far,
      reader: reader.far,
      sensor,
      cards,
      turnstile,
      panel,
      fire,
      scan: (text: string): void => scanner.far.write(scannerDoes.scan(text)),
      /** Somebody holds a wrist to the sensor. */
      present(bodyCentidegrees: number): void {
        sensor.present(skinOf(bodyCentidegrees));
        near();
      },
      /** Nobody does any more. */
      clear(): void {
        sensor.clear();
        isNear = false;
      },
      /** Somebody comes near after a while; the sensor sends again. */
      wake(): void {
        nights += 1;
        sensor.setAmbient(airCentidegrees[nights % 2 === 0 ? 0 : 1]);
        cancelFrame?.();
        frame();
      },
      /** Nobody is there: the sensor need not be asked. */
      sleep(): void {
        cancelFrame?.();
        cancelFrame = null;
      },
      /** Everything is sound, and no hand is on it. */
      mend(): void {
        for (const { far } of [scanner, thermometer, reader]) {
          far.mend();
          far.setFaults(noFaults);
        }
        sensor.setFault('none');
        sensor.clear();
        isNear = false;
        cards.setFault({ type: 'none' });
        cards.remove();
        turnstile.jam(false);
        turnstile.jam(false, 'reverse');
        for (const button of panel.buttons) panel.release(button);
        panel.cover('emergency', false);
        panel.cover('lockdown', false);
        fire.wires('sound');
        fire.alarm(false);
      },
    },
  };
}
