/** Lamps and buzzer over time: what the gate's state says of them, and a test of them all in between. */
import type { Now } from '../config/vocabulary.js';
import { allOn, type SignalState } from '../drivers/signals/patterns.js';
import type { Cancel, Clock, Scheduler } from '../hardware/ports.js';
import type { GateState } from './core/state.js';
import { signalsOf } from './signals.js';

/** Long enough to walk from one lamp to the next. */
const lampTestMs = 5_000;
/** From the beginning of one to the next: whoever asks again and again hides no alarm for ever. */
const lampTestEveryMs = 15_000;

export interface GateLamps {
  /** Shows what this state says; during a test only a siren. */
  stepped(state: GateState, now: Now): void;
  /** All on for some seconds; nothing where one has just been, or where a siren is heard. */
  test(): void;
  /** Ends a test. */
  stop(): void;
}

/**
 * @param tools `show` puts a picture on the lamps
 * @returns lamps that show nothing before the first step
 */
export function gateLamps(tools: {
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Pick<Scheduler, 'at'>;
  readonly show: (signals: SignalState) => void;
}): GateLamps {
  const { clock, scheduler, show } = tools;
  let signals: SignalState | null = null;
  let shown = '';
  let endTest: Cancel | null = null;
  let nextTestMs = Number.NEGATIVE_INFINITY;

  return {
    stepped(state, now) {
      signals = signalsOf(state, now);
      const picture = JSON.stringify(signals);
      // A fire and an emergency wait for no test.
      if (isSiren(signals)) endTest?.();
      if (picture !== shown && endTest === null) show(signals);
      shown = picture;
    },
    test() {
      const nowMs = clock.now().monotonicMs;
      if (nowMs < nextTestMs || signals === null || isSiren(signals)) return;
      nextTestMs = nowMs + lampTestEveryMs;
      show(allOn);
      const cancel = scheduler.at(nowMs + lampTestMs, () => endTest?.());
      endTest = () => {
        cancel();
        endTest = null;
        if (signals !== null) show(signals);
      };
    },
    stop: () => endTest?.(),
  };
}

function isSiren({ buzzer }: SignalState): boolean {
  return buzzer === 'siren';
}
