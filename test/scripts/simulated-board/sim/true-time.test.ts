import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../../../hardware/simulated/clock.js';
import { openTrueTime } from '../../../../scripts/simulated-board/sim/true-time.js';

const hourMs = 3_600_000;

describe('the true time beside a clock that is set', () => {
  it('a phone keeps it whichever way the gate jumps, and time passes for both', () => {
    const clock = virtualClock();
    const time = openTrueTime(clock);
    const before = time.now().wallMs;
    time.jump(48 * hourMs);
    time.jump(-hourMs);
    expect(clock.now().wallMs).toBe(before + 47 * hourMs);
    expect(time.jumpedMs()).toBe(47 * hourMs);
    clock.advance(5_000);
    expect(time.now().wallMs).toBe(before + 5_000);
    time.restore();
    expect(clock.now().wallMs).toBe(before + 5_000);
    expect(time.jumpedMs()).toBe(0);
  });
});
