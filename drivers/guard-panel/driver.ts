/** The guard panel's session: contacts to presses; a stuck or chattering one is a fault, no press. */
import type { Cancel, InputLines } from '../../hardware/ports.js';
import { watchContact } from '../contact.js';
import type { Driver } from '../reading.js';
import type { DriverTools } from '../session.js';
import { type Button, buttonNames, buttons } from './buttons.js';

/** More edges than this in a second are a loose contact: bounces of one press are fewer. */
const edgesMax = 10;
const edgeWindowMs = 1_000;

export interface GuardPanelOptions extends DriverTools {
  readonly lines: InputLines;
}

/**
 * Makes the panel's driver. Emits `button` with the contact's own time (a button that is down at
 * the start is not pressed until it has been up), and `device`: `ok` from the start, `degraded`
 * with `<button>-chatters` or `<button>-held` until the contact has rested.
 */
export function guardPanel(options: GuardPanelOptions): Driver {
  const faults = new Map<Button, string>();
  let cancels: Cancel[] = [];
  let reported = '';

  const report = (): void => {
    const why = buttonNames.flatMap((button) => faults.get(button) ?? []).join(' ');
    const status = why === '' ? 'ok' : 'degraded';
    if (reported === `${status} ${why}`) return;
    reported = `${status} ${why}`;
    const { monotonicMs } = options.clock.now();
    options.emit({ type: 'device', device: 'panel', status, why, monotonicMs });
  };

  return {
    start() {
      if (cancels.length > 0) return;
      report();
      cancels = buttonNames.map((button) =>
        watchButton(options, button, (fault) => {
          if (fault === null) faults.delete(button);
          else faults.set(button, `${button}-${fault}`);
          report();
        }),
      );
    },
    stop() {
      for (const cancel of cancels) cancel();
      cancels = [];
      faults.clear();
      reported = '';
    },
  };
}

/** One button: emits its presses, tells its fault or null when that changes. */
function watchButton(
  options: GuardPanelOptions,
  button: Button,
  setFault: (fault: 'chatters' | 'held' | null) => void,
): Cancel {
  const { clock, scheduler, lines, emit } = options;
  const { line, heldMsMax } = buttons[button];
  let pressed = false;
  let chatters = false;
  let recentEdgesMs: number[] = [];
  let cancelHeld: Cancel = () => {};
  let cancelRest: Cancel = () => {};

  const say = (next: boolean, monotonicMs: number): void => {
    if (pressed === next) return;
    pressed = next;
    emit({ type: 'button', button, pressed, monotonicMs });
  };
  const watchHeld = (sinceMs: number): void => {
    cancelHeld();
    if (heldMsMax === null) return;
    cancelHeld = scheduler.at(sinceMs + heldMsMax, () => setFault('held'));
  };
  /** After chatter: sound again once the contact has been up and quiet for the whole window. */
  const watchRest = (fromMs: number): void => {
    cancelRest();
    cancelRest = scheduler.at(fromMs + edgeWindowMs, () => {
      if (lines.isActive(line)) return;
      chatters = false;
      setFault(null);
    });
  };

  const cancelContact = watchContact({
    clock,
    scheduler,
    lines,
    line,
    edge({ monotonicMs }) {
      recentEdgesMs = [...recentEdgesMs, monotonicMs]
        .filter((atMs) => monotonicMs - atMs < edgeWindowMs)
        .slice(-edgesMax - 1);
      if (recentEdgesMs.length > edgesMax && !chatters) {
        chatters = true;
        cancelHeld();
        say(false, monotonicMs);
        setFault('chatters');
      }
      if (chatters) watchRest(monotonicMs);
    },
    settled({ active, sinceMs }) {
      if (chatters) return;
      if (active) {
        watchHeld(sinceMs);
        say(true, sinceMs);
      } else {
        cancelHeld();
        say(false, sinceMs);
        setFault(null);
      }
    },
  });
  if (lines.isActive(line)) watchHeld(clock.now().monotonicMs);
  return () => {
    cancelContact();
    cancelHeld();
    cancelRest();
  };
}
