/**
 * Runs on the board, beside what is tested and before it in the queue for the processor: looks at the
 * far side of a line without a pause and prints what it has seen, one JSON object a line, until it is
 * ended. A level has no event of its own there: an edge lies between two looks.
 */
import { openSync, readSync, writeSync } from 'node:fs';
import { setPriority } from 'node:os';
import { monotonicNowMs } from '../../hardware/linux/clock.js';
import { levelFile } from './gpio-sim.js';

/** Times are of CLOCK_MONOTONIC, the same in all processes of the board. */
export type Recorded =
  | ({ readonly saw: 'edge' } & LevelEdge)
  /** nobody looked in between: the board stood still, or something kept it from looking */
  | { readonly saw: 'nothing'; readonly fromMs: number; readonly toMs: number };

/** One change of the level: after the one look, and at the other at the latest. */
export interface LevelEdge {
  /** to this level */
  readonly high: boolean;
  readonly afterMs: number;
  readonly atMs: number;
}

/** A pulse is 100 ms at least; each look costs the board's one processor some tenths of a millisecond. */
const lookMs = 2;
/** A look that comes later than this is told. */
const gapMsMax = 10;

function record(offset: number): void {
  setPriority(-20);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const byte = Buffer.alloc(1);
  const descriptor = openSync(levelFile(offset), 'r');
  const see = (recorded: Recorded): void => void writeSync(1, `${JSON.stringify(recorded)}\n`);
  const look = (): boolean => {
    readSync(descriptor, byte, 0, 1, 0);
    return byte.toString('latin1') === '1';
  };
  let known = false;
  let lastMs = monotonicNowMs();
  for (;;) {
    const nowMs = monotonicNowMs();
    if (nowMs - lastMs > gapMsMax) see({ saw: 'nothing', fromMs: lastMs, toMs: nowMs });
    const high = look();
    if (high !== known) see({ saw: 'edge', high, afterMs: lastMs, atMs: monotonicNowMs() });
    known = high;
    lastMs = nowMs;
    Atomics.wait(pause, 0, 0, lookMs);
  }
}

if (process.argv[2] !== undefined) record(Number(process.argv[2]));
