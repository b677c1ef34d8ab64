import { expect, test } from 'vitest';
import type { KioskConfig } from '../../../config/kiosk-config.js';
import { checkUser } from '../../../kiosk/doctor/user.js';

const groupFile = ['root:x:0:', 'dialout:x:20:', 'video:x:44:', 'gpio:x:997:', 'gate-kiosk:x:998:'];
const ids = { dialout: 20, video: 44, gpio: 997, 'gate-kiosk': 998 } as const;
type Group = keyof typeof ids;

function userIn(groups: readonly Group[], file = groupFile.join('\n')) {
  return {
    name: 'somebody',
    uid: 1_000,
    groupIds: groups.map((group) => ids[group]),
    groupFile: file,
  };
}

type Scanner = KioskConfig['devices']['scanner'];
const tty = { path: '/dev/ttyUSB0', baudRate: 115_200 } as const;
const overTcp = { path: 'tcp://127.0.0.1:4001' } as const;

function configOf(scanner: Scanner, backend: KioskConfig['gpio']['backend'], link = overTcp) {
  return {
    devices: {
      scanner,
      thermometer: { driver: 'gy-614v3', link },
      turnstile: { pulseMs: 500, passageSensor: true },
      panel: {},
    },
    gpio: { backend },
  } as const;
}

const rows: readonly (readonly [string, Scanner, KioskConfig['gpio']['backend'], Group[]])[] = [
  ['a scanner on a tty', { driver: 'line', link: tty }, 'simulated', ['dialout']],
  ['a camera, and lines of the board', { driver: 'camera' }, 'auto', ['video', 'gpio']],
  ['a USB scanner', { driver: 'hid-pos', hid: {} }, 'chardev', ['gpio', 'gate-kiosk']],
];

test.each(rows)('%s: each group that it takes is missed alone', (_, scanner, backend, needed) => {
  const config = configOf(scanner, backend);
  expect(checkUser(config, userIn(needed))).toMatchObject({
    verdict: 'ok',
    says: expect.stringContaining(needed.join(', ')),
  });
  for (const group of needed) {
    const finding = checkUser(config, userIn(needed.filter((other) => other !== group)));
    expect(finding).toMatchObject({ verdict: 'warning', says: `somebody is not in ${group}` });
    expect(finding.remedy).toContain(`usermod -aG ${group} somebody`);
  }
});

test('devices over TCP and simulated lines take no group', () => {
  const config = configOf({ driver: 'line', link: overTcp }, 'simulated');
  expect(checkUser(config, userIn([]))).toMatchObject({ verdict: 'ok' });
});

test('a group that this machine lacks is the installer’s to make', () => {
  const file = groupFile.filter((line) => !line.startsWith('gpio')).join('\n');
  const finding = checkUser(configOf({ driver: 'camera' }, 'auto'), userIn(['video'], file));
  expect(finding).toMatchObject({ verdict: 'warning' });
  expect(finding.says).toMatch(/no group gpio,/);
  expect(finding.remedy).toMatch(/install\.sh/);
});

test('root may do what the service may not', () => {
  const finding = checkUser(null, { ...userIn([]), uid: 0 });
  expect(finding).toMatchObject({ verdict: 'warning', says: expect.stringContaining('root') });
});
