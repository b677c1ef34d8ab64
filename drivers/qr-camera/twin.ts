/**
 * What a camera sees when codes are held before it: gray pixels, drawn by a small lens of our own,
 * the same again from the same seed. Pure.
 */
import type { FrameShape } from '../../hardware/camera-frames.js';
import type { Random } from '../../hardware/simulated/random.js';

/** A code as it is printed: modules, without its quiet zone. */
export interface PrintedCode {
  /** modules a side */
  readonly size: number;
  isDark(x: number, y: number): boolean;
}

/** A code in somebody's hand. */
export interface HeldCode {
  readonly code: PrintedCode;
  /** of its centre, as shares of the picture's width and height */
  readonly x: number;
  readonly y: number;
  /** its side without the quiet zone, as a share of the picture's height */
  readonly side: number;
  readonly turnDegrees: number;
  /** tipped about its own upright axis, away from the lens; 0: it faces it */
  readonly tiltDegrees: number;
  /** a phone's dark mode: light modules on a dark ground */
  readonly isInverted: boolean;
}

/** What light and lens make of it. */
export interface Lens {
  /** of a box that is drawn over the picture twice, pixels to each side; 0: sharp */
  readonly blurPixels: number;
  /** standard deviation of each pixel, in gray levels */
  readonly noiseLevels: number;
  /** from 0 (dark) to 1 (all of the contrast) */
  readonly light: number;
}

export interface Scene {
  readonly held: readonly HeldCode[];
  readonly lens: Lens;
}

/** Gray levels of ink, of paper and of what stands behind. */
const levels = { dark: 25, light: 230, behind: 105 } as const;
/** ISO/IEC 18004 §6.3.8. */
const quietModules = 4;
/** A pixel is looked at in this many places a side: edges are as soft as a sensor's. */
const samples = 2;
/** Distance of the lens in sides of the code: near enough that a tilted code narrows visibly. */
const lensDistance = 4;

/** Takes a scene and the picture's size; returns its gray pixels, row by row. */
export function renderScene(
  { held, lens }: Scene,
  { width, height }: Pick<FrameShape, 'width' | 'height'>,
  random: Random,
): Uint8Array {
  const lookups = held.map((code) => lookupOf(code, width, height));
  const pixels = new Float32Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let row = 0; row < samples; row++)
        for (let column = 0; column < samples; column++)
          sum += levelAt(lookups, x + (column + 0.5) / samples, y + (row + 0.5) / samples);
      pixels[y * width + x] = sum / (samples * samples);
    }
  for (let pass = 0; pass < 2; pass++) blur(pixels, width, height, lens.blurPixels);
  return Uint8Array.from(pixels, (level) => {
    // Three uniform numbers make a bell of standard deviation 1/2.
    const noise = (random.next() + random.next() + random.next() - 1.5) * 2 * lens.noiseLevels;
    return Math.min(255, Math.max(0, level * lens.light + noise));
  });
}

/** Takes gray pixels; returns one frame of that shape, with noise where its rows are padded. */
export function packFrame(pixels: Uint8Array, shape: FrameShape, random: Random): Uint8Array {
  const { width, height, stride, format } = shape;
  const gray = stride * height;
  const frame = new Uint8Array(format === 'gray' ? gray : (gray * 3) / 2).fill(128, gray);
  for (let row = 0; row < height; row++) {
    frame.set(pixels.subarray(row * width, (row + 1) * width), row * stride);
    for (let column = width; column < stride; column++)
      frame[row * stride + column] = random.int(256);
  }
  return frame;
}

type Lookup = (x: number, y: number) => number | null;

function levelAt(lookups: readonly Lookup[], x: number, y: number): number {
  for (const lookup of lookups) {
    const level = lookup(x, y);
    if (level !== null) return level;
  }
  return levels.behind;
}

/** From a point of the picture back to the card: the ray through it meets the tilted plane. */
function lookupOf(held: HeldCode, width: number, height: number): Lookup {
  const { code, isInverted } = held;
  const side = held.side * height;
  const [turn, tilt] = [radians(held.turnDegrees), radians(held.tiltDegrees)];
  const [sinTurn, cosTurn] = [Math.sin(turn), Math.cos(turn)];
  const [sinTilt, cosTilt] = [Math.sin(tilt), Math.cos(tilt)];
  const reach = 0.5 + quietModules / code.size;
  return (x, y) => {
    const fromX = (x - held.x * width) / side;
    const fromY = (y - held.y * height) / side;
    const seenX = fromX * cosTurn + fromY * sinTurn;
    const seenY = fromY * cosTurn - fromX * sinTurn;
    const across = (seenX * lensDistance) / (lensDistance * cosTilt - seenX * sinTilt);
    const along = (seenY * (lensDistance + across * sinTilt)) / lensDistance;
    if (Math.abs(across) > reach || Math.abs(along) > reach) return null;
    const column = Math.floor((across + 0.5) * code.size);
    const row = Math.floor((along + 0.5) * code.size);
    return isPrinted(code, column, row) === isInverted ? levels.light : levels.dark;
  };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function isPrinted({ size, isDark }: PrintedCode, column: number, row: number): boolean {
  return column >= 0 && row >= 0 && column < size && row < size && isDark(column, row);
}

/** One pass of a box each way, in place; the edges count with what they have. */
function blur(pixels: Float32Array, width: number, height: number, radius: number): void {
  if (radius < 1) return;
  const pass = (start: number, step: number, count: number): void => {
    const line = Float32Array.from(
      { length: count },
      (_, index) => pixels[start + index * step] ?? 0,
    );
    for (let index = 0; index < count; index++) {
      const [from, to] = [Math.max(0, index - radius), Math.min(count - 1, index + radius)];
      let sum = 0;
      for (let at = from; at <= to; at++) sum += line[at] ?? 0;
      pixels[start + index * step] = sum / (to - from + 1);
    }
  };
  for (let row = 0; row < height; row++) pass(row * width, 1, width);
  for (let column = 0; column < width; column++) pass(column, width, height);
}
