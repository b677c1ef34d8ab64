/** The door contact's session: opened, left open, closed. */
import type { Cancel, InputLines } from '../../hardware/ports.js';
import { settleMs, watchContact } from '../contact.js';
import type { Driver } from '../reading.js';
import type { DriverTools } from '../session.js';

/** Active while the door is shut: a cut wire reads as an open door, which somebody then looks at. */
export const doorLine = 'door-closed';

/** Nobody needs so long to go through a door. */
export const leftOpenMs = 30_000;

export interface DoorContactOptions extends DriverTools {
  readonly lines: InputLines;
}

/**
 * Makes the driver. Emits `door` with the contact's own time: `opened` and `closed` in turn, `left-open`
 * between them when the door has been open for `leftOpenMs`; of a door that is open at the start
 * `left-open` only.
 */
export function doorContact(options: DoorContactOptions): Driver {
  const { clock, scheduler, lines, emit } = options;
  let cancels: readonly Cancel[] = [];
  let cancelLeft: Cancel = () => {};

  const waitForClosed = (dueMs: number): void => {
    cancelLeft();
    cancelLeft = scheduler.at(dueMs, () => {
      // It has been shut just now, or while the process was held up: that edge comes first.
      if (lines.isActive(doorLine)) return waitForClosed(clock.now().monotonicMs + settleMs);
      emit({ type: 'door', phase: 'left-open', monotonicMs: clock.now().monotonicMs });
    });
  };
  return {
    start() {
      if (cancels.length > 0) return;
      if (!lines.isActive(doorLine)) waitForClosed(clock.now().monotonicMs + leftOpenMs);
      const cancel = watchContact({
        ...{ clock, scheduler, lines, line: doorLine },
        settled({ active, sinceMs }) {
          emit({ type: 'door', phase: active ? 'closed' : 'opened', monotonicMs: sinceMs });
          if (active) cancelLeft();
          else waitForClosed(sinceMs + leftOpenMs);
        },
      });
      cancels = [cancel];
    },
    stop() {
      for (const cancel of cancels) cancel();
      cancels = [];
      cancelLeft();
    },
  };
}
