/**
 * Sets the pure twins in motion on a scheduler, at the far end of wires and lines: what the
 * simulated board, the demonstration and the tests share.
 */
import type { Cancel, Clock, LineEdge, Scheduler } from '../hardware/ports.js';
import type { SimulatedLines } from '../hardware/simulated/lines.js';
import { type Button, buttonNames } from './guard-panel/buttons.js';
import { chatter, press } from './guard-panel/twin.js';
import { framePeriodMs, type ThermometerTwin } from './thermometer/twin.js';
import { passageLine } from './turnstile/driver.js';
import type { TurnstileTwin } from './turnstile/twin.js';

export interface TwinTools {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

/** Sends the sensor's frames, ten a second, until cancelled. */
export function runThermometer(
  tools: TwinTools & {
    readonly twin: ThermometerTwin;
    readonly write: (bytes: Uint8Array) => void;
  },
): Cancel {
  let cancel: Cancel = () => {};
  let dueMs = tools.clock.now().monotonicMs;
  const send = (): void => {
    const frame = tools.twin.frame();
    if (frame !== null) tools.write(frame);
    // After a stall the sensor goes on from now, it does not catch up.
    dueMs = Math.max(dueMs + framePeriodMs, tools.clock.now().monotonicMs);
    cancel = tools.scheduler.at(dueMs, send);
  };
  send();
  return () => cancel();
}

export interface RunningTurnstile {
  /** To be told of the relay's edges. */
  relay(line: 'grant' | 'release', on: boolean): void;
  walk(): 'passes' | 'blocked';
  force(): void;
  jam(jammed: boolean): void;
  isUnlocked(): boolean;
}

/** Lets the turnstile drive its passage contact. */
export function runTurnstile(
  tools: TwinTools & { readonly twin: TurnstileTwin; readonly lines: SimulatedLines },
): RunningTurnstile {
  const { twin, clock, scheduler, lines } = tools;
  let cancel: Cancel = () => {};
  const nowMs = (): number => clock.now().monotonicMs;
  const follow = (): void => {
    cancel();
    lines.drive(passageLine, twin.isPassageActive(nowMs()));
    const next = twin.nextAtMs(nowMs());
    if (next !== null) cancel = scheduler.at(next, follow);
  };
  return {
    relay: (line, on) => twin.relay(line, on, nowMs()),
    walk() {
      const result = twin.walk(nowMs());
      follow();
      return result;
    },
    force() {
      twin.force(nowMs());
      follow();
    },
    jam(jammed) {
      twin.jam(jammed);
      follow();
    },
    isUnlocked: () => twin.isUnlocked(nowMs()),
  };
}

export interface RunningPanel {
  press(button: Button, ms?: number, bounces?: boolean): void;
  chatter(button: Button, ms: number, periodMs?: number): void;
  readonly buttons: readonly Button[];
}

/** A hand's usual press. */
const pressMsUsual = 200;

/** Lets hands and faults work the panel's contacts. */
export function runPanel(tools: TwinTools & { readonly lines: SimulatedLines }): RunningPanel {
  const { clock, scheduler, lines } = tools;
  const play = (edges: readonly LineEdge[]): void => {
    for (const { line, active, monotonicMs } of edges)
      scheduler.at(monotonicMs, () => lines.drive(line, active));
  };
  return {
    press: (button, ms = pressMsUsual, bounces = false) =>
      play(press(button, ms, clock.now().monotonicMs, bounces)),
    chatter: (button, ms, periodMs) => play(chatter(button, ms, clock.now().monotonicMs, periodMs)),
    buttons: buttonNames,
  };
}
