/** What may be set from afar of a gate's `kiosk.json`, and what never. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDeviceOverlay, withOverlay } from '../../config/device-overlay.js';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { parseKioskConfig } from '../../config/kiosk-config-schema.js';
import type { PlacedProblem } from '../../config/problems.js';
import { parseStrictJson } from '../../config/strict-json.js';

const tls = { authority: '/k/ca.pem', certificate: '/k/gate.pem', key: '/k/gate.key' };
const example = JSON.parse(
  readFileSync(new URL('../../config/kiosk.example.json', import.meta.url), 'utf8'),
);
const { idCardReader: _reader, ...withoutReader } = example.devices;
const own = configOf({ ...example, mqtt: { broker: 'mqtts://broker.example:8883', tls } });

function configOf(value: unknown): KioskConfig {
  const parsed = parseKioskConfig(value);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.problem);
  return parsed.config;
}

/** As a gate reads it: strict JSON, judged by itself, then over its file. */
function laid(body: unknown, config = own): KioskConfig | readonly PlacedProblem[] {
  const json = parseStrictJson(JSON.stringify(body));
  if (!json.ok) return json.problems;
  const read = parseDeviceOverlay(json.value);
  if (!read.ok) return read.problems;
  const result = withOverlay(config, read.overlay);
  return result.ok ? result.config : result.problems;
}

const near = { path: '/dev/serial/by-id/usb-other-if00', baudRate: 9_600 };

describe('an overlay', () => {
  test('that is empty leaves the file as it is', () => {
    expect(laid({})).toEqual(own);
    expect(laid({ devices: { scanner: {} }, mqtt: {} })).toMatchObject({
      devices: own.devices,
      mqtt: own.mqtt,
    });
  });

  test('sets the members that it names, and what it leaves out is as the file has it', () => {
    const body = {
      devices: {
        scanner: { idleMs: 90 },
        idCardReader: { readCommand: '30 10' },
        turnstile: { pulseMs: 300 },
      },
      commands: { open: true },
      mqtt: { broker: 'mqtts://10.0.0.9:8883', keepAliveSeconds: 60 },
      screen: { languages: ['en'] },
      journal: { retention: { idCardDays: 3 } },
    };
    const { devices } = own;
    expect(laid(body)).toEqual({
      ...own,
      devices: {
        ...devices,
        scanner: { ...devices.scanner, idleMs: 90 },
        idCardReader: { ...devices.idCardReader, readCommand: '30 10' },
        turnstile: { ...devices.turnstile, pulseMs: 300 },
      },
      commands: { open: true },
      mqtt: { broker: 'mqtts://10.0.0.9:8883', keepAliveSeconds: 60, tls },
      screen: { ...own.screen, languages: ['en'] },
      journal: { retention: { ...own.journal?.retention, idCardDays: 3 } },
    });
  });

  test('sets how long the journal keeps what also where the file says nothing of it', () => {
    const { journal: _, ...without } = example;
    const silent = configOf(without);
    const retention = { recordDays: 30 };
    expect(laid({ journal: { retention } }, silent)).toEqual({ ...silent, journal: { retention } });
    expect(laid({ journal: {} }, silent)).toEqual(silent);
  });

  test('that names a driver puts the whole device in the place of the one before', () => {
    const thermometer = { driver: 'gy-mcu90614', link: near, compensationCentidegrees: 210 };
    expect(laid({ devices: { thermometer } })).toMatchObject({ devices: { thermometer } });
    expect(laid({ devices: { scanner: { driver: 'hid-pos', hid: {} } } })).toMatchObject({
      devices: { scanner: { driver: 'hid-pos', hid: {} } },
    });
    // Without its driver a device keeps it, and takes nothing that is another's.
    expect(laid({ devices: { thermometer: { compensationCentidegrees: 210 } } })).toMatchObject([
      {
        place: 'devices.thermometer.compensationCentidegrees',
        problem: expect.stringContaining('unknown key'),
      },
    ]);
  });
});

describe('from afar nobody sets', () => {
  test.each([
    ['who the gate is', { site: 'other' }, 'site'],
    ['its groups', { groups: [] }, 'groups'],
    ['its direction', { direction: 'out' }, 'direction'],
    ['a line', { gpio: { lines: {} } }, 'gpio'],
    [
      'how the contact closes',
      { devices: { turnstile: { mode: 'level' } } },
      'devices.turnstile.mode',
    ],
    [
      'what senses a passage',
      { devices: { turnstile: { passageSensor: false } } },
      'devices.turnstile.passageSensor',
    ],
    [
      'the release',
      { devices: { turnstile: { releaseInput: false } } },
      'devices.turnstile.releaseInput',
    ],
    ['the covers', { devices: { panel: {} } }, 'devices.panel'],
    ['the fire loop', { devices: { fire: { supervision: 'none' } } }, 'devices.fire'],
    ['whom the broker trusts', { mqtt: { tls } }, 'mqtt.tls'],
    ['the booth', { booth: { port: 1 } }, 'booth'],
    ['the port of the screen', { screen: { port: 80 } }, 'screen.port'],
    ['where state is kept', { stateDirectory: '/tmp' }, 'stateDirectory'],
    ['anything else of the journal', { journal: { file: '/tmp/x' } }, 'journal.file'],
    [
      'how long photos are kept, of which there are none',
      { journal: { retention: { photoDays: 1 } } },
      'journal.retention.photoDays',
    ],
    [
      'a program that it runs',
      { devices: { scanner: { driver: 'camera', command: ['sh'] } } },
      'devices.scanner.command',
    ],
    [
      'a program of a camera that it has',
      { devices: { scanner: { command: ['sh'] } } },
      'devices.scanner.command',
    ],
  ])('%s', (_name, body, place) => {
    expect(laid(body)).toEqual([{ place, problem: 'is nothing that is set from afar: remove it' }]);
  });

  test.each([
    '/dev/watchdog',
    '/dev/serial/by-id/../../mem',
    '/dev/serial/by-id/..',
    '/dev/serial/by-id/a/b',
    '/etc/passwd',
    '/dev/tty/../mem',
    'tcp://127.0.0.1:8081',
    'tcp://127.1:8081',
    'tcp://0.0.0.0:8081',
    'tcp://localhost:8081',
    'tcp://[::1]:8081',
    'tcp://[0:0:0:0:0:0:0:1]:8081',
    'tcp://[::ffff:127.0.0.1]:8081',
  ])('that the gate opens %s', (path) => {
    const thermometer = { link: { path, baudRate: 9_600 } };
    expect(laid({ devices: { thermometer } })).toMatchObject([
      { place: 'devices.thermometer.link.path', problem: expect.stringMatching(/^must be/) },
    ]);
  });

  test.each([
    '/dev/ttyUSB0',
    '/dev/serial/by-path/usb-0:1.2',
    'tcp://10.0.0.7:4001',
    'tcp://[fd00::7]:4001',
  ])('but a device at %s', (path) => {
    expect(laid({ devices: { thermometer: { link: { path, baudRate: 9_600 } } } })).toMatchObject({
      devices: { thermometer: { driver: 'gy-614v3', link: { path } } },
    });
  });
});

describe('languages of the screen', () => {
  test.each([[['zh']], [['en']], [['zh', 'en']], [['en', 'zh']]])('%j are shown', (languages) => {
    expect(laid({ screen: { languages } })).toMatchObject({ screen: { languages } });
  });

  test.each([
    [
      'a file, which is named at the gate',
      ['zh', '/etc/gate-kiosk/ru.json'],
      '[1]',
      /shipped \(en, zh\)/,
    ],
    ['a file, however it is written', ['../ru.json'], '[0]', /kiosk\.json, at the gate$/],
    ['one that is not shipped', ['ru'], '[0]', /must be a language that is shipped/],
    ['one twice', ['en', 'en'], '', /must not name a language twice/],
    ['none', [], '', /at least 1/],
    ['three', ['zh', 'en', 'zh'], '', /at most 2/],
    ['no name', [7], '[0]', /must be a string/],
    ['no list', 'en', '', /must be an array/],
  ])('%s is refused', (_name, languages, place, problem) => {
    const found = laid({ screen: { languages } });
    expect(found).toContainEqual({
      place: `screen.languages${place}`,
      problem: expect.stringMatching(problem),
    });
  });
});

describe('what does not go with the file of the gate is refused', () => {
  const { scanner } = own.devices;
  test.each([
    [
      'a broker without TLS, where the file has it',
      { mqtt: { broker: 'mqtt://10.0.0.9:1883' } },
      own,
      'mqtt.tls',
    ],
    [
      'a pulse beyond what the relay gives',
      { devices: { turnstile: { pulseMs: 5_000 } } },
      own,
      'devices.turnstile.pulseMs',
    ],
    [
      'two devices on one path',
      { devices: { thermometer: { link: 'link' in scanner ? scanner.link : null } } },
      own,
      'devices.thermometer.link.path',
    ],
    [
      'no day at all',
      { journal: { retention: { idCardDays: 0 } } },
      own,
      'journal.retention.idCardDays',
    ],
    [
      'records that would go before what is sealed beside them, as long as the file keeps that',
      { journal: { retention: { recordDays: 20 } } },
      configOf({ ...example, journal: { retention: { detailsDays: 30 } } }),
      'journal.retention.detailsDays',
    ],
    ['a broker for a gate that has none', { mqtt: { protocol: 4 } }, configOf(example), 'mqtt'],
    [
      'a reader for a gate that has none',
      { devices: { idCardReader: { driver: 'sam-v', link: near } } },
      configOf({ ...example, devices: withoutReader }),
      'devices.idCardReader',
    ],
    [
      'another size of a camera whose command is in the file',
      { devices: { scanner: { width: 320 } } },
      configOf({
        ...example,
        devices: {
          ...example.devices,
          scanner: { driver: 'camera', command: ['cam'], width: 640, height: 480 },
        },
      }),
      'devices.scanner',
    ],
  ])('%s', (_name, body, config, place) => {
    const result = laid(body, config);
    expect(result).toMatchObject([{ place }]);
  });
});

/** Everything but what an overlay may set. */
function fixedOf({ devices, mqtt, commands: _, journal: _____, ...rest }: KioskConfig): unknown {
  const { languages: ______, ...screen } = rest.screen;
  const { scanner, thermometer: __, idCardReader: ___, turnstile, ...others } = devices;
  const { pulseMs: ____, ...arm } = turnstile;
  const command = scanner.driver === 'camera' ? scanner.command : undefined;
  return [{ ...rest, screen }, others, arm, mqtt?.tls, command];
}

test('whatever a body says, nothing is thrown, and what is fixed stays so; what is taken is a sound file', () => {
  const any = fc.jsonValue({ maxDepth: 2 });
  const some = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
    fc.record(members, { requiredKeys: [] });
  const link = fc.constantFrom(near, { path: 'tcp://10.0.0.7:4001' });
  const just = (value: unknown) => fc.constant(value);
  const days = fc.integer({ min: 1, max: 400 });
  const fitting = some({
    devices: some({
      scanner: fc.oneof(some({ link, idleMs: just(90) }), just({ driver: 'camera', width: 320 })),
      thermometer: some({ link: just({ path: '/dev/ttyS1', baudRate: 9_600 }) }),
      idCardReader: some({ driver: just('sam-v'), link: just({ path: 'tcp://10.0.0.8:1' }) }),
      turnstile: some({ pulseMs: fc.integer({ min: 100, max: 1_000 }) }),
    }),
    commands: fc.record({ open: fc.boolean() }),
    mqtt: some({ broker: just('mqtts://10.0.0.9:8883'), protocol: fc.constantFrom(4, 5) }),
    screen: some({ languages: just(['en', 'zh']) }),
    journal: some({ retention: some({ idCardDays: days, recordDays: days }) }),
  });
  const odd = some({
    devices: some({
      scanner: some({ driver: fc.constantFrom('line', 'camera'), link, command: any, width: any }),
      thermometer: some({ link: any, driver: any, compensationCentidegrees: any }),
      turnstile: some({ mode: just('level'), passageSensor: just(false), pulseMs: any }),
      panel: any,
    }),
    mqtt: some({ broker: just('mqtt://10.0.0.9:1883'), tls: just(tls), keepAliveSeconds: any }),
    screen: some({ languages: fc.oneof(any, just(['/etc/ru.json'])), port: any }),
    journal: some({ retention: some({ idCardDays: any, recordsMax: any }), file: any }),
    ...{ commands: any, gpio: any, site: just('other') },
  });
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(fitting, odd, any), (it) => {
      const result = laid(it);
      if (Array.isArray(result)) {
        expect(result.length).toBeGreaterThan(0);
        return;
      }
      const config = result as KioskConfig;
      if (JSON.stringify(config) !== JSON.stringify(own)) taken += 1;
      expect(fixedOf(config)).toEqual(fixedOf(own));
      expect(parseKioskConfig(JSON.parse(JSON.stringify(config)))).toEqual({ ok: true, config });
    }),
    { numRuns: 1_000 },
  );
  expect(taken).toBeGreaterThan(50);
});
