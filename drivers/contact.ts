/** Input lines on a scheduler: the part that the drivers of contacts share. */
import type { Cancel, InputLines } from '../hardware/ports.js';
import { debounce, type SettledLevel } from './debounce.js';
import type { DriverTools } from './session.js';

/** Mechanical contacts come to rest within 10 to 20 ms. */
export const settleMs = 20;

/** Timers are some milliseconds late on a busy board; more means that the process was held up. */
const lateMsMax = 10;

/** What follows one line by its edges' own time stamps, without a clock of its own. */
export interface LineFollower {
  edge(active: boolean, atMs: number): void;
  /** Time has passed and there was no edge up to `nowMs`. */
  tick(nowMs: number): void;
  /** When it wants to be told the time, or null. */
  readonly dueMs: number | null;
}

interface LineOptions extends Pick<DriverTools, 'clock' | 'scheduler'> {
  readonly lines: InputLines;
  readonly line: string;
}

/** Gives `follower` the line's edges and the time it asks for, until cancelled. */
export function followLine(options: LineOptions & { readonly follower: LineFollower }): Cancel {
  const { clock, scheduler, lines, line, follower } = options;
  let cancelTick: Cancel = () => {};
  let stopped = false;

  const arm = (): void => {
    cancelTick();
    const { dueMs } = follower;
    if (stopped || dueMs === null) return;
    const tick = (): void => {
      follower.tick(clock.now().monotonicMs);
      arm();
    };
    cancelTick = scheduler.at(dueMs, () => {
      const nowMs = clock.now().monotonicMs;
      // A late timer says that edges may lie unread behind it: they are let through first.
      if (nowMs - dueMs > lateMsMax) cancelTick = scheduler.at(nowMs, tick);
      else tick();
    });
  };
  const cancelEdges = lines.subscribe((edge) => {
    if (edge.line !== line) return;
    follower.edge(edge.active, edge.monotonicMs);
    arm();
  });
  arm();
  return () => {
    stopped = true;
    cancelEdges();
    cancelTick();
  };
}

export interface ContactOptions extends LineOptions {
  /** each level that has come to rest and differs from the one before */
  readonly settled: (level: SettledLevel) => void;
}

/** Watches the line until cancelled. Its level at the start is taken as known: nothing is told of it. */
export function watchContact(options: ContactOptions): Cancel {
  const contact = debounce(settleMs, options.lines.isActive(options.line));
  const tell = (level: SettledLevel | null): void => {
    if (level !== null) options.settled(level);
  };
  const follower: LineFollower = {
    edge: (active, atMs) => tell(contact.edge(active, atMs)),
    tick: (nowMs) => tell(contact.tick(nowMs)),
    get dueMs() {
      return contact.settlesAtMs;
    },
  };
  return followLine({ ...options, follower });
}
