/** How long the journal of a running gate keeps what, while its settings may be on trial. */
import type { KioskConfig } from '../../config/kiosk-config.js';
import { longerRetention, type Retention, retentionOf } from '../../config/retention.js';

/**
 * @param config in force
 * @param before what a trial of it goes back to; undefined: it is on no trial
 * @returns what the journal purges by: on trial nothing that what was before keeps, for it could not be
 *   given back
 */
export function keptBy(
  config: Pick<KioskConfig, 'journal'>,
  before: Pick<KioskConfig, 'journal'> | undefined,
): Retention {
  const own = retentionOf(config.journal?.retention);
  if (before === undefined) return own;
  return longerRetention(own, retentionOf(before.journal?.retention));
}
