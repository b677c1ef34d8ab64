/** What somebody does, one thing after the other: each `yield` lets so many milliseconds pass. */
import type { VirtualClock } from '../../hardware/simulated/clock.js';

export type Script<Result = void> = Generator<number, Result, void>;

export interface Listener {
  /** Nothing is done for so long. */
  rests(ms: number): void;
  goesOn(): void;
  /** The last has been done. */
  ended(): void;
}

/** Lets a script go on by itself, from now on. */
export function play(clock: VirtualClock, script: Script<unknown>, listener: Listener): void {
  const next = (): void => {
    const { done, value } = script.next();
    if (done === true) return listener.ended();
    const ms = Math.max(0, Number(value));
    listener.rests(ms);
    clock.at(clock.now().monotonicMs + ms, () => {
      listener.goesOn();
      next();
    });
  };
  next();
}
