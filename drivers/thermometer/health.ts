/**
 * Whether a thermometer that keeps sending can be believed: a frozen one repeats itself, a jumping
 * one swings as no wrist does. Pure: samples with their times in, a verdict out.
 */

/** One sample as far as health is concerned. */
export interface HealthSample {
  readonly objectCentidegrees: number;
  readonly ambientCentidegrees: number;
  readonly bodyCentidegrees: number;
  readonly monotonicMs: number;
}

export type HealthFault = 'frozen' | 'jumping';

export interface ThermometerHealth {
  /** Judges the samples so far, this one included; null is sound. */
  judge(sample: HealthSample): HealthFault | null;
  /** Forgets everything: after a gap nothing before it counts. */
  reset(): void;
}

/** A live sensor's last digit flickers with every reading; ten equal seconds are no accident. */
export const frozenMsDefault = 10_000;
/** A step between two samples larger than this is a wrist that came or went, or a fault. */
const jumpCentidegreesMin = 300;
/**
 * Up and down again, this many turns within the window: three comings and goings in two seconds
 * are not a person's. A fault is over once a whole window has passed without a turn.
 */
const jumpTurnsMin = 6;
const jumpWindowMs = 2_000;

/** Makes a judge without history. `frozenMs`: how long all fields may stay the same. */
export function thermometerHealth(frozenMs: number = frozenMsDefault): ThermometerHealth {
  let last: HealthSample | null = null;
  let unchangedSinceMs = 0;
  let lastJump = 0;
  let turnsAtMs: number[] = [];
  let jumping = false;

  return {
    judge(sample) {
      const nowMs = sample.monotonicMs;
      if (last === null || !sameFields(last, sample)) unchangedSinceMs = nowMs;
      const step = last === null ? 0 : sample.objectCentidegrees - last.objectCentidegrees;
      last = sample;
      if (Math.abs(step) > jumpCentidegreesMin) {
        if (Math.sign(step) === -lastJump) turnsAtMs.push(nowMs);
        lastJump = Math.sign(step);
      }
      turnsAtMs = turnsAtMs.filter((atMs) => nowMs - atMs < jumpWindowMs).slice(-jumpTurnsMin);
      jumping = turnsAtMs.length >= (jumping ? 1 : jumpTurnsMin);
      if (jumping) return 'jumping';
      return nowMs - unchangedSinceMs >= frozenMs ? 'frozen' : null;
    },
    reset() {
      last = null;
      lastJump = 0;
      turnsAtMs = [];
      jumping = false;
    },
  };
}

function sameFields(one: HealthSample, other: HealthSample): boolean {
  return (
    one.objectCentidegrees === other.objectCentidegrees &&
    one.ambientCentidegrees === other.ambientCentidegrees &&
    one.bodyCentidegrees === other.bodyCentidegrees
  );
}
