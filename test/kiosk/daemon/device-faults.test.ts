import { expect, test } from 'vitest';
import { watchDeviceFaults } from '../../../kiosk/daemon/device-faults.js';

test('each device is told by degree, once, and not before it has reported', () => {
  const told: string[] = [];
  const saw = watchDeviceFaults((fault, on) => void told.push(`${fault} ${on}`));
  const next = (devices: Parameters<typeof saw>[0]): readonly string[] => {
    saw(devices);
    return told.splice(0);
  };
  expect(next({})).toEqual([]);
  expect(next({ panel: 'lost', turnstile: 'lost' })).toEqual([]);
  expect(next({ thermometer: 'ok' })).toEqual([
    'thermometer degraded false',
    'thermometer lost false',
  ]);
  expect(next({ thermometer: 'ok' })).toEqual([]);
  expect(next({ thermometer: 'degraded' })).toEqual(['thermometer degraded true']);
  expect(next({ thermometer: 'lost', scanner: 'lost' })).toEqual([
    'scanner degraded true',
    'scanner lost true',
    'thermometer lost true',
  ]);
  expect(next({ thermometer: 'ok', scanner: 'degraded' })).toEqual([
    'scanner lost false',
    'thermometer degraded false',
    'thermometer lost false',
  ]);
});
