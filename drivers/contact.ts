/** One debounced input line on a scheduler: the part that the drivers of contacts share. */
import type { Cancel, InputLines, LineEdge } from '../hardware/ports.js';
import { debounce, type SettledLevel } from './debounce.js';
import type { DriverTools } from './session.js';

/** Mechanical contacts come to rest within 10 to 20 ms. */
export const settleMs = 20;

/** Timers are some milliseconds late on a busy board; more means that the process was held up. */
const lateMsMax = 10;

export interface ContactOptions extends Pick<DriverTools, 'clock' | 'scheduler'> {
  readonly lines: InputLines;
  readonly line: string;
  /** each level that has come to rest and differs from the one before */
  readonly settled: (level: SettledLevel) => void;
  /** each edge, bounces included */
  readonly edge?: (edge: LineEdge) => void;
}

/** Watches the line until cancelled. Its level at the start is taken as known: nothing is told of it. */
export function watchContact(options: ContactOptions): Cancel {
  const { clock, scheduler, lines, line } = options;
  const contact = debounce(settleMs, lines.isActive(line));
  let cancelTick: Cancel = () => {};
  let stopped = false;

  const tell = (level: SettledLevel | null): void => {
    if (level !== null) options.settled(level);
  };
  const arm = (): void => {
    cancelTick();
    const dueMs = contact.settlesAtMs;
    if (stopped || dueMs === null) return;
    const settle = (): void => {
      tell(contact.tick(clock.now().monotonicMs));
      arm();
    };
    cancelTick = scheduler.at(dueMs, () => {
      const nowMs = clock.now().monotonicMs;
      // A late timer says that edges may lie unread behind it: they are let through first.
      if (nowMs - dueMs > lateMsMax) cancelTick = scheduler.at(nowMs, settle);
      else settle();
    });
  };
  const cancelEdges = lines.subscribe((edge) => {
    if (edge.line !== line) return;
    tell(contact.edge(edge.active, edge.monotonicMs));
    options.edge?.(edge);
    arm();
  });
  return () => {
    stopped = true;
    cancelEdges();
    cancelTick();
  };
}
