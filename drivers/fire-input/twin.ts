/** The fire panel's side of the loop: its contact and the wires to it, as edges of the lines. Pure. */
import type { FireSupervision } from '../../config/vocabulary.js';
import type { LineEdge } from '../../hardware/ports.js';
import { loopLine, supervisionLine } from './codec.js';

/** The state of the loop's wires; those of a second contact are others and stay sound. */
export type FireWires = 'sound' | 'cut' | 'shorted';

export interface FireLoopTwin {
  alarm(on: boolean, nowMs: number): LineEdge[];
  wires(state: FireWires, nowMs: number): LineEdge[];
  /** A loose terminal: the loop opens and closes every `periodMs` for `ms`, and ends as it is. */
  rattle(ms: number, nowMs: number, periodMs?: number): LineEdge[];
  /** The lines as they are. */
  levels(nowMs: number): LineEdge[];
}

/** One contact of a relay breaks before the other makes. */
const changeoverMs = 5;

/** Makes a loop that is closed and sound. */
export function fireLoopTwin(supervision: FireSupervision): FireLoopTwin {
  let alarm = false;
  let wires: FireWires = 'sound';

  const isClosed = (): boolean => {
    if (wires === 'sound') return !alarm;
    return wires === 'shorted';
  };
  const edge = (line: string, active: boolean, monotonicMs: number): LineEdge => ({
    line,
    active,
    monotonicMs,
  });
  const levels = (loopAtMs: number, secondAtMs = loopAtMs): LineEdge[] => {
    const loop = edge(loopLine, isClosed(), loopAtMs);
    switch (supervision) {
      case 'none':
        return [loop];
      case 'end-of-line':
        return [loop, edge(supervisionLine, wires === 'sound', loopAtMs)];
      case 'second-contact':
        return [loop, edge(supervisionLine, alarm, secondAtMs)];
    }
  };
  return {
    alarm(on, nowMs) {
      alarm = on;
      return on ? levels(nowMs, nowMs + changeoverMs) : levels(nowMs + changeoverMs, nowMs);
    },
    wires(state, nowMs) {
      wires = state;
      return levels(nowMs);
    },
    rattle(ms, nowMs, periodMs = 10) {
      const changes = Math.max(1, Math.floor(ms / periodMs / 2)) * 2;
      return Array.from({ length: changes }, (_, index) =>
        edge(loopLine, index % 2 === 0 ? !isClosed() : isClosed(), nowMs + index * periodMs),
      );
    },
    levels: (nowMs) => levels(nowMs),
  };
}
