/** What must outlive a restart and is no record: when it is sent to the journal, always whole. */
import type { Standing } from '../../journal/port.js';
import type { GateState } from '../state.js';

/**
 * The floor is written anew when it has grown by this much, milliseconds: how far time may fall
 * back by a power cut of a gate where nothing happens. (Where something does, its record is dated.)
 */
export const floorGrowthMs = 600_000;

/** @returns what stands now */
export function standingOf({ lockdown, time }: GateState): Standing {
  return { lockdown, floorMs: time.floorMs === null ? null : Math.floor(time.floorMs) };
}

/**
 * @returns `changed`: it is to be sent in this step, with records or without; `grown`: with the next
 *   records that nobody waits for, or alone when there are none (also what the journal could not
 *   write: a failing disk is not asked at every step); null: the journal has it
 */
export function standingDue(state: GateState): 'changed' | 'grown' | null {
  const { standing: last } = state.kept;
  const { lockdown, floorMs } = standingOf(state);
  if (last === null) return 'grown';
  if (last.lockdown !== lockdown) return 'changed';
  if (floorMs === null) return null;
  // Admins have set the time back.
  if (last.floorMs !== null && floorMs < last.floorMs) return 'changed';
  return last.floorMs === null || floorMs - last.floorMs >= floorGrowthMs ? 'grown' : null;
}
