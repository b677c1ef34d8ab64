/** The relay's twin in virtual time: the same limits as the worker's, on the caller's scheduler. */
import type { Cancel, Clock, RelayPort, RelayReport, Scheduler } from '../ports.js';
import {
  isEnergised,
  type RelayInput,
  type RelayKind,
  type RelayLine,
  relayAtRest,
  relayDeadlineMs,
  relayLines,
  stepRelay,
} from '../relay-logic.js';

export interface SimulatedRelayOptions extends Partial<RelayKind> {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** what hangs on the contacts: told of each edge at once */
  readonly lines: (line: RelayLine, on: boolean, monotonicMs: number) => void;
}

export interface SimulatedRelay extends RelayPort {
  isOn(line: RelayLine): boolean;
  /** The owner dies: the lines drop, `status lost` is reported, nothing moves any more. */
  crash(): void;
}

/**
 * Makes a relay that is at rest and reports `status ok` at the present instant. Reports come
 * through the scheduler, never inside the call that causes them, as from a worker.
 */
export function simulatedRelay(options: SimulatedRelayOptions): SimulatedRelay {
  const { clock, scheduler, lines, mode = 'pulse', hasRelease = true } = options;
  const listeners = new Set<(report: RelayReport) => void>();
  let state = relayAtRest({ mode, hasRelease });
  let cancelTick: Cancel = () => {};

  const tell = (report: RelayReport): void => {
    scheduler.at(clock.now().monotonicMs, () => {
      for (const listener of [...listeners]) listener(report);
    });
  };

  const step = (input: RelayInput): void => {
    const nowMs = clock.now().monotonicMs;
    const before = state;
    const result = stepRelay(state, input, nowMs);
    state = result.state;
    cancelTick();
    const deadlineMs = relayDeadlineMs(state);
    if (deadlineMs !== null) cancelTick = scheduler.at(deadlineMs, () => step({ type: 'tick' }));
    for (const line of relayLines) {
      const on = isEnergised(state, line);
      if (on !== isEnergised(before, line)) lines(line, on, nowMs);
    }
    for (const report of result.reports) tell(report);
  };

  tell({ type: 'status', status: 'ok', why: '' });
  return {
    pulse: (id, durationMs) =>
      step({ type: 'pulse', id, durationMs, askedAtMs: clock.now().monotonicMs }),
    drop: (id) => step({ type: 'drop', id }),
    release: (on, untilMs) => step({ type: 'release', on, untilMs }),
    off: () => step({ type: 'off' }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      step({ type: 'close' });
    },
    isOn: (line) => isEnergised(state, line),
    crash() {
      step({ type: 'close' });
      const why = "the relay's worker ended: exit code 1";
      tell({ type: 'status', status: 'lost', why, ended: true });
    },
  };
}
