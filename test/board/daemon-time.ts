/** Time on the board, for programs that play a gate's world. */
import { monotonicNowMs, systemClock, systemScheduler } from '../../hardware/linux/clock.js';

export const tools = { clock: systemClock(), scheduler: systemScheduler() };

/** Milliseconds, without a beginning. */
export const nowMs = monotonicNowMs;

/** Milliseconds since 1970. */
export const wallMs = (): number => tools.clock.now().wallMs;

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => void tools.scheduler.at(nowMs() + ms, resolve));
