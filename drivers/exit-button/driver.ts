/** The request-to-exit button's session: a press calls the guard, and opens nothing. */
import type { Cancel, InputLines } from '../../hardware/ports.js';
import { watchContact } from '../contact.js';
import type { Driver } from '../reading.js';
import type { DriverTools } from '../session.js';

/** Active while it is pressed. */
export const exitButtonLine = 'exit-button';

export interface ExitButtonOptions extends DriverTools {
  readonly lines: InputLines;
}

/** Makes the driver. Emits `exit-button` once a press, with the contact's own time. */
export function exitButton({ clock, scheduler, lines, emit }: ExitButtonOptions): Driver {
  let cancel: Cancel | null = null;
  return {
    start() {
      cancel ??= watchContact({
        ...{ clock, scheduler, lines, line: exitButtonLine },
        settled({ active, sinceMs }) {
          if (active) emit({ type: 'exit-button', monotonicMs: sinceMs });
        },
      });
    },
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}
