import { expect, test } from 'vitest';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import type { Reading } from '../../drivers/reading.js';
import { gateDrivers } from '../../drivers/registry.js';
import { darkAndSilent } from '../../drivers/signals/patterns.js';
import { skinOf, thermometerTwin } from '../../drivers/thermometer/twin.js';
import { turnstileTwin } from '../../drivers/turnstile/twin.js';
import {
  runFireLoop,
  runPanel,
  runSignals,
  runThermometer,
  runTurnstile,
} from '../../drivers/twins.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { simulatedOutputs } from '../../hardware/simulated/outputs.js';
import { random } from '../../hardware/simulated/random.js';
import { simulatedRelay } from '../../hardware/simulated/relay.js';
import { simulatedWire } from '../../hardware/simulated/wire.js';

test('one passage goes from the twins over wires and lines to readings, and back by the relay', () => {
  const clock = virtualClock();
  const readings: Reading[] = [];
  const tools = {
    clock,
    scheduler: clock,
    emit: (reading: Reading) => void readings.push(reading),
  };
  const lines = simulatedLines({ clock });
  const scannerWire = simulatedWire({ ...tools, random: random(1), baudRate: 115_200 });
  const thermometerWire = simulatedWire({ ...tools, random: random(2), baudRate: 9_600 });
  const gate = runTurnstile({ ...tools, twin: turnstileTwin(), lines });
  const panel = runPanel({ ...tools, lines });
  const sensor = thermometerTwin({ random: random(3) });
  const relay = simulatedRelay({ ...tools, lines: (line, on) => gate.relay(line, on) });
  const fire = runFireLoop({ ...tools, lines, supervision: 'end-of-line' });
  const outputs = simulatedOutputs({ clock });
  const booth = runSignals({ clock, outputs });
  const drivers = gateDrivers(
    {
      scanner: { driver: 'line', link: scannerWire.link },
      thermometer: { driver: 'gy-614v3', link: thermometerWire.link },
      turnstile: { driver: 'contact', lines },
      panel: { driver: 'contacts', lines },
      fire: { driver: 'loop', lines, supervision: 'end-of-line' },
      signals: { driver: 'lamps', outputs },
    },
    tools,
  );
  drivers.start();
  drivers.signal({ ...darkAndSilent, buzzer: 'siren' });
  runThermometer({ ...tools, twin: sensor, write: thermometerWire.far.write });
  clock.advance(1_000);
  sensor.present(skinOf(3_650));
  scannerWire.far.write(scannerTwin().scan('GK1:HELLO WORLD'));
  clock.advance(500);
  expect(gate.walk()).toBe('blocked');
  relay.pulse(1, 300);
  expect(gate.walk()).toBe('passes');
  panel.press('emergency', 200, true);
  clock.advance(2_000);
  expect(booth.drawn('buzzer', 100, 20)).toContain('##.##.##.##.');
  fire.alarm(true);
  clock.advance(1_000);

  const seen = readings
    .filter(({ type }) => type !== 'temperature-sample')
    .map((reading) => {
      if (reading.type === 'device') return `${reading.device} ${reading.status}`;
      if (reading.type === 'scan') return reading.text;
      if (reading.type === 'passage') return reading.phase;
      if (reading.type === 'button') return `${reading.button} ${reading.event}`;
      if (reading.type === 'fire') return `fire ${reading.active}`;
      return reading.type;
    });
  expect(seen).toEqual([
    'turnstile ok',
    'panel ok',
    'fire ok',
    'fire false',
    'signals ok',
    'thermometer ok',
    'scanner ok',
    'GK1:HELLO WORLD',
    'emergency pressed',
    'entered',
    'emergency released',
    'left',
    'fire true',
  ]);
  const samples = readings.filter((reading) => reading.type === 'temperature-sample');
  expect(samples.at(-1)?.bodyCentidegrees).toBeGreaterThan(3_640);
  expect(samples.at(-1)?.bodyCentidegrees).toBeLessThan(3_660);
});
