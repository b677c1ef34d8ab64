/** The panel's own side of its contacts: the edges that a hand, a bounce or a fault makes. Pure. */
import type { GuardedButton, PanelButton } from '../../config/vocabulary.js';
import type { LineEdge } from '../../hardware/ports.js';
import { buttons } from './buttons.js';

/** Contacts bounce for a few milliseconds at either end of a press. */
const bounceMs = [1, 3] as const;

/** A press of `ms`, from `nowMs` on; with `bounces` the contact does not close cleanly. */
export function press(button: PanelButton, ms: number, nowMs: number, bounces = false): LineEdge[] {
  const { line } = buttons[button];
  const change = (active: boolean, atMs: number): LineEdge[] => {
    const edge = { line, active, monotonicMs: atMs };
    if (!bounces) return [edge];
    const [first, second] = bounceMs;
    return [
      edge,
      { line, active: !active, monotonicMs: atMs + first },
      { line, active, monotonicMs: atMs + second },
    ];
  };
  return [...change(true, nowMs), ...change(false, nowMs + ms)];
}

/** A hand that stays on the button, or takes itself off. */
export function hand(button: PanelButton, down: boolean, nowMs: number): LineEdge {
  return { line: buttons[button].line, active: down, monotonicMs: nowMs };
}

/** A loose contact: it changes every `periodMs` for `ms`, and ends up open. */
export function chatter(button: PanelButton, ms: number, nowMs: number, periodMs = 10): LineEdge[] {
  const { line } = buttons[button];
  const changes = Math.max(1, Math.floor(ms / periodMs / 2)) * 2;
  return Array.from({ length: changes }, (_, index) => ({
    line,
    active: index % 2 === 0,
    monotonicMs: nowMs + index * periodMs,
  }));
}

/** The cover of a button is lifted or closed. */
export function cover(button: GuardedButton, lifted: boolean, nowMs: number): LineEdge {
  return { line: buttons[button].cover.line, active: lifted, monotonicMs: nowMs };
}
