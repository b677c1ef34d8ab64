/** The camera with real programs: frames through a pipe, a decoding thread, and programs that fail. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import { cameraSetup } from '../../config/camera-config.js';
import { parseKioskConfig } from '../../config/kiosk-config-schema.js';
import { qrCamera } from '../../drivers/qr-camera/driver.js';
import type { Reading } from '../../drivers/reading.js';
import type { FrameShape } from '../../hardware/camera-frames.js';
import { commandCamera } from '../../hardware/linux/camera.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import type { StartLooker } from '../../hardware/linux/frame-decoder.js';
import { show } from '../../scripts/test-camera/pictures.js';
import { program, runChild, startChild } from './child.js';

const player = program('../../scripts/test-camera/play.js');
const shape: FrameShape = { width: 640, height: 480, stride: 640, format: 'yuv420' };
/** Small frames for programs that write no pictures. */
const small: FrameShape = { width: 160, height: 160, stride: 160, format: 'gray' };

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** A driver on a real camera program; readings are awaited one by one. */
function cameraOn(command: readonly string[], of = shape, startLooker?: StartLooker) {
  const readings: Reading[] = [];
  const said: string[] = [];
  let wake = (): void => {};
  let looks = 0;
  const real = commandCamera({
    command,
    shape: of,
    say: (line) => void said.push(line),
    ...(startLooker && { startLooker }),
  });
  const driver = qrCamera({
    clock: systemClock(),
    scheduler: systemScheduler(),
    emit(reading) {
      readings.push(reading);
      wake();
    },
    camera: {
      open: (events) =>
        real.open({
          ...events,
          looked(texts) {
            looks++;
            events.looked(texts);
            wake();
          },
        }),
      close: real.close,
    },
  });
  driver.start();
  cleanups.push(() => driver.stop());
  const until = async <T>(found: () => T | undefined): Promise<T> => {
    for (;;) {
      const it = found();
      if (it !== undefined) return it;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  /** Waits for the next reading that fits; readings before it are passed over. */
  const next = (fits: (reading: Reading) => boolean): Promise<Reading> =>
    until(() => {
      while (readings.length > 0) {
        const reading = readings.shift();
        if (reading !== undefined && fits(reading)) return reading;
      }
      return undefined;
    });
  const status = (wanted: string) =>
    next((reading) => reading.type === 'device' && reading.status === wanted);
  /** Waits until so many frames more have been looked at. */
  const frames = (count: number): Promise<true> => {
    const last = looks + count;
    return until(() => (looks >= last ? true : undefined));
  };
  return { driver, said, readings, next, status, frames };
}

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-camera-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

function isAlive(pid: number): boolean {
  // A zombie that nobody has waited for yet is dead too.
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(state.stdout.trim());
}

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

const play = (...words: readonly string[]) => [process.execPath, player, ...words];

test.each([
  ['padded rows of yuv420', { ...shape, width: 600, stride: 640 }],
  ['gray', { ...shape, format: 'gray' as const }],
])('a program that plays an issued credential gives its text once: %s', async (_, of) => {
  const { texts } = await show('turned', of, 4);
  const words = [`--width=${of.width}`, `--stride=${of.stride}`, `--format=${of.format}`];
  const side = cameraOn(play('--kind=turned', '--seed=4', '--rate=30', ...words), of);
  await side.status('ok');
  expect(await side.next(({ type }) => type === 'scan')).toMatchObject({ text: texts[0] });
  await side.frames(20);
  expect(side.readings).toEqual([]);
});

test('the cameras of the README are sound configurations, and its test camera is read', async () => {
  const example = JSON.parse(readFileSync('config/kiosk.example.json', 'utf8')) as {
    readonly devices: Readonly<Record<string, unknown>>;
  };
  const blocks = [...readFileSync('README.md', 'utf8').matchAll(/```json\n("scanner": .*?)```/gs)];
  const cameras = blocks.map(([, text]) => {
    const { scanner } = JSON.parse(`{${text}}`) as { readonly scanner: unknown };
    const parsed = parseKioskConfig({ ...example, devices: { ...example.devices, scanner } });
    if (!parsed.ok || parsed.config.devices.scanner.driver !== 'camera')
      throw new Error(`no sound camera: ${text}`);
    return cameraSetup(parsed.config.devices.scanner);
  });
  expect(cameras.map(({ command: [name] }) => name)).toEqual(['rpicam-vid', 'ffmpeg', 'node']);
  const played = cameras.at(-1);
  if (played === undefined) throw new Error('no camera');
  const side = cameraOn(played.command, played);
  const { texts } = await show('turned', played, 1);
  expect(await side.next(({ type }) => type === 'scan')).toMatchObject({ text: texts[0] });
});

test('two codes at once come as two scans, a phone in dark mode as one', async () => {
  const both = cameraOn(play('--kind=two at once', '--seed=2'));
  const { texts } = await show('two at once', shape, 2);
  const isScan = ({ type }: Reading) => type === 'scan';
  const scans = [await both.next(isScan), await both.next(isScan)];
  expect(scans.map((scan) => scan.type === 'scan' && scan.text).sort()).toEqual([...texts].sort());
  both.driver.stop();
  const dark = cameraOn(play('--kind=dark mode', '--seed=3'));
  const phone = await show('dark mode', shape, 3);
  expect(await dark.next(isScan)).toMatchObject({ text: phone.texts[0] });
});

test('a program that is killed comes back by itself, and is looked at again', async () => {
  const folder = scratch();
  const script = `echo $$ > ${join(folder, 'pid')}; exec "$0" "$@"`;
  const side = cameraOn(['sh', '-c', script, ...play('--seed=5', '--rate=30')]);
  await side.next(({ type }) => type === 'scan');
  process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
  expect(await side.status('lost')).toMatchObject({ device: 'scanner', why: 'ended' });
  await side.status('ok');
  await side.frames(10);
});

test.each([
  ['absent', ['/no/such/program']],
  ['denied', ['/etc/passwd']],
  ['absent', ['sh', '-c', 'echo "ERROR: *** no cameras available ***" >&2; exit 255']],
  ['busy', ['sh', '-c', 'echo "failed to acquire camera" >&2; exit 255']],
  ['denied', ['sh', '-c', 'echo "/dev/video0: Permission denied" >&2; exit 1']],
  ['ended', ['true']],
  ['garbled', ['sh', '-c', 'echo usage: camera [options]']],
  // Frames without end and without a pause: read no further than it takes to know.
  ['garbled', ['cat', '/dev/zero']],
])('a camera is lost as %s with %j', async (why, command) => {
  const side = cameraOn(command, small);
  expect(await side.status('lost')).toMatchObject({ why });
});

test('a program that writes nothing, or stands still behind its first frame, is silent', async () => {
  const one = 'head -c 25600 /dev/zero; exec sleep 1000';
  const side = cameraOn(['sh', '-c', one], small);
  await side.status('ok');
  expect(await side.status('lost')).toMatchObject({ why: 'silent' });
  const mute = cameraOn(['sleep', '1000'], small);
  expect(await mute.status('lost')).toMatchObject({ why: 'silent' });
}, 30_000);

test('noise is nobody: no scan, and the camera stays in service', async () => {
  const noise = 'while head -c 25600 /dev/urandom; do sleep 0.02; done';
  const side = cameraOn(['sh', '-c', noise], small);
  await side.status('ok');
  await side.frames(20);
  expect(side.readings).toEqual([]);
});

test('what a program says is told in short lines and in few', async () => {
  const talk = `printf '%0500d\\n' 1 >&2; seq 100 >&2; printf 'a\\033[31mb\\n' >&2; exit 1`;
  const side = cameraOn(['sh', '-c', talk], small);
  await side.status('lost');
  expect(side.said).toHaveLength(20);
  expect(side.said[0]).toHaveLength(200);
  expect(side.said.slice(1, 4)).toEqual(['1', '2', '3']);
});

describe('its children', () => {
  /** Starts a child in the background that says its number, and both go on for ever. */
  const family = (file: string) => [
    'sh',
    '-c',
    `trap "" TERM; sleep 1000 & echo $! > ${file}; wait; sleep 1000`,
  ];

  test('end with it when the camera is stopped, though they take no notice of SIGTERM', async () => {
    const file = join(scratch(), 'child');
    const side = cameraOn(family(file), small);
    const child = await pidIn(file);
    expect(isAlive(child)).toBe(true);
    side.driver.stop();
    await gone(child);
  });

  test('end when the gate exits by itself without stopping anything', async () => {
    const folder = scratch();
    const file = join(folder, 'child');
    const gate = `
      import { commandCamera } from ${JSON.stringify(program('../../hardware/linux/camera.js'))};
      import { existsSync, readFileSync } from 'node:fs';
      const shape = ${JSON.stringify(small)};
      commandCamera({ command: ${JSON.stringify(family(file))}, shape, say() {} }).open({
        opened() {
          const wait = setInterval(() => {
            if (existsSync(${JSON.stringify(file)}) && readFileSync(${JSON.stringify(file)}).length > 0) process.exit(3);
          }, 20);
        },
        looked() {},
        closed() {},
      });`;
    const script = join(folder, 'gate.mjs');
    writeFileSync(script, gate);
    expect(await runChild([script])).toMatchObject({ code: 3 });
    await gone(await pidIn(file));
  });

  test('end when the gate is killed, as soon as the program writes its next frame', async () => {
    const folder = scratch();
    const file = join(folder, 'child');
    const script = join(folder, 'gate.mjs');
    const command = ['sh', '-c', `echo $$ > ${file}; exec "$0" "$@"`, ...play('--rate=30')];
    writeFileSync(
      script,
      `import { commandCamera } from ${JSON.stringify(program('../../hardware/linux/camera.js'))};
      commandCamera({ command: ${JSON.stringify(command)}, shape: ${JSON.stringify(shape)}, say() {} }).open({
        opened() {}, looked: () => console.log('looked'), closed() {},
      });`,
    );
    const gate = startChild([script]);
    await gate.line(/looked/);
    gate.kill('SIGKILL');
    await gate.ended;
    await gone(await pidIn(file));
  });

  async function pidIn(file: string): Promise<number> {
    for (;;) {
      const result = spawnSync('cat', [file], { encoding: 'utf8' });
      const pid = Number.parseInt(result.stdout, 10);
      if (pid > 0) return pid;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});

test('a decoder that never answers costs frames and no memory, and the camera is started anew', async () => {
  let looks = 0;
  let before = 0;
  const stalled: StartLooker = () => ({
    look() {
      looks++;
      before = memoryBytes();
    },
    close: async () => {},
  });
  // A hundred frames a second: a queue of them would be 120 MB when the silence is noticed.
  const camera = ['sh', '-c', 'while head -c 7680000 /dev/zero; do sleep 0.25; done'];
  const side = cameraOn(camera, { ...shape, format: 'gray' }, stalled);
  expect(await side.status('lost')).toMatchObject({ why: 'silent' });
  expect(looks).toBe(1);
  expect(memoryBytes() - before).toBeLessThan(32 * 1024 * 1024);
}, 30_000);

/** What is held outside the heap, without what is garbage already. */
function memoryBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().external;
}

/** A shell in a network of its own, where not even loopback is up. */
const withoutNetwork = ['unshare', '--user', '--map-root-user', '--net'];
const hasNamespaces =
  spawnSync(withoutNetwork[0] ?? '', [...withoutNetwork.slice(1), 'true']).status === 0;

test.skipIf(!hasNamespaces)(
  `without any network the decoder works${hasNamespaces ? '' : ': skipped, unshare --net is not allowed'}`,
  async () => {
    const script = join(scratch(), 'gate.mjs');
    const { texts } = await show('upright', shape, 1);
    writeFileSync(
      script,
      `import { commandCamera } from ${JSON.stringify(program('../../hardware/linux/camera.js'))};
    const command = ${JSON.stringify(play('--seed=1'))};
    const camera = commandCamera({ command, shape: ${JSON.stringify(shape)}, say: console.error });
    camera.open({
      opened() {},
      closed: (why) => { console.log(why); process.exit(1); },
      looked([text]) {
        if (text === undefined) return;
        console.log(text);
        camera.close();
      },
    });`,
    );
    const ended = await runChild([script], withoutNetwork);
    expect(ended).toMatchObject({ code: 0, stdout: `${texts[0]}\n` });
  },
);
