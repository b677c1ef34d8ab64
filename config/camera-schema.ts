/** The schema of a camera in `kiosk.json`, and what is right alone and wrong together in it. */
import { z } from 'zod';
import { type CameraConfig, cameraFormats, cameraSetup } from './camera-config.js';
import type { PlacedProblem } from './placed-problem.js';

/** Codes are too small below, and time goes into nothing above. */
const pixelsRange = { min: 160, max: 1_920 } as const;
const wordsMax = 64;
const wordCharactersMax = 1_024;

const pixels = z.int().min(pixelsRange.min).max(pixelsRange.max);

export const cameraSchema = z.strictObject({
  driver: z.literal('camera'),
  command: z
    .array(
      z
        .string()
        .min(1)
        .max(wordCharactersMax)
        .refine((word) => !/\p{Cc}/u.test(word), 'must have no control characters'),
    )
    .min(1)
    .max(wordsMax)
    .exactOptional()
    .describe(
      'a program that writes raw frames to its standard output, and its arguments, without a shell; default: rpicam-vid with 640 x 480 pixels, 10 frames a second',
    ),
  width: pixels.exactOptional().describe('default 640; given with command'),
  height: pixels.exactOptional().describe('default 480; given with command'),
  stride: z
    .int()
    .min(pixelsRange.min)
    .max(2 * pixelsRange.max)
    .exactOptional()
    .describe('bytes from row to row; default: width, for rpicam-vid the next multiple of 64'),
  format: z
    .enum(cameraFormats)
    .exactOptional()
    .describe('default yuv420, as rpicam-vid --codec yuv420; gray as ffmpeg -pix_fmt gray'),
});

/** Takes a camera that fits the schema and its place; returns what does not fit together in it. */
export function cameraProblems(camera: CameraConfig, place: string): readonly PlacedProblem[] {
  const { width, height, stride, format } = cameraSetup(camera);
  const problems: PlacedProblem[] = [];
  if (camera.command !== undefined)
    for (const name of ['width', 'height'] as const)
      if (camera[name] === undefined)
        problems.push({
          place: `${place}.${name}`,
          problem: 'missing: the gate has to know what the command was told',
        });
  if (stride < width)
    problems.push({ place: `${place}.stride`, problem: `must be at least the width, ${width}` });
  // Colour is kept once for two rows and two columns.
  if (format === 'yuv420' && (height % 2 !== 0 || stride % 2 !== 0))
    problems.push({ place, problem: 'yuv420 needs an even height and an even stride' });
  return problems;
}
