/** The power-fail input: a contact of the UPS that says whether the mains is there. */
import type { Cancel, InputLines } from '../../hardware/ports.js';
import { watchContact } from '../contact.js';
import type { Driver } from '../reading.js';
import type { DriverTools } from '../session.js';

/** Active while the mains is there: a cut wire reads as a loss, which somebody then looks at. */
export const mainsLine = 'mains';

/** Power that comes back and goes again within this is one loss. */
export const backMs = 5_000;

export interface MainsMonitorOptions extends DriverTools {
  readonly lines: InputLines;
}

/**
 * Makes the driver. Emits `power` at the start and at each change: without mains as soon as the
 * contact has been open for 20 ms, with mains again when it has been closed for `backMs`.
 */
export function mainsMonitor(options: MainsMonitorOptions): Driver {
  const { clock, scheduler, lines, emit } = options;
  let cancelContact: Cancel | null = null;
  let cancelBack: Cancel = () => {};

  const say = (mains: boolean, monotonicMs: number): void =>
    emit({ type: 'power', mains, monotonicMs });
  let told = true;
  const lost = (atMs: number): void => {
    cancelBack();
    if (told) say(false, atMs);
    told = false;
  };
  const waitForBack = (): void => {
    cancelBack();
    cancelBack = scheduler.at(clock.now().monotonicMs + backMs, () => {
      told = true;
      say(true, clock.now().monotonicMs);
    });
  };

  return {
    start() {
      if (cancelContact !== null) return;
      told = lines.isActive(mainsLine);
      say(told, clock.now().monotonicMs);
      cancelContact = watchContact({
        clock,
        scheduler,
        lines,
        line: mainsLine,
        settled({ active, sinceMs }) {
          if (!active) lost(sinceMs);
          else if (!told) waitForBack();
        },
      });
    },
    stop() {
      cancelContact?.();
      cancelContact = null;
      cancelBack();
    },
  };
}
