/** What a temperature means under the policy. Hundredths of a degree Celsius, integers. */
import type { PolicySettings } from '../../../config/policy.js';
import type { TemperatureEvidence } from '../evidence.js';

export type TemperatureBand = 'normal' | 'fever' | 'too-cold' | 'too-hot' | 'ambient';

/**
 * @param temperature stable samples of a person's skin
 * @param limits the policy's thresholds
 * @returns the band; everything but `normal` and `fever` is no reading
 */
export function judgeTemperature(
  temperature: TemperatureEvidence,
  limits: PolicySettings,
): TemperatureBand {
  const { bodyCentidegrees: body, ambientCentidegrees: ambient } = temperature;
  if (
    !(ambient >= limits.ambientCentidegreesMin && ambient <= limits.ambientCentidegreesMax) ||
    !(temperature.sampleCount >= limits.samplesMin) ||
    !(temperature.spreadCentidegrees <= limits.samplesSpreadCentidegreesMax)
  )
    return 'ambient';
  if (!(body >= limits.readingCentidegreesMin)) return 'too-cold';
  if (!(body <= limits.readingCentidegreesMax)) return 'too-hot';
  return body >= limits.feverCentidegrees ? 'fever' : 'normal';
}
