/** A signed time is on record with who has signed it; where it is not believed, or goes back, it is an alarm. */
import { formatRfc3339 } from '../../../config/rfc3339.js';
import { refuse } from '../guard/panel.js';
import type { Input } from '../messages.js';
import { note, raise, type Turn } from '../turn.js';
import { isTime, type Time } from './clock.js';
import type { SignedTimeResult } from './signed-time.js';

/**
 * Journals what a signed time has done.
 * @param turn with the time as it is after it
 * @param before the time as judged without it
 */
export function signedTimeGiven(
  turn: Turn,
  { purpose, atMs, admins, services, omitted }: Extract<Input, { type: 'signed-time' }>,
  result: SignedTimeResult,
  before: Time,
): void {
  const signers = { admins: [...admins], services: [...services] };
  const to = isTime(atMs) ? formatRfc3339(Math.floor(atMs)) : null;
  switch (result) {
    case 'not-later':
      return;
    case 'raised':
    case 'set': {
      const from = before.floorMs === null ? null : formatRfc3339(before.floorMs);
      note(turn, 'time-set', { purpose, from, to, ...signers });
      if (result === 'raised') return;
      // Papers of an attempt under way were verified by another time.
      refuse(turn, 'admin-ended');
      // What has ended by the time that was believed is forgotten: of papers used, too.
      if (before.floorMs !== null && atMs < before.floorMs) raise(turn, 'clock-lowered');
      return;
    }
    case 'too-far':
    case 'contradicts-clock':
    case 'below-threshold':
    case 'no-time':
      note(turn, 'time-refused', { purpose, why: result, to, ...signers, omitted });
      raise(turn, 'clock-signed-refused');
  }
}
