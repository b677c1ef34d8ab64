/**
 * The thread that owns the relay's lines. It times every pulse itself, so that a main thread that
 * is stuck cannot hold the gate open, and drops the lines when the other side goes away.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { DeviceStatus } from '../config/vocabulary.js';
import { lineRetries } from './line-retries.js';
import { monotonicNowMs } from './linux/clock.js';
import type { RelayReport } from './ports.js';
import { isDoubtful, judgeRelay, type LineLook, soundRelay } from './relay-health.js';
import { openRelayLines, type RelayLinesDescription } from './relay-lines.js';
import {
  isEnergised,
  type RelayInput,
  type RelayKind,
  type RelayLine,
  type RelayOutputs,
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
  | { readonly type: 'drop'; readonly id: number }
  | { readonly type: 'release'; readonly on: boolean; readonly forMs: number }
  | { readonly type: 'off' }
  /** answered by `relayAnswer`: this thread still turns */
  | { readonly type: 'ask' }
  | { readonly type: 'close' };

/** What the worker is started with. */
export interface RelayWorkerData {
  readonly lines: RelayLinesDescription;
  /** it sets the hard maximum, and comes with no command: no mistake of the asker's makes it longer */
  readonly kind: RelayKind;
}

/** What answers `ask`: no report, for it says nothing of the lines. */
export const relayAnswer = 'here';

/** Longest sleep while a line is on: bounds what a skipped clock or a late timer can add. */
const lookAgainMs = 20;
/** How often lines at rest are looked at: who holds one that is off is found within this. */
const restingLookMs = 1_000;
/** Lines that have not taken a level so often in a row are gone: they are asked for anew. */
const failuresMax = 50;

function own({ lines, kind }: RelayWorkerData, port: NonNullable<typeof parentPort>): void {
  let outputs: RelayOutputs | null = null;
  let state = relayAtRest(kind);
  let health = soundRelay;
  let failures = 0;
  const retries = lineRetries();
  let told = '';
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const send = (report: RelayReport): void => port.postMessage(onSharedScale(report));
  const tell = (status: DeviceStatus, why: string): void => {
    if (told === `${status} ${why}`) return;
    told = `${status} ${why}`;
    send({ type: 'status', status, why });
  };
  const open = (): void => {
    clearTimeout(timer);
    if (isClosed) return;
    const opened = openRelayLines(lines);
    if (!opened.ok) return lose(opened.why);
    outputs = opened.value;
    health = soundRelay;
    failures = 0;
    retries.opened();
    step({ type: 'tick' });
  };
  const lose = (why: string): void => {
    outputs?.close();
    outputs = null;
    endPulse();
    tell('lost', why);
    clearTimeout(timer);
    timer = setTimeout(open, retries.failed(why));
  };

  /** With the lines goes what was on them; a release that is still wanted comes back with them. */
  const endPulse = (): void => {
    const { releasedUntilMs } = state;
    const ended = stepRelay(state, { type: 'off' }, monotonicNowMs());
    state = { ...ended.state, releasedUntilMs };
    for (const report of ended.reports) send(report);
  };

  const look = (held: RelayOutputs, line: RelayLine): LineLook => {
    const wanted = isEnergised(state, line);
    const taken = held.set(line, wanted);
    return { wanted, taken, level: held.read(line) };
  };
  /** Sets the lines, and reads them back. */
  const apply = (held: RelayOutputs): void => {
    health = judgeRelay(health, { grant: look(held, 'grant'), release: look(held, 'release') });
    const isTaken = !health.why.includes('write-failed');
    failures = isTaken ? 0 : failures + 1;
  };
  const step = (input: RelayInput): void => {
    const held = outputs;
    // Without lines nothing moves; what is asked of them is answered, and kept if it still holds then.
    if (held === null) {
      if (input.type === 'pulse') send({ type: 'pulse-refused', id: input.id, why: 'no lines' });
      else state = stepRelay(state, input, monotonicNowMs()).state;
      return;
    }
    const result = stepRelay(state, input, held.nowMs());
    state = result.state;
    // The lines first: nothing that follows may delay an end.
    apply(held);
    for (const report of result.reports) send(report);
    // A line that does not take what it is told is off, as far as it can be, and is told so again.
    if (health.why.includes('write-failed')) {
      const ended = stepRelay(state, { type: 'off' }, held.nowMs());
      state = ended.state;
      apply(held);
      for (const report of ended.reports) send(report);
    }
    tell(health.why === '' ? 'ok' : 'degraded', health.why);
    if (failures > failuresMax) return lose('gone');
    arm(held);
  };
  const arm = (held: RelayOutputs): void => {
    clearTimeout(timer);
    if (isClosed) return;
    const deadlineMs = relayDeadlineMs(state);
    const isSteady = deadlineMs === null && !isDoubtful(health);
    const leftMs = deadlineMs === null ? lookAgainMs : Math.ceil(deadlineMs - held.nowMs());
    const dueMs = isSteady ? restingLookMs : Math.min(Math.max(0, leftMs), lookAgainMs);
    timer = setTimeout(() => step({ type: 'tick' }), dueMs);
  };

  const end = (): void => {
    isClosed = true;
    step({ type: 'close' });
    clearTimeout(timer);
    outputs?.close();
    outputs = null;
    port.close();
  };

  process.on('exit', () => {
    for (const line of relayLines) outputs?.set(line, false);
    outputs?.close();
  });
  port.on('message', (command: RelayCommand) => {
    switch (command.type) {
      case 'pulse': {
        // The age at arrival, on the clock that both threads share; then this side's own time.
        const nowMs = outputs?.nowMs() ?? monotonicNowMs();
        step({ ...command, askedAtMs: nowMs - (monotonicNowMs() - command.askedAtMs) });
        return;
      }
      case 'drop':
        step({ type: 'drop', id: command.id });
        return;
      case 'release': {
        const nowMs = outputs?.nowMs() ?? monotonicNowMs();
        step({ type: 'release', on: command.on, untilMs: nowMs + command.forMs });
        return;
      }
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
  open();
}

/** Time stamps leave on the scale that all threads share; the limits may run on a skipped one. */
function onSharedScale(report: RelayReport): RelayReport {
  return 'monotonicMs' in report ? { ...report, monotonicMs: monotonicNowMs() } : report;
}

if (parentPort !== null) own(workerData as RelayWorkerData, parentPort);
