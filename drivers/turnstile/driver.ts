/** The turnstile's session: its contacts to `entered`, `left` and `reversed`. */
import type { Cancel, InputLines } from '../../hardware/ports.js';
import { settleMs, watchContact } from '../contact.js';
import type { Driver } from '../reading.js';
import type { DriverTools } from '../session.js';

/** The names of the contacts in the board map. */
export const passageLine = 'passage';
export const reverseLine = 'passage-reverse';

/** Boards alarm a passage that lasts longer than 10 to 30 s (PERCo TTR-10A): the sensor is stuck. */
const passageMsMax = 30_000;

const stuckFaults = ['passage-stuck', 'reverse-stuck'] as const;
type StuckFault = (typeof stuckFaults)[number];

export interface TurnstileOptions extends DriverTools {
  readonly lines: InputLines;
  /** there is a contact for bodies against the lane's direction; none without it */
  readonly reverseSensor?: boolean;
}

/**
 * Makes the driver of a turnstile that shows a passage on one contact, and a body against the lane's
 * direction on another where there is one. Emits `passage` with the contact's own time, and `device`:
 * `ok` from the start, `degraded` with `passage-stuck`, `reverse-stuck` or both while a contact stays
 * active. A contact that is active at the start begins nothing.
 */
export function turnstile(options: TurnstileOptions): Driver {
  const { clock, emit, reverseSensor = false } = options;
  let cancels: readonly Cancel[] = [];
  const stuck = new Set<StuckFault>();
  let inPassage = false;

  const report = (): void => {
    const why = stuckFaults.filter((fault) => stuck.has(fault)).join(' ');
    const status = why === '' ? 'ok' : 'degraded';
    const { monotonicMs } = clock.now();
    emit({ type: 'device', device: 'turnstile', status, why, monotonicMs });
  };
  const watch = (
    line: string,
    fault: StuckFault,
    changed: (active: boolean, sinceMs: number) => void,
  ): Cancel =>
    watchSensor(options, line, changed, (isStuck) => {
      if (stuck.has(fault) === isStuck) return;
      if (isStuck) stuck.add(fault);
      else stuck.delete(fault);
      report();
    });

  return {
    start() {
      if (cancels.length > 0) return;
      inPassage = false;
      stuck.clear();
      report();
      const passage = watch(passageLine, 'passage-stuck', (active, sinceMs) => {
        if (!active && !inPassage) return;
        inPassage = active;
        const phase = active ? 'entered' : 'left';
        emit({ type: 'passage', phase, monotonicMs: sinceMs });
      });
      cancels = [passage];
      if (!reverseSensor) return;
      const reverse = watch(reverseLine, 'reverse-stuck', (active, sinceMs) => {
        if (active) emit({ type: 'passage', phase: 'reversed', monotonicMs: sinceMs });
      });
      cancels = [passage, reverse];
    },
    stop() {
      for (const cancel of cancels) cancel();
      cancels = [];
    },
  };
}

/** One contact: tells each settled change, and whether it has been active for too long. */
function watchSensor(
  { clock, scheduler, lines }: Omit<TurnstileOptions, 'emit'>,
  line: string,
  changed: (active: boolean, sinceMs: number) => void,
  stuck: (isStuck: boolean) => void,
): Cancel {
  let cancelStuck: Cancel = () => {};
  const watchStuck = (dueMs: number): void => {
    cancelStuck();
    cancelStuck = scheduler.at(dueMs, () => {
      // It has opened just now, or while the process was held up: that edge is let through first.
      if (lines.isActive(line)) stuck(true);
      else watchStuck(clock.now().monotonicMs + settleMs);
    });
  };
  const cancelContact = watchContact({
    clock,
    scheduler,
    lines,
    line,
    settled({ active, sinceMs }) {
      if (active) watchStuck(sinceMs + passageMsMax);
      else {
        cancelStuck();
        stuck(false);
      }
      changed(active, sinceMs);
    },
  });
  if (lines.isActive(line)) watchStuck(clock.now().monotonicMs + passageMsMax);
  return () => {
    cancelContact();
    cancelStuck();
  };
}
