/** The turnstile's session: the passage contact to `entered` and `left`. */
import type { Cancel, InputLines } from '../../hardware/ports.js';
import { watchContact } from '../contact.js';
import type { Driver } from '../reading.js';
import type { DriverTools } from '../session.js';

/** The name of the contact in the board map. */
export const passageLine = 'passage';

/** Boards alarm a passage that lasts longer than 10 to 30 s (PERCo TTR-10A): the sensor is stuck. */
const passageMsMax = 30_000;

export interface TurnstileOptions extends DriverTools {
  readonly lines: InputLines;
}

/**
 * Makes the driver of a turnstile that shows a passage on one contact. Emits `passage` with the
 * contact's own time, and `device`: `ok` from the start, `degraded` with `passage-stuck` while the
 * contact stays active. A contact that is active at the start begins no passage.
 */
export function turnstile(options: TurnstileOptions): Driver {
  const { clock, scheduler, emit, lines } = options;
  let cancelContact: Cancel | null = null;
  let cancelStuck: Cancel = () => {};
  let stuck = false;
  let inPassage = false;

  const report = (why: string | null): void => {
    stuck = why !== null;
    emit({
      type: 'device',
      device: 'turnstile',
      status: why === null ? 'ok' : 'degraded',
      why: why ?? '',
      monotonicMs: clock.now().monotonicMs,
    });
  };
  const watchStuck = (sinceMs: number): void => {
    cancelStuck();
    cancelStuck = scheduler.at(sinceMs + passageMsMax, () => report('passage-stuck'));
  };

  return {
    start() {
      if (cancelContact !== null) return;
      inPassage = false;
      report(null);
      cancelContact = watchContact({
        clock,
        scheduler,
        lines,
        line: passageLine,
        settled({ active, sinceMs }) {
          cancelStuck();
          if (active) watchStuck(sinceMs);
          else if (stuck) report(null);
          if (!active && !inPassage) return;
          inPassage = active;
          const phase = active ? 'entered' : 'left';
          emit({ type: 'passage', phase, monotonicMs: sinceMs });
        },
      });
      if (lines.isActive(passageLine)) watchStuck(clock.now().monotonicMs);
    },
    stop() {
      cancelContact?.();
      cancelContact = null;
      cancelStuck();
    },
  };
}
