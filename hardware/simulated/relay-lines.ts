/**
 * The relay's output lines without a board. Levels and edges lie in memory that all threads share,
 * so that each edge's time can be read even where the main thread was stuck when it came.
 */
import { BroadcastChannel } from 'node:worker_threads';
import { monotonicNowMs } from '../linux/clock.js';
import type { Cancel } from '../ports.js';
import { type RelayLine, type RelayOutputs, relayLines } from '../relay-logic.js';

/** Plain data and shared memory, so that it can be sent to a worker. */
export interface SimulatedRelayLinesDescription {
  readonly kind: 'simulated';
  readonly memory: SharedArrayBuffer;
  /** the name on which an edge is announced; the edges themselves are in the memory */
  readonly channel: string;
}

/** One change of an output line. */
export interface RelayEdge {
  readonly line: RelayLine;
  readonly on: boolean;
  /** the scale of `monotonicNowMs`, taken in the thread that set the line */
  readonly atMs: number;
}

/** The far side of simulated lines: what hangs on the relay's contacts. */
export interface SimulatedRelayLines {
  readonly description: SimulatedRelayLinesDescription;
  isOn(line: RelayLine): boolean;
  /** The edges so far, oldest first; only the newest `edgesKept` are remembered. */
  edges(): RelayEdge[];
  /** Called with each edge, on this thread's event loop: late where the thread is stuck. */
  onEdge(listener: (edge: RelayEdge) => void): Cancel;
  /** Tells the listeners of every edge so far, those included whose announcement is still on its way. */
  hear(): void;
  /** From now on the owner reads this level back, whatever it sets; null: no longer. */
  stick(line: RelayLine, level: boolean | null): void;
  /** Moves the owner's time forward by `ms`, for a clock that skips. */
  skip(ms: number): void;
  close(): void;
}

/** 512 passages: far more than a test or a demonstration looks back on. */
const edgesKept = 1_024;
const wordsPerEdge = 2;
/** words of the memory: number of edges, skipped microseconds, level of each line, what each is stuck at, then the ring */
const edgeCountAt = 0;
const skippedAt = 1;
const levelsAt = 2;
const stuckAt = levelsAt + relayLines.length;
const ringAt = stuckAt + relayLines.length;

let channels = 0;

/** Makes lines that are off: a description for their owner, and a far side for a twin to watch. */
export function simulatedRelayLines(): SimulatedRelayLines {
  const memory = new SharedArrayBuffer((ringAt + edgesKept * wordsPerEdge) * 8);
  const words = new BigInt64Array(memory);
  const channel = `gate-relay-lines-${process.pid}-${channels++}`;
  const announcements = new BroadcastChannel(channel);
  announcements.unref();
  const listeners = new Set<(edge: RelayEdge) => void>();
  let told = 0;
  /** An edge is announced once, but may have been told already with an earlier announcement. */
  const hear = (): void => {
    const count = Number(Atomics.load(words, edgeCountAt));
    const fresh = edgesOf(words, Math.max(told, count - edgesKept), count);
    told = count;
    for (const edge of fresh) for (const listener of [...listeners]) listener(edge);
  };
  announcements.onmessage = hear;
  return {
    description: { kind: 'simulated', memory, channel },
    isOn: (line) => levelOf(words, line),
    stick(line, level) {
      const code = level === null ? 0n : level ? 2n : 1n;
      Atomics.store(words, stuckAt + relayLines.indexOf(line), code);
    },
    edges() {
      const count = Number(Atomics.load(words, edgeCountAt));
      return edgesOf(words, Math.max(0, count - edgesKept), count);
    },
    onEdge(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    hear,
    skip(ms) {
      Atomics.add(words, skippedAt, BigInt(Math.round(ms * 1_000)));
    },
    close() {
      announcements.close();
    },
  };
}

/** Opens described lines in this thread. The levels are left as they are found. */
export function openSimulatedRelayLines(description: SimulatedRelayLinesDescription): RelayOutputs {
  const words = new BigInt64Array(description.memory);
  const announcements = new BroadcastChannel(description.channel);
  announcements.unref();
  return {
    set(line, on) {
      const level = on ? 1n : 0n;
      const index = relayLines.indexOf(line);
      if (Atomics.exchange(words, levelsAt + index, level) === level) return true;
      const count = Number(Atomics.load(words, edgeCountAt));
      const at = ringAt + (count % edgesKept) * wordsPerEdge;
      words[at] = BigInt(index * 2) + level;
      words[at + 1] = BigInt(Math.round(monotonicNowMs() * 1_000));
      Atomics.add(words, edgeCountAt, 1n);
      announcements.postMessage(null);
      return true;
    },
    read: (line) => stuckLevel(words, line) ?? levelOf(words, line),
    nowMs: () => monotonicNowMs() + Number(Atomics.load(words, skippedAt)) / 1_000,
    close: () => announcements.close(),
  };
}

function levelOf(words: BigInt64Array, line: RelayLine): boolean {
  return Atomics.load(words, levelsAt + relayLines.indexOf(line)) === 1n;
}

/** 0: not stuck, 1: at off, 2: at on. */
function stuckLevel(words: BigInt64Array, line: RelayLine): boolean | null {
  const code = Atomics.load(words, stuckAt + relayLines.indexOf(line));
  return code === 0n ? null : code === 2n;
}

/** The edges numbered from `first` to before `end`. */
function edgesOf(words: BigInt64Array, first: number, end: number): RelayEdge[] {
  const edges: RelayEdge[] = [];
  for (let index = first; index < end; index++) {
    const at = ringAt + (index % edgesKept) * wordsPerEdge;
    const code = Number(words[at] ?? 0n);
    const line = relayLines[code >> 1];
    if (line === undefined) continue;
    edges.push({ line, on: (code & 1) === 1, atMs: Number(words[at + 1] ?? 0n) / 1_000 });
  }
  return edges;
}
