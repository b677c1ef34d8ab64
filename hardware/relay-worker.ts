/**
 * The thread that owns the relay's lines. It times every pulse itself, so that a main thread that
 * is stuck cannot hold the gate open, and drops the lines when the other side goes away.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNowMs } from './linux/clock.js';
import type { RelayReport } from './ports.js';
import { openRelayLines, type RelayLinesDescription } from './relay-lines.js';
import {
  isEnergised,
  type RelayInput,
  relayAtRest,
  relayDeadlineMs,
  relayLines,
  stepRelay,
} from './relay-logic.js';

/** What the port sends; ages instead of times, because the two sides may run by different clocks. */
export type RelayCommand =
  | {
      readonly type: 'pulse';
      readonly id: number;
      readonly durationMs: number;
      /** `monotonicNowMs` at the asking */
      readonly askedAtMs: number;
    }
  | { readonly type: 'release'; readonly on: boolean; readonly forMs: number }
  | { readonly type: 'off' }
  /** answered by `relayAnswer`: this thread still turns */
  | { readonly type: 'ask' }
  | { readonly type: 'close' };

/** What answers `ask`: no report, for it says nothing of the lines. */
export const relayAnswer = 'here';

/** Longest sleep while a line is on: bounds what a skipped clock or a late timer can add. */
const lookAgainMs = 20;

function own(description: RelayLinesDescription, port: NonNullable<typeof parentPort>): void {
  const outputs = openRelayLines(description);
  let state = relayAtRest;
  let timer: NodeJS.Timeout | undefined;

  const step = (input: RelayInput): void => {
    const result = stepRelay(state, input, outputs.nowMs());
    state = result.state;
    // The lines first: nothing that follows may delay an end.
    for (const line of relayLines) outputs.set(line, isEnergised(state, line));
    for (const report of result.reports) port.postMessage(onSharedScale(report));
    clearTimeout(timer);
    const deadlineMs = relayDeadlineMs(state);
    if (deadlineMs === null) return;
    const leftMs = Math.ceil(deadlineMs - outputs.nowMs());
    timer = setTimeout(() => step({ type: 'tick' }), Math.min(Math.max(0, leftMs), lookAgainMs));
  };

  const end = (): void => {
    step({ type: 'close' });
    clearTimeout(timer);
    outputs.close();
    port.close();
  };

  for (const line of relayLines) outputs.set(line, false);
  process.on('exit', () => {
    for (const line of relayLines) outputs.set(line, false);
  });
  port.on('message', (command: RelayCommand) => {
    switch (command.type) {
      case 'pulse':
        // The age at arrival, on the clock that both threads share; then this side's own time.
        step({ ...command, askedAtMs: outputs.nowMs() - (monotonicNowMs() - command.askedAtMs) });
        return;
      case 'release':
        step({ type: 'release', on: command.on, untilMs: outputs.nowMs() + command.forMs });
        return;
      case 'off':
        step({ type: 'off' });
        return;
      case 'ask':
        port.postMessage(relayAnswer);
        return;
      case 'close':
        end();
        return;
    }
  });
  port.on('close', () => step({ type: 'close' }));
  port.postMessage({ type: 'status', status: 'ok', why: '' } satisfies RelayReport);
}

/** Time stamps leave on the scale that all threads share; the limits may run on a skipped one. */
function onSharedScale(report: RelayReport): RelayReport {
  return 'monotonicMs' in report ? { ...report, monotonicMs: monotonicNowMs() } : report;
}

if (parentPort !== null) own(workerData as RelayLinesDescription, parentPort);
