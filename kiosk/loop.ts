/**
 * The one queue. Every event of the gate becomes an input here, in the order of arrival; after each
 * step the laws are asserted and the effects performed. Nothing is awaited.
 */
import type { Now } from '../config/vocabulary.js';
import type { Cancel, Clock, Scheduler } from '../hardware/ports.js';
import { nextDeadlineMs } from './core/deadlines.js';
import { type BrokenLaw, findBrokenLaw, findLateBrokenLaw } from './core/laws/invariants.js';
import type { Effect, Input } from './core/messages.js';
import type { GateState } from './core/state.js';
import type { Step, step } from './core/step.js';
import { judgeTime } from './core/time/clock.js';

export interface LoopOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly initial: GateState;
  readonly step: typeof step;
  perform(effect: Effect): void;
  /** after each step, when its effects have been performed; `now` as judged by it */
  stepped(state: GateState, now: Now, input: Input): void;
  /** the loop has stopped: the step's effects are not performed, or nothing follows from them any more */
  lawBroken(broken: BrokenLaw, input: Input): void;
}

export interface Loop {
  /** Queues an input; it is handled before `post` returns unless a step is under way. */
  post(input: Input): void;
  state(): GateState;
  /** The moment as the next step would judge it (law 6): what records and verification go by. */
  now(): Now;
  stop(): void;
}

/**
 * Inputs waiting at once: a step takes microseconds, so thousands mean that a device floods. Beyond
 * it evidence is dropped; what the journal, the panel and the relay say never is.
 */
export const queueLengthMax = 10_000;

/** Starts the loop over an initial state. */
export function startLoop(options: LoopOptions): Loop {
  const queue: Input[] = [];
  let state = options.initial;
  let isRunning = false;
  let isStopped = false;
  let wakeMs = Number.POSITIVE_INFINITY;
  let cancelWake: Cancel = () => {};

  const drain = (): void => {
    if (isRunning) return;
    isRunning = true;
    try {
      for (let input = queue.shift(); input !== undefined && !isStopped; input = queue.shift())
        handle(input);
    } finally {
      isRunning = false;
    }
    if (!isStopped) scheduleWake();
  };

  const handle = (input: Input): void => {
    const now = options.clock.now();
    const before = state;
    const next: Step = options.step(before, input, now);
    const { state: after, effects } = next;
    const seen = { before, input, after, effects, now };
    const broken = findBrokenLaw(seen);
    if (broken !== null) return halt(broken, input);
    state = after;
    for (const effect of effects) options.perform(effect);
    // The disk syncs meanwhile, so that this lengthens nobody's way; its answer is a later input.
    const lateBroken = findLateBrokenLaw(seen);
    if (lateBroken !== null) return halt(lateBroken, input);
    const { wallMs, clock } = after.time;
    options.stepped(after, { monotonicMs: now.monotonicMs, wallMs, clock }, input);
  };

  const halt = (broken: BrokenLaw, input: Input): void => {
    stop();
    options.lawBroken(broken, input);
  };

  const scheduleWake = (): void => {
    const dueMs = nextDeadlineMs(state);
    if (dueMs === wakeMs) return;
    cancelWake();
    wakeMs = dueMs;
    if (!Number.isFinite(dueMs)) return;
    cancelWake = options.scheduler.at(dueMs, () => {
      wakeMs = Number.POSITIVE_INFINITY;
      post({ type: 'timer' });
    });
  };

  const post = (input: Input): void => {
    if (isStopped) return;
    if (queue.length >= queueLengthMax && input.type === 'evidence') return;
    queue.push(input);
    drain();
  };

  const stop = (): void => {
    isStopped = true;
    cancelWake();
  };

  return {
    post,
    state: () => state,
    now: () => judgeTime(state.time, options.clock.now()).now,
    stop,
  };
}
