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

/**
 * @param limits the policy's numbers for one reading
 * @returns a function that takes each sample and returns evidence as long as the last samples are a
 *   stable reading of skin, else null. It judges no band: cold, normal and fever come out alike.
 */
export function collectTemperature(
  limits: Pick<PolicySettings, 'samplesMin' | 'samplesSpreadCentidegreesMax'>,
): (sample: TemperatureSample) => TemperatureEvidence | null {
  let recent: TemperatureSample[] = [];
  return (sample) => {
    const last = recent.at(-1);
    if (last !== undefined && sample.monotonicMs - last.monotonicMs > sampleGapMsMax) recent = [];
    if (!isSkin(sample)) {
      recent = [];
      return null;
    }
    recent = [...recent, sample].slice(-limits.samplesMin);
    const [first] = recent;
    if (first === undefined || recent.length < limits.samplesMin) return null;
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
      fromMs: first.monotonicMs,
      takenMs: sample.monotonicMs,
    };
  };
}

/** By the measured surface, not by the body estimate: that one adds degrees to a wall, too. */
function isSkin({ objectCentidegrees, ambientCentidegrees }: TemperatureSample): boolean {
  const skinMin = Math.max(skinCentidegreesMin, ambientCentidegrees + skinOverAmbientCentidegrees);
  return objectCentidegrees >= skinMin;
}
