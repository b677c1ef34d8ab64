/** `gate-kiosk doctor`: what it finds before a gate starts, beside one that runs, and with a part spoilt. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { privateKeyFromSeed } from '../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import { thermometerTwin } from '../../drivers/thermometer/twin.js';
import { runThermometer } from '../../drivers/twins.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { random } from '../../hardware/simulated/random.js';
import type { Finding } from '../../kiosk/doctor/finding.js';
import { canMakeCertificates, whyNoCertificates } from '../certificates.js';
import { gateKiosk, program, runChild, startChild } from './child.js';
import { isMosquittoMissing, startMosquitto } from './mosquitto.js';
import { makeRig, type Rig } from './rig.js';
import { shippedConfiguration } from './shipped-broker.js';
import type { Site } from './site.js';

const isBrokerMissing = isMosquittoMissing || !canMakeCertificates;
const whyNoBroker = isMosquittoMissing ? ' (skipped: no mosquitto)' : whyNoCertificates;

let rig: Rig;
let site: Site;
beforeAll(async () => {
  rig = await makeRig();
  site = rig.site;
});
afterAll(() => rig.close());

interface Answer {
  readonly code: number | null;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/** @param through a command that starts it */
async function doctor(through: readonly string[] = []): Promise<Answer> {
  const words = [gateKiosk, 'doctor', '--config', site.configPath, '--json'];
  const ended = await runChild(words, through);
  expect(ended.stderr).toBe('');
  return { code: ended.code, ...(JSON.parse(ended.stdout) as Omit<Answer, 'code'>) };
}

function of(answer: Answer, part: string): Finding | undefined {
  return answer.findings.find((finding) => finding.part === part);
}

const failures = ({ findings }: Answer): readonly string[] =>
  findings.filter(({ verdict }) => verdict === 'failed').map(({ part }) => part);

/** A port that is free now, told twice the same. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Every remedy is there exactly where somebody has to do something. */
function saysWhatToDo({ findings }: Answer): void {
  for (const { verdict, remedy, says } of findings) {
    expect(remedy === null, says).toBe(verdict === 'ok');
    expect(says).not.toMatch(/\n/);
  }
}

/** The configuration of the rig, with these members replaced. */
function configure(change: Readonly<Record<string, unknown>>): void {
  site.configure(change);
}

describe('a gate that does not run', () => {
  test('is found whole: its devices are opened and speak, nothing is left behind', async () => {
    const answer = await doctor();
    expect(failures(answer)).toEqual([]);
    expect(answer).toMatchObject({ code: 0, ok: true });
    expect(of(answer, 'scanner')?.says).toMatch(/is there/);
    expect(of(answer, 'thermometer')?.says).toBe('sends frames');
    expect(of(answer, 'journal')?.says).toMatch(/not there yet/);
    expect(of(answer, 'clock')?.says).toMatch(/^synced/);
    expect(of(answer, 'disk-sync')?.says).toMatch(/a sync takes \d/);
    saysWhatToDo(answer);
    expect(readdirSync(site.stateDirectory)).toEqual(['keys']);
  });

  test('with a silent thermometer and no scanner fails on these two, exit 1', async () => {
    await rig.scanner.unplug();
    await rig.thermometer.unplug();
    try {
      const answer = await doctor();
      expect(answer.code).toBe(1);
      expect(failures(answer)).toEqual(['scanner', 'thermometer']);
      saysWhatToDo(answer);
    } finally {
      await rig.scanner.plug();
      await rig.thermometer.plug();
    }
  });

  test('on a port of somebody else fails on that page alone', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    configure({ screen: { port } });
    try {
      const answer = await doctor();
      expect(failures(answer)).toEqual(['screen']);
      expect(of(answer, 'screen')?.says).toMatch(/another program/);
    } finally {
      server.close();
      configure({});
    }
  });

  test('with a clock that nobody keeps fails on the clock', async () => {
    configure({ clock: { synchronizedMark: join(site.folder, 'no-mark') } });
    const answer = await doctor();
    configure({});
    expect(failures(answer)).toEqual(['clock']);
    expect(of(answer, 'clock')?.says).toMatch(/^floor: .*no automatic grant/);
  });

  test('with a refused configuration tells each problem and exits 1', async () => {
    const kept = `${site.pepperPath}.kept`;
    copyFileSync(site.pepperPath, kept);
    chmodSync(site.pepperPath, 0o644);
    const answer = await doctor();
    chmodSync(site.pepperPath, 0o600);
    rmSync(kept);
    expect(answer.code).toBe(1);
    expect(failures(answer)).toEqual(['configuration']);
    expect(of(answer, 'configuration')?.says).toMatch(/pepper: .*chmod 600/);
  });
});

describe('a scanner of each kind', () => {
  /** The configuration with this scanner; the other members of devices stay. */
  const withScanner = (scanner: Readonly<Record<string, unknown>>): void => {
    configure({});
    const { devices } = JSON.parse(readFileSync(site.configPath, 'utf8')) as {
      readonly devices: Readonly<Record<string, unknown>>;
    };
    configure({ devices: { ...devices, scanner } });
  };
  const player = program('../../scripts/test-camera/play.js');
  const camera = (...words: readonly string[]) => ({
    driver: 'camera',
    command: [process.execPath, player, '--rate=20', ...words],
    width: 640,
    height: 480,
  });

  /** On a crowded machine the pauses between frames may not tell: then it says so, and is asked again. */
  const looksAtFrames = async (): Promise<Answer> => {
    let answer = await doctor();
    for (let look = 1; look < 5 && of(answer, 'camera-frames')?.verdict === 'warning'; look += 1)
      answer = await doctor();
    return answer;
  };

  test('a camera whose frames are as described is well', async () => {
    withScanner(camera());
    const answer = await looksAtFrames();
    configure({});
    expect(failures(answer)).toEqual([]);
    expect(of(answer, 'camera-frames')?.says).toBe(
      'of 460800 bytes: 640 × 480, stride 640, yuv420',
    );
    saysWhatToDo(answer);
  });

  test('a camera that pads its rows otherwise fails by its frames, with the stride that fits', async () => {
    withScanner(camera('--stride=704'));
    const answer = await looksAtFrames();
    configure({});
    expect(failures(answer)).toContain('camera-frames');
    expect(of(answer, 'camera-frames')?.remedy).toMatch(/^stride 704 would fit/);
  });

  test('no USB scanner is told as such; without its library the package is named', async () => {
    withScanner({ driver: 'hid-pos', hid: { serial: 'no such scanner' } });
    const none = await doctor();
    expect(failures(none)).toEqual(['scanner']);
    expect(of(none, 'scanner')?.says).toMatch(/^absent: no HID device of usage page 0x8c fits/);
    // A library that is no library is as good as none.
    const folder = join(site.folder, 'lib');
    mkdirSync(folder);
    writeFileSync(join(folder, 'libusb-1.0.so.0'), '');
    const without = await doctor(['env', `LD_LIBRARY_PATH=${folder}`]);
    configure({});
    expect(failures(without)).toEqual(['scanner']);
    expect(of(without, 'scanner')?.says).toMatch(/^no-library: apt-get install libusb-1.0-0/);
  });

  test('a thermometer on the scanner’s line fails the scanner, though its line is open', async () => {
    const twin = thermometerTwin({ random: random(2) });
    const tools = { clock: systemClock(), scheduler: systemScheduler() };
    const stop = runThermometer({ ...tools, twin, write: rig.scanner.send });
    let answer = await doctor();
    // A line that is well is listened to for a second: on a crowded machine nothing may come in it.
    for (let look = 1; look < 5 && of(answer, 'scanner')?.verdict === 'ok'; look += 1)
      answer = await doctor();
    stop();
    expect(failures(answer)).toEqual(['scanner']);
    expect(of(answer, 'scanner')?.says).toBe('wrong-device');
  });
});

test('beside a running gate nothing is taken from it, and its own word is told', async () => {
  configure({ screen: { port: await freePort() }, booth: { port: await freePort() } });
  const gate = startChild([gateKiosk, 'run', '--config', site.configPath]);
  try {
    await gate.line(/guard's page/);
    await gate.line(/"device":"thermometer".*device ok/);
    await gate.said(/"device":"scanner".*device ok/);
    const answer = await doctor();
    expect(failures(answer)).toEqual([]);
    for (const part of ['scanner', 'thermometer', 'journal', 'screen', 'booth'])
      expect(of(answer, part)?.says, part).toMatch(/in use by the gate/);
    saysWhatToDo(answer);
    await rig.thermometer.unplug();
    await gate.line(/"device":"thermometer".*lost/);
    const without = await doctor();
    await rig.thermometer.plug();
    expect(without.code).toBe(1);
    expect(failures(without)).toEqual(['thermometer']);
    gate.kill('SIGTERM');
    expect(await gate.ended).toMatchObject({ code: 0 });
  } finally {
    await gate.close();
    configure({});
  }
});

test('a journal that was changed behind the gate fails by its first wrong record', async () => {
  expect(existsSync(site.journalPath)).toBe(true);
  expect(of(await doctor(), 'journal')?.says).toMatch(/newest \d+ hold/);
  const database = new Database(site.journalPath);
  database
    .prepare(
      "UPDATE records SET bytes = CAST(replace(CAST(bytes AS TEXT), 'boot', 'root') AS BLOB) WHERE seq = 1",
    )
    .run();
  database.close();
  const answer = await doctor();
  expect(failures(answer)).toEqual(['journal']);
  expect(of(answer, 'journal')?.says).toMatch(/^record 1 is not as it was written/);
  for (const end of ['', '-wal', '-shm']) rmSync(`${site.journalPath}${end}`, { force: true });
});

describe.skipIf(isBrokerMissing)(`a broker${whyNoBroker}`, () => {
  const key = privateKeyFromSeed(new Uint8Array(32).fill(7));
  const trust = (): Record<string, unknown> =>
    JSON.parse(readFileSync(site.trustPath, 'utf8')) as Record<string, unknown>;

  test('is tried as the gate would: name, TLS, CONNECT; and who else is no gate of it', async () => {
    const broker = await startMosquitto({
      config: (place) => shippedConfiguration(place, ['gate-1', 'gate-2']),
    });
    const file = (name: string): string => join(broker.folder, name);
    const mqtt = (name: string, port = broker.port) => ({
      mqtt: {
        broker: `mqtts://127.0.0.1:${port}`,
        tls: {
          authority: file('ca.pem'),
          certificate: file(`${name}.pem`),
          key: file(`${name}.key`),
        },
      },
    });
    try {
      writeFileSync(join(site.stateDirectory, 'keys', 'device.json'), formatKeyFile(key), {
        mode: 0o600,
      });
      configure(mqtt('gate-1'));
      const unlisted = await doctor();
      expect(failures(unlisted)).toEqual(['device-key']);
      expect(of(unlisted, 'broker')).toMatchObject({ verdict: 'ok' });
      const kiosks = [{ id: 'gate-1', publicKey: key.publicKey.text }];
      writeFileSync(site.trustPath, JSON.stringify({ ...trust(), kiosks }), { mode: 0o600 });
      const sound = await doctor();
      expect(failures(sound)).toEqual([]);
      expect(of(sound, 'certificate')?.says).toMatch(/^gate-1, until 20/);
      expect(of(sound, 'broker')?.says).toMatch(/accepts gate-1$/);
      saysWhatToDo(sound);

      configure(mqtt('gate-2'));
      expect(failures(await doctor())).toEqual(['certificate']);
      configure(mqtt('gate-1', await freePort()));
      const nobody = await doctor();
      expect(failures(nobody)).toEqual(['broker']);
      expect(of(nobody, 'broker')?.says).toMatch(/ECONNREFUSED/);
    } finally {
      await broker.close();
      configure({});
    }
  });
});

test('people get a table whose last line sums up', async () => {
  const { stdout, code } = await runChild([gateKiosk, 'doctor', '--config', site.configPath]);
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^configuration +ok +/);
  expect(lines.at(-1)).toMatch(/^\d+ ok, \d+ to look at, 0 failed$/);
});

test('wrong usage ends with 2 and looks at nothing', async () => {
  for (const words of [['doctor'], ['doctor', '--config', 'x', '--log-level', 'info']])
    expect(await runChild([gateKiosk, ...words])).toMatchObject({ code: 2, stdout: '' });
});
