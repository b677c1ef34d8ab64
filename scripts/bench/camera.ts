/**
 * The camera: from the last byte of a frame to the text of its code, beside the same decoder called
 * bare; and how late the main thread's timers are while a camera plays, beside an idle gate.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packFrame } from '../../drivers/qr-camera/twin.js';
import { type FrameShape, frameAssembler } from '../../hardware/camera-frames.js';
import { commandCamera } from '../../hardware/linux/camera.js';
import { frameDecoder } from '../../hardware/linux/frame-decoder.js';
import { effortPlan, openQrReader } from '../../hardware/linux/qr-reader.js';
import { random } from '../../hardware/simulated/random.js';
import type { KindName } from '../test-camera/kinds.js';
import { show } from '../test-camera/pictures.js';
import type { Bench } from './harness.js';

const shape: FrameShape = { width: 640, height: 480, stride: 640, format: 'gray' };
/** What a pipe gives at once. */
const pieceBytes = 65_536;
const seed = 1;

/** @returns a clean, a noisy and an empty picture, and the lateness of timers */
export async function cameraBenches(folder: string): Promise<readonly Bench[]> {
  return [
    await frameBench('clean', 'upright'),
    await frameBench('noisy', 'noisy'),
    await frameBench('empty', 'empty'),
    await latenessBench(folder),
  ];
}

async function frameBench(name: string, kind: KindName): Promise<Bench> {
  const pixels = (await show(kind, shape, seed)).draw();
  const frame = packFrame(pixels, shape, random(seed));
  const last = frame.length - pieceBytes;
  let looked: (texts: readonly string[]) => void = () => {};
  const decoder = frameDecoder(shape, {
    looked: (texts) => looked(texts),
    ended(why) {
      throw new Error(why);
    },
  });
  const assembler = frameAssembler(shape, decoder);
  const bare = await openQrReader(shape);
  // Both sides look at the same frames with the same effort.
  const nextEffort = effortPlan();
  let hasFound = false;
  return {
    name: `camera: last byte of a ${name} frame to its text`,
    floorName: 'zxing-wasm called bare on the same pixels',
    rounds: 400,
    warmUpRounds: 100,
    async prepare() {
      assembler.push(frame.subarray(0, last));
    },
    async subject() {
      const answer = new Promise((resolve) => {
        looked = resolve;
      });
      assembler.push(frame.subarray(last));
      await answer;
    },
    async floor() {
      hasFound = bare.read(pixels, nextEffort(hasFound)).length > 0;
    },
    close: () => decoder.close(),
  };
}

/** In a round: three frames of the camera. */
const timersPerRound = 60;
const timerMs = 5;

async function latenessBench(folder: string): Promise<Bench> {
  const player = fileURLToPath(new URL('../test-camera/play.js', import.meta.url));
  const file = join(folder, 'camera.pid');
  const words = [process.execPath, player, '--kind=turned', '--format=gray'];
  const command = ['sh', '-c', `echo $$ > '${file}'; exec "$0" "$@"`, ...words];
  let frameCount = 0;
  let looked: () => void = () => {};
  const camera = commandCamera({
    command,
    shape,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  camera.open({
    opened() {},
    looked() {
      frameCount++;
      looked();
    },
    closed(why) {
      throw new Error(`the camera has closed: ${why}`);
    },
  });
  // All its pictures have been drawn and shown once.
  await new Promise<void>((resolve) => {
    looked = () => {
      if (frameCount > 5) resolve();
    };
  });
  const program = Number(readFileSync(file, 'utf8'));
  let worst = 0;
  const timers = async (): Promise<void> => {
    worst = 0;
    for (let count = 0; count < timersPerRound; count++) {
      const began = performance.now();
      await new Promise((resolve) => setTimeout(resolve, timerMs));
      worst = Math.max(worst, performance.now() - began - timerMs);
    }
  };
  return {
    name: `camera: worst lateness of ${timersPerRound} timers while it plays`,
    floorName: 'the same while its program is stopped',
    rounds: 100,
    warmUpRounds: 5,
    figure: () => worst * 1_000,
    async subject() {
      process.kill(program, 'SIGCONT');
      const before = frameCount;
      await timers();
      if (frameCount === before) throw new Error('no frame was looked at');
    },
    async floor() {
      process.kill(program, 'SIGSTOP');
      await timers();
    },
    async close() {
      process.kill(program, 'SIGCONT');
      camera.close();
    },
  };
}
