/**
 * A camera program for tests: plays pictures of issued credentials to its standard output, as raw
 * frames, until nobody reads them. `--kind` is one of `kinds.ts`; `--texts FILE` shows codes of the
 * file's lines instead, read at the start; `--rate 0` writes `--frames` frames as fast as they are
 * taken and ends.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { packFrame } from '../../drivers/qr-camera/twin.js';
import type { FrameShape } from '../../hardware/camera-frames.js';
import { random } from '../../hardware/simulated/random.js';
import { type KindName, kindNames } from './kinds.js';
import { show } from './pictures.js';

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'upright' },
    texts: { type: 'string' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '10' },
    frames: { type: 'string', default: '3' },
    width: { type: 'string', default: '640' },
    height: { type: 'string', default: '480' },
    stride: { type: 'string' },
    format: { type: 'string', default: 'yuv420' },
  },
});
const kind = kindNames.find((name) => name === values.kind);
if (kind === undefined) throw new Error(`no such kind; there are ${kindNames.join(', ')}`);
const [width, height] = [Number(values.width), Number(values.height)];
const [rate, seed] = [Number(values.rate), Number(values.seed)];
const frameCount = Number(values.frames);
const texts = values.texts === undefined ? undefined : linesOf(values.texts);

process.stdout.on('error', () => process.exit(0));
await play(kind, {
  width,
  height,
  stride: Number(values.stride ?? width),
  format: values.format === 'gray' ? 'gray' : 'yuv420',
});

async function play(name: KindName, shape: FrameShape): Promise<void> {
  const frames: Uint8Array[] = [];
  const showing = await show(name, shape, seed, texts);
  const padding = random(seed);
  /** Each is drawn when it is first needed: the first one comes soon. */
  const frameAt = (index: number): Uint8Array => {
    const known = frames[index];
    if (known !== undefined) return known;
    const frame = packFrame(showing.draw(), shape, padding);
    frames.push(frame);
    return frame;
  };
  for (let index = 0; ; index = (index + 1) % frameCount) {
    // A camera does not wait for its reader: what is not taken is lost.
    if (rate === 0 || process.stdout.writableLength === 0) process.stdout.write(frameAt(index));
    if (rate > 0) await new Promise((resolve) => setTimeout(resolve, 1_000 / rate));
    else if (index === frameCount - 1) return;
  }
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
