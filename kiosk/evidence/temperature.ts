/**
 * From the thermometer's samples to evidence: enough samples of skin, close together. What stands
 * before the sensor when nobody does (a wall, the air) is told from skin by its warmth.
 */
import type { PolicySettings } from '../../config/policy.js';
import type { Reading } from '../../drivers/reading.js';
import type { TemperatureEvidence } from '../core/evidence.js';

export type TemperatureSample = Extract<Reading, { type: 'temperature-sample' }>;

/** Skin is warmer than the air by at least this; hundredths of a degree. */
const skinOverAmbientCentidegrees = 100;
/** The coldest skin that is still a person asking to be measured (field reports: 30 °C outdoors). */
const skinCentidegreesMin = 2_800;
/** Samples farther apart than this do not belong together; the slowest module sends 2 a second. */
const sampleGapMsMax = 1_000;
/** A step between two samples larger than this is a wrist that came or went (see the driver's health). */
const otherSkinCentidegreesMin = 300;

/**
 * @param limits the policy's numbers for one reading
 * @returns a function that takes each sample and returns evidence as long as the last samples are a
 *   stable reading of skin, else null. It judges no band: cold, normal and fever come out alike.
 */
export function collectTemperature(
  limits: Pick<PolicySettings, 'samplesMin' | 'samplesSpreadCentidegreesMax'>,
): (sample: TemperatureSample) => TemperatureEvidence | null {
  let recent: TemperatureSample[] = [];
  let fromMs = 0;
  return (sample) => {
    const last = recent.at(-1);
    if (last !== undefined && !isSameSkin(last, sample)) recent = [];
    if (!isSkin(sample)) {
      recent = [];
      return null;
    }
    if (recent.length === 0) fromMs = sample.monotonicMs;
    recent = [...recent, sample].slice(-limits.samplesMin);
    if (recent.length < limits.samplesMin) return null;
    const bodies = recent.map(({ bodyCentidegrees }) => bodyCentidegrees);
    const highest = Math.max(...bodies);
    const spread = highest - Math.min(...bodies);
    if (spread > limits.samplesSpreadCentidegreesMax) return null;
    return {
      type: 'temperature',
      bodyCentidegrees: highest,
      ambientCentidegrees: sample.ambientCentidegrees,
      compensationCentidegrees: sample.bodyCentidegrees - sample.objectCentidegrees,
      sampleCount: recent.length,
      spreadCentidegrees: spread,
      fromMs,
      takenMs: sample.monotonicMs,
    };
  };
}

function isSameSkin(last: TemperatureSample, sample: TemperatureSample): boolean {
  const step = Math.abs(sample.objectCentidegrees - last.objectCentidegrees);
  return (
    sample.monotonicMs - last.monotonicMs <= sampleGapMsMax && step <= otherSkinCentidegreesMin
  );
}

/** By the measured surface, not by the body estimate: that one adds degrees to a wall, too. */
function isSkin({ objectCentidegrees, ambientCentidegrees }: TemperatureSample): boolean {
  const skinMin = Math.max(skinCentidegreesMin, ambientCentidegrees + skinOverAmbientCentidegrees);
  return objectCentidegrees >= skinMin;
}
