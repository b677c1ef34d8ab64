/** Commands to a module one after the other, each asked again until answered or given up. */
import type { Cancel, Clock, Scheduler } from '../../../hardware/ports.js';
import { encodeCommand, type ZoneCommand, type ZoneReply } from './codec.js';

/**
 * Command and reply are 20 bytes, 21 ms at 9,600 baud; the rest is the module's. A command that
 * comes too early after power-up is dropped without a word.
 */
const answerMsMax = 100;
const triesMax = 3;
/** A reply that came twice comes twice within this. */
const settleMs = 20;

export interface AskerTools {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly write: (bytes: Uint8Array) => void;
}

export interface Asker {
  /** Asks; `answered` is called once, with null where no answer came. One command at a time. */
  ask(command: ZoneCommand, answered: (reply: ZoneReply | null) => void): void;
  /** A reply has come; one that nobody waits for is nobody's. */
  took(reply: ZoneReply): void;
  /** Forgets what was asked. */
  cancel(): void;
}

/**
 * Replies name no command, and the answer to one must not be taken for the next one's: each waits
 * until a second answer to the one before would have come.
 * @param tools clock, scheduler and the way to the module
 */
export function asker({ clock, scheduler, write }: AskerTools): Asker {
  let waiting: ((reply: ZoneReply) => void) | null = null;
  let cancelTimer: Cancel = () => {};
  const after = (ms: number, task: () => void): void => {
    cancelTimer();
    cancelTimer = scheduler.at(clock.now().monotonicMs + ms, task);
  };

  return {
    ask(command, answered) {
      const bytes = encodeCommand(command);
      const end = (reply: ZoneReply | null): void => {
        waiting = null;
        cancelTimer();
        answered(reply);
      };
      const attempt = (tries: number): void => {
        waiting = (reply) => {
          waiting = null;
          after(tries === 1 ? settleMs : answerMsMax, () => end(reply));
        };
        after(answerMsMax, () => (tries < triesMax ? attempt(tries + 1) : end(null)));
        write(bytes);
      };
      attempt(1);
    },
    took: (reply) => waiting?.(reply),
    cancel() {
      waiting = null;
      cancelTimer();
    },
  };
}
