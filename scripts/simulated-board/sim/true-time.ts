/** The time as phones and offices have it, whatever the gates' own clock has been set to. */
import type { Clock } from '../../../hardware/ports.js';

export interface TrueTime extends Clock {
  /** by how much the gates' wall clock has been set, milliseconds */
  jumpedMs(): number;
  /** Sets the gates' wall clock by `ms`; true time goes on as before. */
  jump(ms: number): void;
  /** The gates' clock is right again. */
  restore(): void;
}

/** @returns the true time beside a clock of the gates that has not been set yet */
export function openTrueTime(clock: Clock & { jumpWall(ms: number): void }): TrueTime {
  let jumpedMs = 0;
  const jump = (ms: number): void => {
    clock.jumpWall(ms);
    jumpedMs += ms;
  };
  return {
    now() {
      const now = clock.now();
      return { ...now, wallMs: now.wallMs - jumpedMs };
    },
    jumpedMs: () => jumpedMs,
    jump,
    restore: () => jump(-jumpedMs),
  };
}
