/**
 * One button's contact: edges and time in, presses and faults out. Pure, and by the edges' own time
 * stamps, so that edges read late and several at once say the same as edges read in time.
 *
 * Three things run side by side: the level settles (20 ms; longer where it chatters), the chatter
 * watch counts changes, and a button that is down grows long and then stuck.
 */
import { chatterWatch, quietMs } from '../chatter.js';
import { type LineFollower, settleMs } from '../contact.js';
import type { ButtonTraits } from './buttons.js';

export type ButtonFault = 'chatters' | 'held';

export type ButtonNews =
  | { readonly type: 'pressed' | 'released' | 'long'; readonly atMs: number }
  | { readonly type: 'fault'; readonly fault: ButtonFault | null };

export interface ButtonContactOptions {
  readonly traits: Omit<ButtonTraits, 'line'>;
  /** the level at `nowMs`; a button that is down then is not pressed until it has been up */
  readonly active: boolean;
  readonly nowMs: number;
  readonly tell: (news: ButtonNews) => void;
}

interface Deadline {
  readonly atMs: number;
  readonly pass: (atMs: number) => void;
}

/**
 * Makes the follower of one button. It tells `pressed` and `released` in turn, `long` between them
 * once at most, and `fault` when that changes; times are those at which the contact changed.
 */
export function buttonContact({ traits, active, nowMs, tell }: ButtonContactOptions): LineFollower {
  /** the contact as it is, and since which edge */
  let level = active;
  let sinceMs = nowMs;
  /** the contact as it last settled */
  let down = active;
  let downSinceMs = nowMs;
  /** told as pressed and not yet as released */
  let pressed = false;
  let longTold = false;
  let chatters = false;
  let stuck = false;
  let faultTold: ButtonFault | null = null;
  const watch = chatterWatch();

  const tellFault = (): void => {
    const fault = chatters ? 'chatters' : stuck ? 'held' : null;
    if (fault === faultTold) return;
    faultTold = fault;
    tell({ type: 'fault', fault });
  };
  const release = (atMs: number): void => {
    if (!pressed) return;
    pressed = false;
    tell({ type: 'released', atMs });
  };

  const settle = (): void => {
    down = level;
    stuck = false;
    if (down) {
      downSinceMs = sinceMs;
      pressed = true;
      longTold = false;
      tell({ type: 'pressed', atMs: sinceMs });
    } else {
      release(sinceMs);
    }
    tellFault();
  };
  const quiet = (): void => {
    chatters = false;
    tellFault();
  };
  const grownLong = (atMs: number): void => {
    longTold = true;
    tell({ type: 'long', atMs });
  };
  const heldTooLong = (atMs: number): void => {
    stuck = true;
    if (traits.heldEndsPress) release(atMs);
    tellFault();
  };

  /** What happens next if no edge comes before. */
  const next = (): Deadline | null => {
    const ahead: Deadline[] = [];
    if (level !== down) {
      const restMs = chatters && level ? traits.chatterRestMs : settleMs;
      ahead.push({ atMs: sinceMs + restMs, pass: settle });
    }
    if (chatters) ahead.push({ atMs: sinceMs + quietMs, pass: quiet });
    // While the contact is up, it may be the release that has not settled: nothing grows.
    if (level && down) {
      const { longMs, heldMsMax } = traits;
      if (pressed && !longTold && longMs !== null)
        ahead.push({ atMs: downSinceMs + longMs, pass: grownLong });
      if (!stuck) ahead.push({ atMs: downSinceMs + heldMsMax, pass: heldTooLong });
    }
    return ahead.reduce<Deadline | null>(
      (first, deadline) => (first === null || deadline.atMs < first.atMs ? deadline : first),
      null,
    );
  };
  const pass = (untilMs: number): void => {
    for (let due = next(); due !== null && due.atMs <= untilMs; due = next()) due.pass(due.atMs);
  };

  return {
    edge(nextLevel, edgeMs) {
      const atMs = Math.max(edgeMs, sinceMs);
      pass(atMs);
      // The same level again tells of an edge that was lost: the contact was not at rest.
      level = nextLevel;
      sinceMs = atMs;
      if (!watch.edge(atMs)) return;
      chatters = true;
      stuck = false;
      down = false;
      release(atMs);
      tellFault();
    },
    tick: pass,
    get dueMs() {
      return next()?.atMs ?? null;
    },
  };
}
