/** How people hold codes before a camera: each kind a scene that shakes a little, from a seed. */
import type { HeldCode, Lens, PrintedCode, Scene } from '../../drivers/qr-camera/twin.js';
import type { Random } from '../../hardware/simulated/random.js';

interface Kind {
  readonly hold: Partial<Omit<HeldCode, 'code'>>;
  readonly lens: Partial<Lens>;
  /** codes at once, side by side */
  readonly count: number;
}

const upright: Kind = { hold: {}, lens: {}, count: 1 };
const clean = { x: 0.5, y: 0.5, side: 0.55, turnDegrees: 0, tiltDegrees: 0, isInverted: false };
const clear: Lens = { blurPixels: 0, noiseLevels: 3, light: 1 };

export const kinds = {
  empty: { ...upright, count: 0 },
  upright,
  turned: { ...upright, hold: { turnDegrees: 33 } },
  'upside down': { ...upright, hold: { turnDegrees: 190 } },
  tilted: { ...upright, hold: { tiltDegrees: 35, turnDegrees: 12 } },
  blurred: { ...upright, hold: { side: 0.6 }, lens: { blurPixels: 2 } },
  dim: { ...upright, lens: { light: 0.2, noiseLevels: 4 } },
  noisy: { ...upright, hold: { side: 0.6 }, lens: { noiseLevels: 45 } },
  small: { ...upright, hold: { side: 0.28 } },
  'dark mode': { ...upright, hold: { isInverted: true } },
  'two at once': { ...upright, hold: { side: 0.42 }, count: 2 },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as readonly KindName[];

/** A hand's tremor from one frame to the next: shares of the picture, and degrees. */
const shake = { share: 0.012, degrees: 2.5 } as const;

/** Takes codes, as many as the kind holds at once; returns one scene of it. */
export function sceneOf(name: KindName, codes: readonly PrintedCode[], random: Random): Scene {
  const { hold, lens, count }: Kind = kinds[name];
  const tremor = (most: number): number => (random.next() * 2 - 1) * most;
  const held = codes.slice(0, count).map((code, index): HeldCode => {
    const place = { ...clean, ...hold };
    return {
      ...place,
      code,
      x: (count === 2 ? 0.26 + index * 0.48 : place.x) + tremor(shake.share),
      y: place.y + tremor(shake.share),
      turnDegrees: place.turnDegrees + tremor(shake.degrees),
      tiltDegrees: place.tiltDegrees + tremor(shake.degrees),
    };
  });
  return { held, lens: { ...clear, ...lens } };
}
