/**
 * Keys that stand for buttons: down and up come from the page, `long` and the end of a key that is
 * held too long are made here, by the panel's own table. A page that is gone holds nothing.
 */
import type { PanelButton } from '../../config/vocabulary.js';
import { buttons } from '../../drivers/guard-panel/buttons.js';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';

export interface HoldsOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  tell(button: PanelButton, event: 'pressed' | 'released' | 'long'): void;
}

export interface Holds {
  /** A key that is down already is pressed by nobody else. */
  press(button: PanelButton): void;
  release(button: PanelButton): void;
  releaseAll(): void;
}

/** @returns keys that are all up */
export function trackHolds({ clock, scheduler, tell }: HoldsOptions): Holds {
  const held = new Map<PanelButton, readonly Cancel[]>();

  const release = (button: PanelButton): void => {
    const cancels = held.get(button);
    if (cancels === undefined) return;
    for (const cancel of cancels) cancel();
    held.delete(button);
    tell(button, 'released');
  };

  return {
    press(button) {
      if (held.has(button)) return;
      const { longMs, heldMsMax } = buttons[button];
      const { monotonicMs } = clock.now();
      const long =
        longMs === null ? [] : [scheduler.at(monotonicMs + longMs, () => tell(button, 'long'))];
      const end = scheduler.at(monotonicMs + heldMsMax, () => release(button));
      held.set(button, [...long, end]);
      tell(button, 'pressed');
    },
    release,
    releaseAll() {
      for (const button of [...held.keys()]) release(button);
    },
  };
}
