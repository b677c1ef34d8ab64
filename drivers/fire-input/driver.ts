/** The fire input's session: a supervised normally closed loop. In doubt there is a fire. */
import type { FireSupervision } from '../../config/vocabulary.js';
import type { Cancel, InputLines } from '../../hardware/ports.js';
import { chatterWatch, quietMs } from '../chatter.js';
import { watchContact } from '../contact.js';
import type { Driver } from '../reading.js';
import type { DriverTools } from '../session.js';
import { loopLine, meaningOf, supervisionLine } from './codec.js';

/** A fire ends when the loop has been normal this long: a pulsing alarm contact is one fire. */
const clearMs = 2_000;
/** The two contacts of a relay do not move at the same moment; longer is a fault of the wires. */
const disagreeMs = 200;

export interface FireInputOptions extends DriverTools {
  readonly lines: InputLines;
  readonly supervision: FireSupervision;
}

/**
 * Makes the driver. Emits `fire` at the start and at each change: active as soon as the loop has
 * been open for 20 ms (with the time at which it opened), or chatters, or its wires are in doubt;
 * inactive after 2 s of normal. Emits `device`: `ok` from the start, `degraded` with a code of
 * `FireFault` or `fire-loop-chatters` until the wires are sound.
 */
export function fireInput(options: FireInputOptions): Driver {
  const { clock, scheduler, lines, supervision, emit } = options;
  const watched = supervision === 'none' ? [loopLine] : [loopLine, supervisionLine];
  let cancels: Cancel[] = [];
  let cancelClear: Cancel | null = null;
  let cancelDisagree: Cancel | null = null;
  let cancelQuiet: Cancel = () => {};
  /** levels as they last settled */
  let active = new Set<string>();
  let chatters = false;
  let told: boolean | null = null;
  let reported: string | null = null;

  const meaning = () =>
    meaningOf(supervision, {
      loopClosed: active.has(loopLine),
      supervised: active.has(supervisionLine),
    });
  const say = (fire: boolean, monotonicMs: number): void => {
    if (told === fire) return;
    told = fire;
    emit({ type: 'fire', active: fire, monotonicMs });
  };
  const report = (why: string): void => {
    if (reported === why) return;
    reported = why;
    const { monotonicMs } = clock.now();
    const status = why === '' ? 'ok' : 'degraded';
    emit({ type: 'device', device: 'fire', status, why, monotonicMs });
  };
  /** Reports a fault that has lasted, and its end at once. */
  const judgeFault = (): void => {
    if (chatters) return report('fire-loop-chatters');
    if (meaning().fault === null) {
      cancelDisagree?.();
      cancelDisagree = null;
      return report('');
    }
    cancelDisagree ??= scheduler.at(clock.now().monotonicMs + disagreeMs, () => {
      cancelDisagree = null;
      const { fault } = meaning();
      if (fault !== null && !chatters) report(fault);
    });
  };
  const waitForClear = (): void => {
    cancelClear?.();
    cancelClear = scheduler.at(clock.now().monotonicMs + clearMs, () => {
      // Levels that have not settled, or edges that lie unread: not positively normal.
      if (watched.some((line) => lines.isActive(line) !== active.has(line))) return waitForClear();
      cancelClear = null;
      say(false, clock.now().monotonicMs);
    });
  };
  const judge = (atMs: number): void => {
    if (chatters || meaning().fire) {
      cancelClear?.();
      cancelClear = null;
      say(true, atMs);
    } else if (told !== false && cancelClear === null) {
      waitForClear();
    }
    judgeFault();
  };

  const watchChatter = (): Cancel => {
    const watches = new Map(watched.map((line) => [line, chatterWatch()]));
    return lines.subscribe(({ line, monotonicMs }) => {
      const tooMany = watches.get(line)?.edge(monotonicMs);
      if (tooMany === undefined) return;
      if (tooMany && !chatters) {
        chatters = true;
        judge(monotonicMs);
      }
      if (!chatters) return;
      cancelQuiet();
      cancelQuiet = scheduler.at(monotonicMs + quietMs, () => {
        chatters = false;
        judge(clock.now().monotonicMs);
      });
    });
  };

  return {
    start() {
      if (cancels.length > 0) return;
      const { monotonicMs } = clock.now();
      active = new Set(watched.filter((line) => lines.isActive(line)));
      report('');
      say(meaning().fire, monotonicMs);
      judge(monotonicMs);
      cancels = watched.map((line) =>
        watchContact({
          clock,
          scheduler,
          lines,
          line,
          settled(level) {
            if (level.active) active.add(line);
            else active.delete(line);
            judge(level.sinceMs);
          },
        }),
      );
      cancels.push(watchChatter());
    },
    stop() {
      for (const cancel of [...cancels, cancelQuiet]) cancel();
      cancelClear?.();
      cancelDisagree?.();
      cancels = [];
      cancelClear = null;
      cancelDisagree = null;
      chatters = false;
      told = null;
      reported = null;
    },
  };
}
