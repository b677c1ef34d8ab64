/** What somebody does, one thing after the other: each `yield` lets so many milliseconds pass. */
import type { VirtualClock } from '../../hardware/simulated/clock.js';

export type Script<Result = void> = Generator<number, Result, void>;

/** Lets a script go on by itself, from now on; `ended` is told when it has done its last. */
export function play(clock: VirtualClock, script: Script<unknown>, ended: () => void): void {
  const next = (): void => {
    const { done, value } = script.next();
    if (done === true) ended();
    else clock.at(clock.now().monotonicMs + Math.max(0, Number(value)), next);
  };
  next();
}
