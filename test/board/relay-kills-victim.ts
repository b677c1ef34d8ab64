/**
 * Runs on the board, and is killed there: the relay's port and worker on real lines, and nothing else of
 * a gate. It moves when its parent tells it to. `careless` is what it must not be: a program that times
 * its pulse on the event loop that everything else may hold up.
 */
import type { PlacedLine } from '../../config/board-map.js';
import type { TurnstileMode } from '../../config/vocabulary.js';
import { monotonicNowMs, systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { gpioRelay, openGpioRelay } from '../../hardware/linux/gpio-relay.js';
import { type RelayReport, relayLimits } from '../../hardware/ports.js';
import { workerRelay } from '../../hardware/relay.js';
import { chipLabel, offsets } from './relay-kills-lines.js';

/** What the parent says. */
export type VictimCommand =
  /** takes the lines */
  | { readonly say: 'open'; readonly mode: TurnstileMode; readonly careless: boolean }
  | { readonly say: 'pulse'; readonly id: number; readonly durationMs: number }
  /** the event loop turns no more for so long */
  | { readonly say: 'block'; readonly forMs: number };

/** What it answers: the relay's reports; `imported` when it can be told something. */
export type VictimAnswer = RelayReport | { readonly type: 'imported' | 'unblocked' };

const lines: readonly PlacedLine[] = (['grant', 'release'] as const).map((line) => ({
  line,
  chip: chipLabel,
  at: offsets[line],
  activeLow: false,
  bias: 'none',
}));
const described = gpioRelay('chardev', lines);
const answer = (said: VictimAnswer): void => void process.send?.(said);

let pulse: (id: number, durationMs: number) => void = () => {};

function open(mode: TurnstileMode): void {
  const relay = workerRelay({ lines: described, clock: systemClock(), mode });
  pulse = relay.pulse;
  relay.subscribe(answer);
}

function openCarelessly(): void {
  const opened = openGpioRelay(described);
  if (!opened.ok) throw new Error(opened.why);
  const outputs = opened.value;
  pulse = (id, durationMs) => {
    outputs.set('grant', true);
    answer({ type: 'pulse-started', id, monotonicMs: monotonicNowMs() });
    const dueMs = monotonicNowMs() + Math.min(durationMs, relayLimits.pulseMsMax);
    systemScheduler().at(dueMs, () => outputs.set('grant', false));
  };
  answer({ type: 'status', status: 'ok', why: '' });
}

function block(forMs: number): void {
  const untilMs = monotonicNowMs() + forMs;
  while (monotonicNowMs() < untilMs);
  answer({ type: 'unblocked' });
}

process.on('message', (command: VictimCommand) => {
  switch (command.say) {
    case 'open':
      return command.careless ? openCarelessly() : open(command.mode);
    case 'pulse':
      return pulse(command.id, command.durationMs);
    case 'block':
      return block(command.forMs);
  }
});
answer({ type: 'imported' });
