/** What every part of a run needs. */
import type { Logger } from 'pino';
import type { Clock, Scheduler } from '../../hardware/ports.js';

export interface GateTools {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}
