/** Plays the patterns of lamps and buzzer on their output lines. */
import type { Cancel, OutputLines } from '../../hardware/ports.js';
import type { Driver } from '../reading.js';
import type { DriverTools } from '../session.js';
import {
  darkAndSilent,
  type Pattern,
  patternsOf,
  type SignalName,
  type SignalState,
  signalLines,
} from './patterns.js';

export interface Signals extends Driver {
  /** What is shown from now on. A pattern that stays the same goes on without a break. */
  show(state: SignalState): void;
}

export interface SignalsOptions extends DriverTools {
  readonly outputs: OutputLines;
}

/**
 * Makes the driver: dark and silent until started and told otherwise, and again once stopped; what
 * was shown last comes back with a start. Emits `device` `ok` from the start: an output line cannot
 * say that its lamp is broken.
 */
export function signals(options: SignalsOptions): Signals {
  const { clock, emit } = options;
  const players = Object.entries(signalLines).map(([name, line]) => ({
    name: name as SignalName,
    player: linePlayer(options, line),
  }));
  let running = false;
  let state = darkAndSilent;

  const play = (): void => {
    const patterns = patternsOf(state);
    for (const { name, player } of players) player.play(patterns[name]);
  };
  return {
    start() {
      if (running) return;
      running = true;
      // Whatever the lines were before, they are off now.
      for (const { player } of players) player.off();
      play();
      const { monotonicMs } = clock.now();
      emit({ type: 'device', device: 'signals', status: 'ok', why: '', monotonicMs });
    },
    stop() {
      running = false;
      for (const { player } of players) player.off();
    },
    show(next) {
      state = next;
      if (running) play();
    },
  };
}

interface LinePlayer {
  /** Plays from the pattern's beginning, unless this very pattern is being played. */
  play(pattern: Pattern): void;
  off(): void;
}

/** One output: every change lies on a beat counted from the pattern's beginning, so none drifts. */
function linePlayer(
  { clock, scheduler, outputs }: Omit<SignalsOptions, 'emit'>,
  line: string,
): LinePlayer {
  let playing: Pattern | null = null;
  let cancel: Cancel = () => {};

  const playBeat = (pattern: Pattern, beganMs: number, beat: number): void => {
    const { beatMs, drawn } = pattern;
    const on = isOn(drawn, beat);
    outputs.set(line, on);
    let next = beat + 1;
    while (next < beat + drawn.length && isOn(drawn, next) === on) next += 1;
    // Once round without a change: the pattern is steady.
    if (next >= beat + drawn.length) return;
    cancel = scheduler.at(beganMs + next * beatMs, () => {
      // After a stall the pattern goes on where it would be by now.
      const nowBeat = Math.floor((clock.now().monotonicMs - beganMs) / beatMs);
      playBeat(pattern, beganMs, Math.max(next, nowBeat));
    });
  };
  return {
    play(pattern) {
      if (playing === pattern) return;
      cancel();
      playing = pattern;
      playBeat(pattern, clock.now().monotonicMs, 0);
    },
    off() {
      cancel();
      playing = null;
      outputs.set(line, false);
    },
  };
}

function isOn(drawn: string, beat: number): boolean {
  return drawn[beat % drawn.length] === '#';
}
