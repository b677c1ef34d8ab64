/**
 * Sets the pure twins in motion on a scheduler, at the far end of wires and lines: what the
 * simulated board, the demonstration and the tests share.
 */
import type { FireSupervision, GuardedButton, PanelButton } from '../config/vocabulary.js';
import type { Cancel, Clock, LineEdge, Scheduler } from '../hardware/ports.js';
import type { SimulatedLines } from '../hardware/simulated/lines.js';
import type { SimulatedOutputs } from '../hardware/simulated/outputs.js';
import { type FireWires, fireLoopTwin } from './fire-input/twin.js';
import { buttonNames } from './guard-panel/buttons.js';
import { chatter, cover, hand, press } from './guard-panel/twin.js';
import type { IdCardReaderTwin } from './id-card-reader/twin.js';
import type { SignalName } from './signals/patterns.js';
import { signalTwin } from './signals/twin.js';
import { framePeriodMs, type ThermometerTwin } from './thermometer/twin.js';
import { passageLine, reverseLine } from './turnstile/driver.js';
import type { TurnstileContact, TurnstileTwin } from './turnstile/twin.js';

export interface TwinTools {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

type LinesTwinTools = TwinTools & { readonly lines: SimulatedLines };

/** Drives lines by edges that lie ahead or are due now. */
function play({ scheduler, lines }: LinesTwinTools, edges: readonly LineEdge[]): void {
  for (const { line, active, monotonicMs } of edges)
    scheduler.at(monotonicMs, () => lines.drive(line, active));
}

/** Sends the sensor's frames, ten a second, and what it answers, until cancelled. */
export function runThermometer(
  tools: TwinTools & {
    readonly twin: ThermometerTwin;
    /** for a sensor that is told or asked */
    readonly onData?: (listener: (bytes: Uint8Array) => void) => Cancel;
    readonly write: (bytes: Uint8Array) => void;
  },
): Cancel {
  const deafen = tools.onData?.((bytes) => {
    const answer = tools.twin.receive(bytes);
    if (answer !== null) tools.write(answer);
  });
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
  return () => {
    cancel();
    deafen?.();
  };
}

/** Lets the card module answer what the gate asks, one after the other, until cancelled. */
export function runIdCardReader(
  tools: TwinTools & {
    readonly twin: IdCardReaderTwin;
    readonly onData: (listener: (bytes: Uint8Array) => void) => Cancel;
    readonly write: (bytes: Uint8Array) => void;
  },
): Cancel {
  const { clock, scheduler, twin } = tools;
  let freeAtMs = Number.NEGATIVE_INFINITY;
  let isRunning = true;
  const cancel = tools.onData((bytes) => {
    for (const { afterMs, bytes: answer } of twin.receive(bytes)) {
      freeAtMs = Math.max(freeAtMs, clock.now().monotonicMs) + afterMs;
      scheduler.at(freeAtMs, () => {
        if (isRunning) tools.write(answer);
      });
    }
  });
  return () => {
    isRunning = false;
    cancel();
  };
}

export interface RunningTurnstile {
  /** To be told of the relay's edges. */
  relay(line: 'grant' | 'release', on: boolean): void;
  walk(): 'passes' | 'blocked';
  force(): void;
  walkBack(): void;
  jam(jammed: boolean, contact?: TurnstileContact): void;
  isUnlocked(): boolean;
}

/** Lets the turnstile drive its contacts. */
export function runTurnstile(
  tools: TwinTools & { readonly twin: TurnstileTwin; readonly lines: SimulatedLines },
): RunningTurnstile {
  const { twin, clock, scheduler, lines } = tools;
  let cancel: Cancel = () => {};
  const nowMs = (): number => clock.now().monotonicMs;
  const follow = (): void => {
    cancel();
    lines.drive(passageLine, twin.isPassageActive(nowMs()));
    lines.drive(reverseLine, twin.isReverseActive(nowMs()));
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
    walkBack() {
      twin.walkBack(nowMs());
      follow();
    },
    jam(jammed, contact) {
      twin.jam(jammed, contact);
      follow();
    },
    isUnlocked: () => twin.isUnlocked(nowMs()),
  };
}

export interface RunningPanel {
  press(button: PanelButton, ms?: number, bounces?: boolean): void;
  /** Pushes a button down until `release`. */
  hold(button: PanelButton): void;
  release(button: PanelButton): void;
  chatter(button: PanelButton, ms: number, periodMs?: number): void;
  /** Covers are closed at the start; those without a contact are nobody's business. */
  cover(button: GuardedButton, lifted: boolean): void;
  readonly buttons: readonly PanelButton[];
}

/** A hand's usual press. */
const pressMsUsual = 200;

/** Lets hands and faults work the panel's contacts. */
export function runPanel(tools: LinesTwinTools): RunningPanel {
  const nowMs = (): number => tools.clock.now().monotonicMs;
  return {
    press: (button, ms = pressMsUsual, bounces = false) =>
      play(tools, press(button, ms, nowMs(), bounces)),
    hold: (button) => play(tools, [hand(button, true, nowMs())]),
    release: (button) => play(tools, [hand(button, false, nowMs())]),
    chatter: (button, ms, periodMs) => play(tools, chatter(button, ms, nowMs(), periodMs)),
    cover: (button, lifted) => play(tools, [cover(button, lifted, nowMs())]),
    buttons: buttonNames,
  };
}

export interface RunningFireLoop {
  /** The fire panel's contact. */
  alarm(on: boolean): void;
  wires(state: FireWires): void;
  /** A loose terminal in the loop. */
  rattle(ms: number, periodMs?: number): void;
}

/** Closes the fire loop, at once, and lets fires and faults work it. */
export function runFireLoop(
  tools: LinesTwinTools & { readonly supervision: FireSupervision },
): RunningFireLoop {
  const twin = fireLoopTwin(tools.supervision);
  const nowMs = (): number => tools.clock.now().monotonicMs;
  for (const { line, active } of twin.levels(nowMs())) tools.lines.drive(line, active);
  return {
    alarm: (on) => play(tools, twin.alarm(on, nowMs())),
    wires: (state) => play(tools, twin.wires(state, nowMs())),
    rattle: (ms, periodMs) => play(tools, twin.rattle(ms, nowMs(), periodMs)),
  };
}

export interface RunningSignals {
  /** What a lamp or the buzzer has done lately, as `signalTwin` draws it. */
  drawn(signal: SignalName, beatMs: number, beats: number): string;
  isOn(signal: SignalName): boolean;
}

/** Watches the lamps and the buzzer as somebody in the booth would. */
export function runSignals(tools: {
  readonly clock: Clock;
  readonly outputs: SimulatedOutputs;
}): RunningSignals {
  const twin = signalTwin();
  tools.outputs.subscribe(({ line, on, monotonicMs }) => twin.edge(line, on, monotonicMs));
  return {
    drawn: (signal, beatMs, beats) =>
      twin.drawn(signal, tools.clock.now().monotonicMs - beatMs * beats, beatMs, beats),
    isOn: twin.isOn,
  };
}
