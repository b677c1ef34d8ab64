/** What a gate makes of a device that is lost, why ever: told to the log, the booth and the journal. */
import { expect, test } from 'vitest';
import { linkLosses } from '../../hardware/ports.js';
import { deviceFaultWords } from '../../kiosk/booth/device-words.js';
import { wholeGate } from './whole-gate.js';

const wires = {
  scanner: 'scannerWire',
  thermometer: 'thermometerWire',
  'id-card-reader': 'readerWire',
} as const;
const devices = Object.keys(wires) as (keyof typeof wires)[];

test.each(devices)('%s: every reason reaches state, booth and log; the rest goes on', (device) => {
  const run = wholeGate();
  const { gate, clock, written } = run;
  const wire = run[wires[device]];
  const others = () => Object.entries(gate.state().devices).filter(([name]) => name !== device);
  const sound = others();
  const shown = () => gate.boothView().devices.find(({ name }) => name === device)?.statusText;
  for (const why of linkLosses.filter((it) => it !== 'gone')) {
    wire.cut(why);
    clock.advance(100);
    expect(gate.state().deviceFaults[device]).toBe('gone');
    expect(shown()).toEqual(deviceFaultWords('lost', 'gone'));
    clock.advance(3_000);
    expect(gate.state().devices[device]).toBe('lost');
    expect(gate.state().deviceFaults[device]).toBe(why);
    expect(shown()).toEqual(deviceFaultWords('lost', why));
    const told = written.filter(
      (line) => line.includes('"device trouble"') && line.includes(`"why":"${why}"`),
    );
    expect(told).toHaveLength(1);
    expect(others()).toEqual(sound);
    wire.mend();
    clock.advance(2_000);
    expect(gate.state().devices[device]).toBe('ok');
    expect(shown()).toEqual(deviceFaultWords('ok', ''));
  }
  // On record: that it was lost and that it was back, and the first reason of each time.
  const changes = run
    .records()
    .filter((record) => record.type === 'device' && record['device'] === device)
    .map((record) => `${record['status']} ${record['why']}`.trim());
  expect(changes.slice(-4)).toEqual(['lost gone', 'ok', 'lost gone', 'ok']);
});
