import { expect, test } from 'vitest';
import type { KioskConfig } from '../../../config/kiosk-config.js';
import { configuredSessions } from '../../../kiosk/daemon/sessions.js';
import { shippedConfiguration } from '../../../scripts/simulated-board/shipped.js';

const { devices } = shippedConfiguration().config;
const made = (change: Partial<KioskConfig['devices']>) => ({ devices: { ...devices, ...change } });

test('only a device whose settings are others is another object, and on the same path it keeps its link', () => {
  const sessions = configuredSessions(() => {});
  const first = sessions({ devices });
  expect(sessions(structuredClone({ devices }))).toEqual(first);
  expect(sessions(structuredClone({ devices })).scanner).toBe(first.scanner);
  const second = sessions(made({ scanner: { ...devices.scanner, idleMs: 90 } as never }));
  expect(second.scanner).not.toBe(first.scanner);
  expect(second.scanner).toMatchObject({ idleMs: 90 });
  expect([second.thermometer, second.idCardReader]).toEqual([
    first.thermometer,
    first.idCardReader,
  ]);
  expect(second.thermometer).toBe(first.thermometer);
  expect(second.idCardReader).toBe(first.idCardReader);
  const linkOf = (it: typeof first.scanner): unknown => it && 'link' in it && it.link;
  expect(linkOf(second.scanner)).toBe(linkOf(first.scanner));
  const third = sessions(
    made({ thermometer: { driver: 'gy-614v3', link: { path: '/dev/ttyS9', baudRate: 9_600 } } }),
  );
  expect(third.thermometer?.link).not.toBe(first.thermometer?.link);
});

test('a device that was to be another, and is not before anybody has gone, is the one that is open', () => {
  const sessions = configuredSessions(() => {});
  const { thermometer, scanner } = sessions({ devices });
  sessions(
    made({ thermometer: { driver: 'gy-614v3', link: { path: '/dev/ttyS9', baudRate: 9_600 } } }),
  );
  const back = sessions({ devices });
  expect(back.thermometer).toBe(thermometer);
  expect(back.scanner).toBe(scanner);
});
