/** Says once that nobody answers at a broker that was named, and once that it is back. Pure but for the scheduler. */
import type { Cancel, Scheduler } from '../../hardware/ports.js';

/** A broker that is started at the same time, or anew, is given so long. */
const silentMsMax = 5_000;

export interface BrokerWatch {
  /** Takes why there is no connection; null: there is one. */
  heard(why: string | null): void;
  stop(): void;
}

/**
 * Begins without a connection.
 * @param watch.url as it was named
 * @param watch.nowMs monotonic
 * @param watch.say takes a line
 */
export function watchBroker(watch: {
  readonly url: string;
  readonly scheduler: Scheduler;
  nowMs(): number;
  say(line: string): void;
}): BrokerWatch {
  const { url, scheduler, nowMs, say } = watch;
  let why = '';
  let isTold = false;
  let cancel: Cancel | null = null;
  const wait = (): void => {
    cancel ??= scheduler.at(nowMs() + silentMsMax, () => {
      isTold = true;
      const reason = why === '' ? '' : ` (${why})`;
      say(`no broker answers at ${url}${reason}: the gates keep their records and go on trying`);
    });
  };
  const stop = (): void => {
    cancel?.();
    cancel = null;
  };
  wait();
  return {
    heard(reason) {
      if (reason !== null) {
        why = reason;
        return wait();
      }
      stop();
      if (isTold) say(`the broker at ${url} answers now`);
      isTold = false;
    },
    stop,
  };
}
