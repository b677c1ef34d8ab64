/**
 * Keeps a gate's inputs and lamps open: what cannot be opened, or goes away, is tried again for ever,
 * and the drivers hear of it by the lines' status.
 */
import type { PlacedLine } from '../../config/board-map.js';
import { lineRetries } from '../line-retries.js';
import type { Cancel, Clock, InputLines, LineEdge, OutputLines, Scheduler } from '../ports.js';
import { monotonicNowMs } from './clock.js';
import type { Opened } from './gpio-fault.js';
import type { InputEvents, OpenInputs, OpenOutputs } from './gpio-lines.js';

/** By sysfs no line tells that it has gone: they are looked at this often. */
const lookMs = 500;

interface SessionTools {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** for the log: what the kernel has said, when it is news */
  readonly tell: (why: string, detail: string) => void;
}

interface Closable {
  close(): void;
}

/** Opens, and opens again. */
function keepOpen<Value extends Closable>(
  { clock, scheduler, tell }: SessionTools,
  open: (gone: (detail: string) => void) => Opened<Value>,
) {
  const listeners = new Set<(why: string) => void>();
  let held: Value | null = null;
  let why = 'closed';
  const retries = lineRetries();
  let isClosed = false;
  let cancel: Cancel = () => {};

  const say = (next: string, detail: string): void => {
    if (next === why) return;
    why = next;
    tell(next, detail);
    for (const listener of [...listeners]) listener(next);
  };
  const lose = (next: string, detail: string): void => {
    held?.close();
    held = null;
    say(next, detail);
    if (isClosed) return;
    cancel = scheduler.at(clock.now().monotonicMs + retries.failed(next), attempt);
  };
  const attempt = (): void => {
    const opened = open((detail) => lose('gone', detail));
    if (!opened.ok) return lose(opened.why, opened.detail);
    held = opened.value;
    retries.opened();
    say('', '');
  };
  return {
    begin: attempt,
    held: () => held,
    lose,
    /** Tells at once, and at each change. */
    status(listener: (why: string) => void): Cancel {
      listeners.add(listener);
      listener(why);
      return () => listeners.delete(listener);
    },
    close() {
      isClosed = true;
      cancel();
      held?.close();
      held = null;
    },
  };
}

export interface KeptInputs extends InputLines {
  close(): void;
}

/**
 * Inputs that come back by themselves. Edges carry the kernel's time on the gate's clock; one that
 * tells the level already known is not told, one that was lost is told when it is missed.
 * @param tools of the gate
 * @param lines to read
 * @param open by the chosen backend
 */
export function keepInputs(
  tools: SessionTools,
  lines: readonly PlacedLine[],
  open: (lines: readonly PlacedLine[], events: InputEvents) => Opened<OpenInputs>,
): KeptInputs {
  const { clock, scheduler } = tools;
  const listeners = new Set<(edge: LineEdge) => void>();
  let cancelLook: Cancel = () => {};
  let known = new Map<string, boolean>();

  const edge = (line: string, active: boolean, atMs: number): void => {
    if (known.get(line) === active) return;
    known.set(line, active);
    // The gate's clock may be ahead of the kernel's by what it skipped.
    const monotonicMs = clock.now().monotonicMs - Math.max(0, monotonicNowMs() - atMs);
    for (const listener of [...listeners]) listener({ line, active, monotonicMs });
  };
  const session = keepOpen<OpenInputs>(tools, (gone) => {
    const opened = open(lines, {
      edge,
      gone,
      missed() {
        for (const [line, active] of session.held()?.levels() ?? [])
          edge(line, active, monotonicNowMs());
      },
    });
    if (!opened.ok) return opened;
    known = new Map(opened.value.levels() ?? []);
    return opened;
  });
  const look = (): void => {
    cancelLook = scheduler.at(clock.now().monotonicMs + lookMs, look);
    if (session.held()?.levels() === null) session.lose('gone', 'inputs cannot be read');
  };
  session.begin();
  look();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isActive: (line) => (session.held()?.levels() ?? known).get(line) ?? false,
    status: session.status,
    close() {
      cancelLook();
      session.close();
    },
  };
}

export interface KeptOutputs extends OutputLines {
  close(): void;
}

/** Lamps and buzzer that come back by themselves, as they were last set; off when closed. */
export function keepOutputs(
  tools: SessionTools,
  lines: readonly PlacedLine[],
  open: (lines: readonly PlacedLine[]) => Opened<OpenOutputs>,
): KeptOutputs {
  const lit = new Set<string>();
  const session = keepOpen<OpenOutputs>(tools, () => {
    const opened = open(lines);
    if (opened.ok) for (const line of lit) opened.value.set(line, true);
    return opened;
  });
  session.begin();
  return {
    set(line, on) {
      if (on) lit.add(line);
      else lit.delete(line);
      if (session.held()?.set(line, on) === false) session.lose('gone', `${line} is not taken`);
    },
    status: session.status,
    close() {
      for (const { line } of lines) session.held()?.set(line, false);
      session.close();
    },
  };
}
