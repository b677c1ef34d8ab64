/**
 * Raw frames of camera programs, in any shape and any pieces, of programs that end in the middle of
 * one: a picture that comes out must be one that was sent, and none comes out of half a frame.
 */
import { packFrame } from '../../drivers/qr-camera/twin.js';
import { type FrameShape, frameAssembler, frameBytesOf } from '../../hardware/camera-frames.js';
import type { Random } from '../../hardware/simulated/random.js';
import type { Told } from './wire-fuzz.js';

export interface FrameCounts {
  frames: number;
  /** pictures that came out as they went in */
  true: number;
  wrong: number;
}

/** Frames of one program's life. */
const framesMax = 8;
const pixelsMax = 24;

/** @returns what came of the frames; `wrong` is to be 0 */
export async function fuzzFrames(
  dice: Random,
  frameCount: number,
  done: Told = () => null,
  assemblerOf: typeof frameAssembler = frameAssembler,
): Promise<FrameCounts> {
  const counts: FrameCounts = { frames: 0, true: 0, wrong: 0 };
  while (counts.frames < frameCount) {
    const shape = anyShape(dice);
    const pictures = Array.from({ length: 1 + dice.int(framesMax) }, () =>
      dice.bytes(shape.width * shape.height),
    );
    const stream = Buffer.concat(pictures.map((pixels) => packFrame(pixels, shape, dice)));
    const endsAt = dice.chance(0.5) ? stream.length : dice.int(stream.length);
    const grayBytes = shape.stride * shape.height;
    const wholeCount = pictures.filter(
      (_, index) => index * frameBytesOf(shape) + grayBytes <= endsAt,
    ).length;
    const pixels = new Uint8Array(shape.width * shape.height);
    let seen = 0;
    const assembler = assemblerOf(shape, {
      filling: () => pixels,
      filled() {
        const sent = pictures[seen++];
        const isTrue = sent !== undefined && Buffer.compare(pixels, sent) === 0;
        counts[isTrue ? 'true' : 'wrong'] += 1;
      },
    });
    for (let from = 0; from < endsAt; ) {
      const to = from + 1 + dice.int(Math.min(endsAt - from, 3 * shape.stride));
      assembler.push(stream.subarray(from, to));
      if (assembler.heldBytes >= frameBytesOf(shape)) counts.wrong += 1;
      from = to;
    }
    if (seen !== wholeCount) counts.wrong += 1;
    counts.frames += pictures.length;
    const pause = done(counts.frames);
    if (pause !== null) await pause;
  }
  return counts;
}

function anyShape(dice: Random): FrameShape {
  const width = 1 + dice.int(pixelsMax);
  const padded = width + dice.int(6);
  return {
    width,
    height: 2 * (1 + dice.int(4)),
    stride: padded + (padded % 2),
    format: dice.pick(['gray', 'yuv420']),
  };
}
