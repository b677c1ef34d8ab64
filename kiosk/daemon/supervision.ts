/**
 * A run and its supervisor (systemd, `Type=notify`): it hears when the gate is ready, how it is, and
 * that it lives, which is looked at each time before it is told.
 */
import type { Logger } from 'pino';
import type { ServiceManager } from '../../hardware/linux/service-manager.js';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import type { GateState } from '../core/state.js';
import { type Seen, selfCheck } from './self-check.js';

export interface SupervisionOptions {
  /** null: nobody has asked to be told */
  readonly manager: ServiceManager | null;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Asks for a turn of the loop; returns whether it was taken. */
  turn(): boolean;
  /** Resolves when the relay's thread has answered; where it does not, never. */
  askRelay(): Promise<void>;
  /** The same of the journal's; resolves at once where there is no journal. */
  askJournal(): Promise<unknown>;
  state(): GateState;
  /** one line for whoever looks at the service */
  status(): string;
}

/** Looks within one watchdog time: one may be late, and still the gate is not ended. */
const looksPerWatchdog = 3;

/**
 * Tells the supervisor that the gate is ready, and from then on that it lives.
 * @returns ends it, and tells that the gate stops
 */
export function startSupervision(options: SupervisionOptions): Cancel {
  const { manager, clock, scheduler, log } = options;
  if (manager === null) return () => {};
  const nowMs = (): number => clock.now().monotonicMs;
  let cancel: Cancel = () => {};
  let why: string | null = null;
  let relayAnswered = true;
  let journalAskedMs: number | null = null;

  const ask = (): void => {
    relayAnswered = false;
    void options.askRelay().then(() => {
      relayAnswered = true;
    });
    if (journalAskedMs !== null) return;
    journalAskedMs = nowMs();
    const answered = (): void => {
      journalAskedMs = null;
    };
    void options.askJournal().then(answered, answered);
  };
  const seen = (): Seen => ({
    turned: options.turn(),
    relayAnswered,
    journalSilentMs: journalAskedMs === null ? 0 : nowMs() - journalAskedMs,
    state: options.state(),
  });
  const look = (everyMs: number): void => {
    const found = selfCheck(seen());
    if (found !== why && found !== null)
      log.fatal({ alarm: 'self-check', why: found }, 'the gate is not what it should be');
    why = found;
    const status = `STATUS=${found ?? options.status()}`;
    manager.notify(found === null ? `WATCHDOG=1\n${status}` : status);
    ask();
    cancel = scheduler.at(nowMs() + everyMs, () => look(everyMs));
  };

  manager.notify(`READY=1\nSTATUS=${options.status()}`);
  const { watchdogMs } = manager;
  if (watchdogMs !== null) {
    ask();
    const everyMs = watchdogMs / looksPerWatchdog;
    cancel = scheduler.at(nowMs() + everyMs, () => look(everyMs));
  }
  return () => {
    cancel();
    manager.notify('STOPPING=1');
  };
}
