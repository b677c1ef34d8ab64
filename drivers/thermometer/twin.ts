/**
 * A thermometer's own side of the wire, with what stands before it: a GY-614V3, and what the others
 * have in common with it. Pure: randomness is passed in, frames are made when asked for.
 */
import { encodeTemperature } from './codec.js';
import type { SensorFrame } from './frame-hunt.js';

/** The sensor sends about ten frames a second. */
export const framePeriodMs = 100;

/** `silent` sends nothing, `frozen` repeats its last frame, `jumping` swings by many degrees. */
export type ThermometerFault = 'none' | 'silent' | 'frozen' | 'jumping';

export interface ThermometerTwinOptions {
  /** evenly spread from 0 to below 1 */
  readonly random: { next(): number };
  /** air at the sensor; 22 degrees without it */
  readonly ambientCentidegrees?: number;
  /** how it puts a measurement into bytes; as the GY-614V3 does without it */
  readonly encode?: (
    measured: Omit<SensorFrame, 'type'> & { bodyCentidegrees: number },
  ) => Uint8Array;
}

export interface ThermometerTwin {
  /** Something of this surface temperature comes before the sensor and stays. */
  present(skinCentidegrees: number): void;
  /** Nothing is before it but the background, which has the air's temperature. */
  clear(): void;
  setAmbient(centidegrees: number): void;
  setFault(fault: ThermometerFault): void;
  /** The next frame, to be asked for every `framePeriodMs`; null where it is silent. */
  frame(): Uint8Array | null;
  /** Takes what the gate sent; returns what it answers at once, or null. */
  receive(bytes: Uint8Array): Uint8Array | null;
  /** It loses its power for a moment: what it was told is forgotten. */
  restart(): void;
}

/** What the sensor's estimate adds to the skin's temperature; the real curve is not published. */
const bodyAboveSkinCentidegrees = 302;
/** Reading noise to either side: object up to 0.05, ambient up to 0.02 degrees. */
const objectNoiseCentidegrees = 5;
const ambientNoiseCentidegrees = 2;
const swingCentidegrees = 900;
const emissivityPercent = 97;

/** Below this outside temperature a bare wrist cools on the way. */
const chillBelowCentidegrees = 1_000;
/** 0.08 degrees of skin for each degree of frost: at -20 a healthy wrist reads about 34. */
const chillPerDegree = 0.08;

/** The wrist of somebody with this body temperature who comes from inside. */
export function skinOf(bodyCentidegrees: number): number {
  return bodyCentidegrees - bodyAboveSkinCentidegrees;
}

/** The wrist of somebody who comes from outside, in weather of this temperature. */
export function chilledSkinOf(bodyCentidegrees: number, outsideCentidegrees: number): number {
  const belowCentidegrees = Math.max(0, chillBelowCentidegrees - outsideCentidegrees);
  return skinOf(bodyCentidegrees) - Math.round(belowCentidegrees * chillPerDegree);
}

/** Makes a sound sensor with nothing before it. */
export function thermometerTwin(options: ThermometerTwinOptions): ThermometerTwin {
  const { encode = (measured) => encodeTemperature({ emissivityPercent, ...measured }) } = options;
  let ambient = options.ambientCentidegrees ?? 2_200;
  let skin: number | null = null;
  let fault: ThermometerFault = 'none';
  let last: Uint8Array | null = null;
  let swing = 1;

  const noise = (amplitude: number): number =>
    Math.floor(options.random.next() * (2 * amplitude + 1)) - amplitude;

  const measure = (): Uint8Array => {
    swing = -swing;
    const off = fault === 'jumping' ? swing * swingCentidegrees : 0;
    const object = (skin ?? ambient) + off + noise(objectNoiseCentidegrees);
    return encode({
      objectCentidegrees: object,
      ambientCentidegrees: ambient + noise(ambientNoiseCentidegrees),
      bodyCentidegrees: object + bodyAboveSkinCentidegrees,
    });
  };

  return {
    present(skinCentidegrees) {
      skin = skinCentidegrees;
    },
    clear() {
      skin = null;
    },
    setAmbient(centidegrees) {
      ambient = centidegrees;
    },
    setFault(next) {
      fault = next;
    },
    frame() {
      if (fault === 'silent') return null;
      if (fault !== 'frozen' || last === null) last = measure();
      return last;
    },
    receive: () => null,
    restart: () => {},
  };
}
