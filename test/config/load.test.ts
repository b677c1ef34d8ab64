import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generatePrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import { linkTarget, timeZoneOffsetMinutes } from '../../config/kiosk-config.js';
import {
  kioskJsonSchema,
  parseKioskConfig,
  pulseMsRange,
} from '../../config/kiosk-config-schema.js';
import { loadKioskConfig, problemLines } from '../../config/load.js';
import { fileBytesMax } from '../../config/read-file.js';
import { relayLimits } from '../../hardware/ports.js';
import { canMakeCertificates, makeCertificate, whyNoCertificates } from '../certificates.js';

const shipped = (name: string) =>
  readFileSync(new URL(`../../config/${name}`, import.meta.url), 'utf8');
const example = shipped('kiosk.example.json');

let folder: string;
const state = () => join(folder, 'state');
const key = (name: string) => join(state(), 'keys', name);
const configPath = () => join(folder, 'kiosk.json');

/** Writes the example, changed at one place; undefined removes. */
function writeConfig(place = '', value?: unknown): void {
  writeFileSync(configPath(), JSON.stringify(changed(place, value)));
}

function changed(place: string, value: unknown): unknown {
  const copy = JSON.parse(example) as Record<string, unknown>;
  copy['stateDirectory'] = state();
  if (place === '') return copy;
  const steps = place.split('.');
  const last = steps.pop() ?? '';
  const parent = steps.reduce((at, step) => at[step] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function problems() {
  const loaded = loadKioskConfig(configPath());
  if (loaded.ok) throw new Error('accepted');
  return loaded.problems;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-load-'));
  mkdirSync(join(state(), 'keys'), { recursive: true, mode: 0o700 });
  writeFileSync(key('trust.json'), '{"issuers": []}', { mode: 0o600 });
  writeFileSync(key('pepper'), `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  writeConfig();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the configuration', () => {
  it('shipped as an example is valid as it stands, and loads once its keys are there', () => {
    expect(parseKioskConfig(JSON.parse(example))).toMatchObject({ ok: true });
    const loaded = loadKioskConfig(configPath());
    if (!loaded.ok) throw new Error(problemLines(loaded.problems).join('\n'));
    expect(loaded.config).toMatchObject({ kiosk: 'north-gate-in-1', direction: 'in' });
    expect(loaded.files.trustText).toBe('{"issuers": []}');
    expect(loaded.files.trustPath).toBe(key('trust.json'));
    expect(loaded.files.pepper.length).toBe(32);
    expect(loaded.files.policy.policy).toBe('notice-8');
  });

  it('shows Chinese and English, or the languages that it names', () => {
    const tags = () => {
      const loaded = loadKioskConfig(configPath());
      return loaded.ok ? loaded.files.languages.map(({ tag }) => tag) : loaded.problems;
    };
    expect(tags()).toEqual(['zh-CN', 'en']);
    writeConfig('screen.languages', ['en']);
    expect(tags()).toEqual(['en']);
    const missing = join(folder, 'ru.json');
    writeConfig('screen.languages', ['zh', missing]);
    expect(tags()).toEqual([{ file: missing, place: '', problem: expect.stringMatching(/exist/) }]);
  });

  it.each(['fire', 'signals', 'panel.covers'])('does without %s', (device) => {
    writeConfig(`devices.${device}`);
    expect(loadKioskConfig(configPath())).toMatchObject({ ok: true });
  });

  it('needs no ID-card reader, and takes each read command of one', () => {
    writeConfig('devices.idCardReader');
    const without = loadKioskConfig(configPath());
    expect(without.ok && without.config.devices.idCardReader).toBeUndefined();
    expect(without.ok).toBe(true);
    for (const readCommand of ['30 01', '30 10', undefined]) {
      writeConfig('devices.idCardReader.readCommand', readCommand);
      const loaded = loadKioskConfig(configPath());
      expect(loaded.ok && loaded.config.devices.idCardReader?.readCommand).toBe(readCommand);
    }
  });

  it.each([
    { driver: 'line', link: { path: '/dev/ttyACM0', baudRate: 115_200 }, idleMs: 100 },
    { driver: 'gm65', link: { path: '/dev/ttyS0', baudRate: 115_200 }, mode: 'sense' },
    { driver: 'gm65', link: { path: 'tcp://10.0.0.7:4001' }, sameCodeDelay: 20 },
    { driver: 'hid-pos', hid: {} },
    { driver: 'hid-pos', hid: { vendorId: '0c2e', productId: '0b61', serial: 'A1' } },
  ])('takes the scanner %j', (scanner) => {
    writeConfig('devices.scanner', scanner);
    const loaded = loadKioskConfig(configPath());
    expect(loaded.ok && loaded.config.devices.scanner).toEqual(scanner);
  });

  it('has a JSON schema for editors that is up to date (else: npm run schema)', () => {
    expect(JSON.parse(shipped('kiosk.schema.json'))).toEqual(kioskJsonSchema());
  });

  it('never asks the relay for more than its owner gives', () => {
    expect(pulseMsRange).toEqual({ min: relayLimits.pulseMsMin, max: relayLimits.pulseMsMax });
  });

  it.each([
    ['sites', 'x', 'sites', /unknown key/],
    ['devices.scanner.link.baud', 1, 'devices.scanner.link.baud', /unknown key/],
    ['devices.panel.lamps', 1, 'devices.panel.lamps', /unknown key/],
    ['devices.panel.covers', ['open'], 'devices.panel.covers[0]', /one of "emergency", "lockdown"/],
    ['devices.panel.covers', ['lockdown', 'lockdown'], 'devices.panel.covers[1]', /twice/],
    ['devices.fire.supervision', 'some', 'devices.fire.supervision', /"end-of-line"/],
    ['devices.fire.supervision', undefined, 'devices.fire.supervision', /missing/],
    ['devices.signals.normal', 'green', 'devices.signals.normal', /unknown key/],
    ['site', 'Main Campus', 'site', /1-32 of a-z/],
    ['kiosk', 'k'.repeat(33), 'kiosk', /1-32/],
    ['kiosk', undefined, 'kiosk', /missing: a string/],
    ['timeZone', 'Asia/Shanghai', 'timeZone', /fixed offset/],
    ['timeZone', '+15:00', 'timeZone', /fixed offset/],
    ['zone.kind', 'library', 'zone.kind', /one of "campus-gate", "building"/],
    ['zone.name', '哈尔滨工业大学', 'zone.name', /16 bytes/],
    ['zone.name', '*', 'zone.name', /one zone/],
    ['direction', 'both', 'direction', /one of "in", "out"/],
    ['groups', ['a', 'a'], 'groups[1]', /twice/],
    ['groups', 'a', 'groups', /an array/],
    ['devices.scanner.link.path', 'ttyUSB0', 'devices.scanner.link.path', /absolute path/],
    ['devices.scanner.link.path', 'tcp://host', 'devices.scanner.link.path', /tcp:/],
    ['devices.scanner.link.path', 'tcp://127.0.0.1:4001', 'devices.thermometer.link.path', /own/],
    ['devices.scanner.link.baudRate', undefined, 'devices.scanner.link.baudRate', /speed/],
    ['devices.scanner.link.baudRate', 1000, 'devices.scanner.link.baudRate', /one of 1200/],
    ['devices.scanner.driver', 'wedge', 'devices.scanner.driver', /"line", .*"camera"/],
    ['devices.scanner.idleMs', 5, 'devices.scanner.idleMs', /at least 20/],
    ['devices.scanner', { driver: 'hid-pos' }, 'devices.scanner.hid', /missing/],
    [
      'devices.scanner',
      { driver: 'hid-pos', hid: { vendorId: '0xC2E' } },
      'devices.scanner.hid.vendorId',
      /four hexadecimal digits/,
    ],
    [
      'devices.scanner',
      { driver: 'gm65', link: { path: 'tcp://10.0.0.7:4001' }, sameCodeDelay: 128 },
      'devices.scanner.sameCodeDelay',
      /at most 127/,
    ],
    ['devices.idCardReader.driver', 'usb', 'devices.idCardReader.driver', /must be "sam-v"/],
    ['devices.idCardReader.link', undefined, 'devices.idCardReader.link', /missing/],
    ['devices.idCardReader.readCommand', '3001', 'devices.idCardReader.readCommand', /"30 10"/],
    ['devices.idCardReader.photo', true, 'devices.idCardReader.photo', /unknown key/],
    [
      'devices.idCardReader.link.path',
      'tcp://127.0.0.1:4001',
      'devices.idCardReader.link.path',
      /devices.thermometer too: each/,
    ],
    ['devices.turnstile.pulseMs', 5000, 'devices.turnstile.pulseMs', /at most 1000/],
    ['devices.turnstile.pulseMs', '500', 'devices.turnstile.pulseMs', /must be a/],
    ['devices.turnstile.mode', 'hold', 'devices.turnstile.mode', /pulse/],
    [
      'devices.turnstile',
      { mode: 'level', pulseMs: 500, passageSensor: false },
      'devices.turnstile.mode',
      /level needs passageSensor: true/,
    ],
    ['devices.turnstile.passageSensor', 1, 'devices.turnstile.passageSensor', /a boolean/],
    ['devices.turnstile.reverseSensor', 'no', 'devices.turnstile.reverseSensor', /a boolean/],
    ['devices.thermometer', undefined, 'devices.thermometer', /missing/],
    [
      'devices.thermometer.driver',
      'gy-906',
      'devices.thermometer.driver',
      /must be one of "gy-614v3"/,
    ],
    ['devices.thermometer.driver', 'frames', 'devices.thermometer.frame', /missing/],
    [
      'devices.thermometer.driver',
      'gy-mcu90614',
      'devices.thermometer.compensationCentidegrees',
      /missing/,
    ],
    ['gpio.backend', 'pigpio', 'gpio.backend', /"simulated"/],
    ['gpio.board', '../pi.json', 'gpio.board', /absolute path/],
    ['gpio.lines', { open: { offset: 9, name: 'GPIO9' } }, 'gpio.lines.open.name', /leave one/],
    ['gpio.lines', { opne: { offset: 9 } }, 'gpio.lines.opne', /unknown key/],
    ['screen.port', 70000, 'screen.port', /at most 65535/],
    ['booth', undefined, 'booth', /missing/],
    ['screen.languages', [], 'screen.languages', /at least 1/],
    ['screen.languages', ['zh', 'en', 'en'], 'screen.languages', /at most 2/],
    ['screen.languages', ['en', 'en'], 'screen.languages[1]', /stands twice/],
    ['screen.languages', ['../ru.json'], 'screen.languages[0]', /absolute path/],
    ['booth.port', 8080, 'booth.port', /port of the screen too/],
    ['booth.port', -1, 'booth.port', /at least 0/],
    ['booth.host', 'localhost', 'booth.host', /an IP address/],
    ['booth.token', 'x', 'booth.token', /unknown key/],
    ['booth.tokenFile', 'token', 'booth.tokenFile', /absolute/],
    ['booth.tls', { certificate: '/c.pem' }, 'booth.tls.key', /missing/],
    ['journal.retention.idCardDays', 0, 'journal.retention.idCardDays', /at least 1/],
    ['journal.retention.recordsMax', 1e9, 'journal.retention.recordsMax', /at most 10000000/],
    ['journal.retention.photoDays', 3, 'journal.retention.photoDays', /unknown key/],
    [
      'journal.retention.detailsDays',
      400,
      'journal.retention.detailsDays',
      /400 days are more than the 365 of recordDays/,
    ],
    ['stateDirectory', 'state', 'stateDirectory', /absolute/],
    ['clock.synchronizedMark', '', 'clock.synchronizedMark', /absolute/],
  ])('is refused with the place when %s is %j', (place, value, expectedPlace, words) => {
    writeConfig(place, value);
    expect(problems()).toEqual([
      {
        file: configPath(),
        place: expectedPlace,
        problem: expect.stringMatching(words) as string,
      },
    ]);
  });

  it.each([
    ['{\n  "site": "a",\n  "site": "b"\n}', 'site', /twice.*line 3, column 3/],
    ['{"site": "a",}', '', /key in quotes.*line 1, column 14/],
    ['{"__proto__": {}}', '__proto__', /not allowed.*line 1, column 2/],
    ['', '', /ends.*line 1, column 1/],
  ])('is refused with line and column when it reads %j', (text, place, words) => {
    writeFileSync(configPath(), text);
    expect(problems()).toEqual([
      { file: configPath(), place, problem: expect.stringMatching(words) as string },
    ]);
  });

  it('lists every problem of every file at once', () => {
    const copy = changed('site', 'A') as Record<string, unknown>;
    copy['extra'] = 1;
    copy['policy'] = join(folder, 'policy.json');
    writeFileSync(join(folder, 'policy.json'), '{"policy": "other", "version": 1}');
    writeFileSync(configPath(), JSON.stringify(copy));
    rmSync(key('trust.json'));
    chmodSync(key('pepper'), 0o640);
    const lines = problemLines(problems());
    for (const expected of [
      `${configPath()}: site: must be`,
      `${configPath()}: extra: unknown key`,
      `${join(folder, 'policy.json')}: policy: must be "notice-8"`,
      `${join(folder, 'policy.json')}: settings: missing`,
      `${key('trust.json')}: the trust list does not exist`,
      `${key('pepper')}: others than its owner may use it: run chmod 600`,
    ])
      expect(lines.filter((line) => line.startsWith(expected))).toHaveLength(1);
  });

  it.each([
    ['a missing file', () => rmSync(configPath()), /does not exist/],
    ['a folder', () => replaceBy(() => mkdirSync(configPath())), /no regular file/],
    ['a pipe', () => replaceBy(() => execFileSync('mkfifo', [configPath()])), /no regular file/],
    [
      'a file above the bound',
      () => writeFileSync(configPath(), Buffer.alloc(fileBytesMax + 1, 0x20)),
      /larger than 1048576/,
    ],
    ['bytes that are no UTF-8', () => writeFileSync(configPath(), Buffer.of(0x7b, 0xff)), /UTF-8/],
  ])('is refused in words when it is %s', (_what, spoil, words) => {
    spoil();
    expect(problems()).toEqual([
      { file: configPath(), place: '', problem: expect.stringMatching(words) as string },
    ]);
  });
});

function replaceBy(make: () => void): void {
  rmSync(configPath());
  make();
}

describe('the key files', () => {
  const text = () => randomBytes(32).toString('base64url');

  it.each([
    [
      'pepper',
      'missing',
      () => rmSync(key('pepper')),
      /does not exist: put the site's there \(gatectl keys pepper/,
    ],
    ['pepper', 'readable by others', () => chmodSync(key('pepper'), 0o604), /chmod 600/],
    ['pepper', 'too short', () => writeFileSync(key('pepper'), text().slice(1)), /32 bytes/],
    ['pepper', 'too long', () => writeFileSync(key('pepper'), `${text()}AA`), /32 bytes/],
    ['pepper', 'raw bytes', () => writeFileSync(key('pepper'), randomBytes(32)), /base64url/],
    ['pepper', 'padded', () => writeFileSync(key('pepper'), `${text()}=`), /unpadded/],
    ['pepper', 'two lines', () => writeFileSync(key('pepper'), `${text()}\n\n`), /43 char/],
    [
      'pepper',
      'in a second spelling of the same bytes',
      () => writeFileSync(key('pepper'), `${'A'.repeat(42)}B`),
      /base64url/,
    ],
    ['trust.json', 'missing', () => rmSync(key('trust.json')), /trust list does not exist/],
    ['trust.json', 'empty', () => writeFileSync(key('trust.json'), ' \n'), /is empty/],
    ['trust.json', 'writable by others', () => chmodSync(key('trust.json'), 0o602), /chmod 600/],
    ['', 'in a folder that others may write', () => chmodSync(key(''), 0o770), /chmod 700/],
  ])('%s %s: refused', (name, _how, spoil, words) => {
    spoil();
    const file = name === '' ? join(state(), 'keys') : key(name);
    expect(problems()).toEqual([
      { file, place: '', problem: expect.stringMatching(words) as string },
    ]);
  });

  it('never have their contents in a problem', () => {
    const secret = text();
    writeFileSync(key('pepper'), `${secret}-`);
    expect(JSON.stringify(problems())).not.toContain(secret.slice(0, 8));
  });
});

describe("the gate's own key, without a broker", () => {
  it('is read where it is there, and missed by nobody where it is not', () => {
    const loaded = () => loadKioskConfig(configPath());
    expect(loaded()).toMatchObject({ ok: true, files: { deviceKey: null, mqtt: null } });
    const made = generatePrivateKey();
    writeFileSync(key('device.json'), formatKeyFile(made), { mode: 0o600 });
    expect(loaded()).toMatchObject({
      ok: true,
      files: { deviceKey: { publicKey: { text: made.publicKey.text } } },
    });
    chmodSync(key('device.json'), 0o644);
    expect(problems()).toMatchObject([
      { file: key('device.json'), problem: expect.stringContaining('chmod 600') },
    ]);
  });
});

describe("the booth's listener", () => {
  it('is on loopback and needs no file unless somebody says otherwise', () => {
    const loaded = loadKioskConfig(configPath());
    if (!loaded.ok) throw new Error(problemLines(loaded.problems).join('\n'));
    expect(loaded.config.booth).toEqual({ port: 8081 });
    expect(loaded.files.booth).toEqual({ tls: null, token: null });
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1'])('does without TLS and token on %s', (host) => {
    writeConfig('booth', { port: 8081, host });
    expect(loadKioskConfig(configPath()).ok).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.7', '::ffff:127.0.0.1', '128.0.0.1', 'fe80::1'])(
    'needs both, TLS and a token, on %s',
    (host) => {
      writeConfig('booth', { port: 8081, host });
      expect(problems()).toEqual(
        ['booth.tls', 'booth.tokenFile'].map((place) => ({
          file: configPath(),
          place,
          problem: expect.stringContaining(`${host} is reached from elsewhere`) as string,
        })),
      );
    },
  );
});

describe.skipIf(!canMakeCertificates)(`the booth's files${whyNoCertificates}`, () => {
  const token = () => `${randomBytes(32).toString('base64url')}\n`;
  const file = (name: string) => join(folder, name);

  const makePair = (name: string, names: string | null = 'DNS:booth.example') =>
    makeCertificate(folder, name, names);
  function configure(): void {
    const tls = { certificate: file('a.pem'), key: file('a.key') };
    writeConfig('booth', { port: 8081, host: '::', tls, tokenFile: file('token') });
  }

  beforeEach(() => {
    makePair('a');
    writeFileSync(file('token'), token(), { mode: 0o600 });
  });

  it('is read with its files', () => {
    configure();
    const loaded = loadKioskConfig(configPath());
    if (!loaded.ok) throw new Error(problemLines(loaded.problems).join('\n'));
    expect(loaded.files.booth.tls?.certificate).toBe(readFileSync(file('a.pem'), 'latin1'));
    expect(loaded.files.booth.tls?.key).toBe(readFileSync(file('a.key'), 'latin1'));
    expect(loaded.files.booth.token?.length).toBe(32);
  });

  it.each([
    ['no certificate', 'a.pem', () => rmSync(file('a.pem')), /certificate does not exist/],
    ['no PEM', 'a.pem', () => writeFileSync(file('a.pem'), 'x'), /no certificate in PEM/],
    ['no key', 'a.key', () => rmSync(file('a.key')), /key does not exist/],
    ['a key for all to read', 'a.key', () => chmodSync(file('a.key'), 0o640), /chmod 600/],
    ['a key that is none', 'a.key', () => writeFileSync(file('a.key'), 'x'), /no private key/],
    ['a certificate without a name', 'a.pem', () => makePair('a', null), /names no host/],
    [
      "another certificate's key",
      'a.key',
      () => {
        makePair('b');
        writeFileSync(file('a.key'), readFileSync(file('b.key')));
      },
      /is not the key of/,
    ],
    ['no token', 'token', () => rmSync(file('token')), /token does not exist/],
    ['a short token', 'token', () => writeFileSync(file('token'), 'secret'), /43 characters/],
    ['a token for all to read', 'token', () => chmodSync(file('token'), 0o604), /chmod 600/],
  ])('is refused with %s', (_what, name, spoil, words) => {
    spoil();
    configure();
    expect(problems()).toEqual([
      { file: file(name), place: '', problem: expect.stringMatching(words) as string },
    ]);
  });
});

describe('reading values', () => {
  it('never throws, whatever the value is', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseKioskConfig(value).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('site', 'zone', 'devices', 'groups'),
        fc.anything(),
        (place, v) => {
          parseKioskConfig(changed(place, v));
        },
      ),
    );
  });

  it('tells a tty from a serial server', () => {
    expect(linkTarget('/dev/pts/3')).toEqual({ type: 'tty', path: '/dev/pts/3' });
    expect(linkTarget('tcp://gate-7.local:4001')).toEqual({
      type: 'tcp',
      host: 'gate-7.local',
      port: 4001,
    });
    expect(linkTarget('tcp://[fe80::1]:4001')).toMatchObject({ host: 'fe80::1', port: 4001 });
    for (const wrong of ['', 'COM3', '/', 'tcp://:1', 'tcp://h:0', 'tcp://h:65536', 'udp://h:1'])
      expect(linkTarget(wrong)).toBeNull();
    expect(linkTarget('/dev/tty\n')).toBeNull();
  });

  it('reads a fixed offset from UTC and nothing else', () => {
    expect(timeZoneOffsetMinutes('+08:00')).toBe(480);
    expect(timeZoneOffsetMinutes('-03:30')).toBe(-210);
    expect(timeZoneOffsetMinutes('+00:00')).toBe(0);
    expect(timeZoneOffsetMinutes('+14:00')).toBe(840);
    for (const wrong of ['-00:00', '+14:15', '-12:15', '+8:00', '08:00', 'Z', '+08:07', '+08:00 '])
      expect(timeZoneOffsetMinutes(wrong)).toBeNull();
  });
});
