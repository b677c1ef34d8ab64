/** The schema of `journal.retention` in `kiosk.json`. */
import { z } from 'zod';
import type { PlacedProblem } from './problems.js';
import { type RetentionConfig, retentionDefaults, retentionRanges } from './retention.js';

const within = ({ min, max }: { readonly min: number; readonly max: number }) =>
  z.int().min(min).max(max).exactOptional();
const { days, recordsMax, megabytesMax } = retentionRanges;
const defaults = retentionDefaults;

export const retentionSchema: z.ZodType<RetentionConfig> = z.strictObject({
  idCardDays: within(days).describe(`sealed texts of ID cards; default ${defaults.idCardDays}`),
  temperatureDays: within(days).describe(
    `sealed values of fevers; default ${defaults.temperatureDays}`,
  ),
  detailsDays: within(days).describe(
    `sealed details that the guard entered; default ${defaults.detailsDays}`,
  ),
  recordDays: within(days).describe(
    `records, which name people by tokens; default ${defaults.recordDays}`,
  ),
  recordsMax: within(recordsMax).describe(
    `beyond it the oldest that are delivered give way; default ${defaults.recordsMax}`,
  ),
  megabytesMax: within(megabytesMax).describe(
    `of the database, likewise; default ${defaults.megabytesMax}`,
  ),
});

/**
 * @param config as the schema has taken it
 * @returns what is right alone and wrong together: a part goes with its record at the latest
 */
export function retentionProblems(config: RetentionConfig = {}): readonly PlacedProblem[] {
  const whole = { ...retentionDefaults, ...config };
  const { recordDays } = whole;
  return (['idCardDays', 'temperatureDays', 'detailsDays'] as const).flatMap((name) =>
    whole[name] <= recordDays
      ? []
      : [
          {
            place: `journal.retention.${name}`,
            problem: `${whole[name]} days are more than the ${recordDays} of recordDays: a part goes with its record`,
          },
        ],
  );
}
