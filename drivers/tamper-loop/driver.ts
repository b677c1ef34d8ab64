/** The tamper loop's session: somebody has opened the cabinet. */
import type { Cancel, InputLines } from '../../hardware/ports.js';
import { watchContact } from '../contact.js';
import type { Driver } from '../reading.js';
import type { DriverTools } from '../session.js';

/** Active while every lid is shut: a cut wire is an open lid. */
export const tamperLine = 'tamper-loop';

export interface TamperLoopOptions extends DriverTools {
  readonly lines: InputLines;
}

/** Makes the driver. Emits `tamper` at the start if the loop is open, and at each change. */
export function tamperLoop({ clock, scheduler, lines, emit }: TamperLoopOptions): Driver {
  let cancel: Cancel | null = null;
  const say = (open: boolean, monotonicMs: number): void =>
    emit({ type: 'tamper', open, monotonicMs });
  return {
    start() {
      if (cancel !== null) return;
      if (!lines.isActive(tamperLine)) say(true, clock.now().monotonicMs);
      cancel = watchContact({
        ...{ clock, scheduler, lines, line: tamperLine },
        settled: ({ active, sinceMs }) => say(!active, sinceMs),
      });
    },
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}
